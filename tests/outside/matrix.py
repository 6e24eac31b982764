"""Every call times every fault: cells that are played one by one, each in a shop of its own."""

import tempfile
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.outside.stage import LASTING, stage
from tests.outside.stripe_calls import CALLS
from tests.outside.stripe_faults import KINDS
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
        call, kind = self.call, self.kind
        async with stage(folder, url) as opened:
            await call.before(opened)
            opened.stripe_fails(call.match, kind.name, LENGTHS[self.length])
            await call.act(opened)
            await opened.five_seconds()
            assert call.told(opened), f"nobody is told anything: {opened.story()}"
            await opened.recovers()
            await call.again(opened)
            try:
                await call.ended(opened, kind)
            except AssertionError as error:
                raise AssertionError(f"{error}\n{opened.story()}") from error
            assert await opened.dead() == [], "given up"
            await opened.keeps_the_laws(errors=kind.refuses)


def cells() -> list[Cell]:
    """Return every cell there is; nobody listening is nothing that happens once."""
    return [
        Cell(call, kind, length)
        for call in CALLS
        for kind in KINDS
        for length in LENGTHS
        if (kind.name, length) != ("refused", "once")
    ]


def chosen(every: int, *, start: int = 0) -> list[Cell]:
    """Return some cells, in which each call and each fault is found."""
    return cells()[start::every]


def play(engine, which: Iterable[Cell], *, tell=lambda cell: None) -> dict[str, str]:
    """Play cells on an engine; return what went wrong in which."""
    wrong: dict[str, str] = {}
    with tempfile.TemporaryDirectory(dir=SHM if SHM.is_dir() else None) as folder:
        for number, cell in enumerate(which):
            own = Path(folder) / str(number)
            own.mkdir()
            url = engine.fresh()
            try:
                run(cell.play(own, url))
            except Exception as error:
                wrong[str(cell)] = "".join(traceback.format_exception(error))
            finally:
                engine.drop(url)
            tell(cell)
    return wrong
