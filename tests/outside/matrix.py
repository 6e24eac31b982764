"""Every call times every fault: cells that are played one by one, each in a shop of its own."""

import tempfile
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.caught import Caught
from tests.outside import beginnings, stripe_calls, stripe_faults, telegram_calls, telegram_faults
from tests.outside.beginnings import BeginningCell, CheckCell
from tests.outside.cells import LENGTHS, Cell, StripeCell, TelegramCell
from tests.simulation.times import run

SHM = Path("/dev/shm")
"""A disk in memory: its fsync costs nothing."""


def _all(cell, calls, kinds) -> list[Cell]:
    """Return every cell; nobody listening is nothing that happens once."""
    return [
        cell(call, kind, length)
        for call in calls
        for kind in kinds
        for length in LENGTHS
        if (kind.name, length) != ("refused", "once")
    ]


def cells() -> list[Cell]:
    """Return every cell there is."""
    return [
        *_all(StripeCell, stripe_calls.CALLS, stripe_faults.KINDS),
        *_all(TelegramCell, telegram_calls.IN_THE_CHAT, telegram_faults.KINDS),
        *_all(BeginningCell, beginnings.AT_THE_START, telegram_faults.KINDS),
        *_all(CheckCell, beginnings.OF_TELEGRAM, telegram_faults.KINDS),
        *_all(CheckCell, beginnings.OF_STRIPE, stripe_faults.KINDS),
    ]


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
