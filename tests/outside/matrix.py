"""Every call times every fault: cells that are played one by one, each in a shop of its own."""

import tempfile
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path

from booking.caught import Caught
from tests.outside import beginnings, stripe_calls, stripe_faults, telegram_calls, telegram_faults
from tests.outside.beginnings import BeginningCell, CheckCell
from tests.outside.cells import LENGTHS, Cell, StripeCell, TelegramCell
from tests.simulation.times import run

SHM = Path("/dev/shm")
"""A disk in memory: its fsync costs nothing."""


def _all(cell, calls, kinds, *, lengths=LENGTHS) -> list[Cell]:
    """Return every cell; nobody listening is nothing that happens once."""
    return [
        cell(call, kind, length)
        for call in calls
        for kind in kinds
        for length in lengths
        if (kind.name, length) != ("refused", "once")
    ]


def cells() -> list[Cell]:
    """Return every cell there is; what only reads, or is said once, fails until it is mended."""
    asks = [one for one in stripe_calls.CALLS if one.match.startswith("POST")]
    reads = [one for one in stripe_calls.CALLS if one not in asks]
    once_more = {"lengths": ["lasting"]}
    return [
        *_all(StripeCell, asks, stripe_faults.KINDS),
        *_all(StripeCell, reads, stripe_faults.KINDS, **once_more),
        *_all(TelegramCell, telegram_calls.IN_THE_CHAT, telegram_faults.KINDS),
        *_all(BeginningCell, beginnings.AT_THE_START, telegram_faults.KINDS, **once_more),
        *_all(CheckCell, beginnings.OF_TELEGRAM, telegram_faults.KINDS, **once_more),
        *_all(CheckCell, beginnings.OF_STRIPE, stripe_faults.KINDS, **once_more),
    ]


def covering(*, start: int = 0) -> list[Cell]:
    """Return few cells in which each call and each kind of fault is found."""
    chosen: list[Cell] = []
    met: set[str] = set()
    by_call: dict[object, list[Cell]] = {}
    for cell in cells():
        by_call.setdefault((type(cell), cell.call.name), []).append(cell)
    for number, row in enumerate(by_call.values(), start):
        fresh = [one for one in row if f"{one.side} {one.kind.name}" not in met]
        taken = (fresh or row)[number % len(fresh or row)]
        chosen.append(taken)
        met.add(f"{taken.side} {taken.kind.name}")
    for cell in cells():
        if f"{cell.side} {cell.kind.name}" not in met:
            chosen.append(cell)
            met.add(f"{cell.side} {cell.kind.name}")
    return chosen


def figures(played: Sequence[Cell]) -> dict[str, int]:
    """Return how large the matrix was."""
    return {
        "calls": len({one.call.name for one in played}),
        "faults": len({(type(one), one.kind.name) for one in played}),
    }


def play(engine, which: Iterable[Cell], *, tell=lambda cell, error: None) -> dict[str, str]:
    """Play cells on an engine; return what went wrong in which."""
    return each(engine, {str(cell): cell.play for cell in which}, tell=tell)


def each(engine, works, *, tell=lambda case, error: None) -> dict[str, str]:
    """Do named works, each with a folder and a database of its own; return what went wrong."""
    wrong: dict[str, str] = {}

    async def tried(work, folder, url):
        async with Caught() as caught:
            await work(folder, url)
        return caught.error

    with tempfile.TemporaryDirectory(dir=SHM if SHM.is_dir() else None) as folder:
        for number, (case, work) in enumerate(works.items()):
            own = Path(folder) / str(number)
            own.mkdir()
            url = engine.fresh()
            if error := run(tried(work, own, url)):
                wrong[case] = "".join(traceback.format_exception(error))
            engine.drop(url)
            tell(case, wrong.get(case, ""))
    return wrong
