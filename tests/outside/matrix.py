"""Every call times every fault: cells that are played one by one, each in a shop of its own."""

import tempfile
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.caught import Caught
from tests.outside import stripe_calls, stripe_faults, telegram_calls, telegram_faults
from tests.outside.stage import LASTING, stage
from tests.simulation.times import run

SHM = Path("/dev/shm")
"""A disk in memory: its fsync costs nothing."""
ONCE = 1
LENGTHS = {"once": ONCE, "lasting": LASTING}


@dataclass(frozen=True)
class Cell:
    """One call, one fault, once or until it is mended."""

    call: object
    kind: object
    length: str

    def __str__(self) -> str:
        return f"{self.call.name} × {self.kind.name} {self.length}"

    async def play(self, folder: Path, url: str) -> None:
        """Do what needs the call while it fails; see what people read, and how it all ends."""
        async with stage(folder, url, **self.options()) as opened:
            async with Caught() as caught:
                await self.go(opened)
            if caught.error:
                raise AssertionError(f"{caught.error}\n{opened.story()}") from caught.error

    def options(self) -> dict[str, str]:
        return {}


class StripeCell(Cell):
    """A call of Stripe."""

    async def go(self, opened) -> None:
        call, kind = self.call, self.kind
        await call.before(opened)
        opened.stripe_fails(call.match, kind.name, LENGTHS[self.length])
        await call.act(opened)
        await opened.five_seconds()
        assert call.told(opened), "nobody is told anything"
        await opened.recovers()
        await call.again(opened)
        await call.ended(opened, kind)
        assert await opened.dead() == [], "given up"
        await opened.keeps_the_laws(errors=kind.refuses)


class TelegramCell(Cell):
    """A call of the Bot API."""

    def options(self) -> dict[str, str]:
        return {"receive": "polling"} if self.call.method == "getUpdates" else {}

    async def go(self, opened) -> None:
        call, kind = self.call, self.kind
        await call.before(opened)
        match = call.match(kind, lasting=self.length == "lasting")
        opened.telegram_fails(match, kind.name, LENGTHS[self.length])
        await call.act(opened)
        await opened.five_seconds()
        await opened.recovers()
        await call.ended(opened, kind)
        await opened.world.settle()
        left = await opened.open_jobs()
        assert left == [], f"not done a minute after the last fault: {left}"
        assert opened.world.errors() == "" or kind.never


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
    ]


def play(engine, which: Iterable[Cell], *, tell=lambda cell: None) -> dict[str, str]:
    """Play cells on an engine; return what went wrong in which."""
    wrong: dict[str, str] = {}

    async def tried(cell, folder, url):
        async with Caught() as caught:
            await cell.play(folder, url)
        return caught.error

    with tempfile.TemporaryDirectory(dir=SHM if SHM.is_dir() else None) as folder:
        for number, cell in enumerate(which):
            own = Path(folder) / str(number)
            own.mkdir()
            url = engine.fresh()
            if error := run(tried(cell, own, url)):
                wrong[str(cell)] = "".join(traceback.format_exception(error))
            engine.drop(url)
            tell(cell)
    return wrong
