"""python -m tests.disk --every 8: a booking for every fault at every 8th write of it."""

import argparse
import asyncio
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.crowd import until
from tests.disk.faulty import FAULTS, FaultyDisk, NoCompiler
from tests.disk.shop import PATIENCE, integrity, on_sqlite
from tests.engines import Engine, sqlite_engine
from tests.families.record import write
from tests.journeys.test_kill import book_and_pay, check_books, documents, photos

OUTAGE_SECONDS = 1.5
RESENDS = 10


async def outage(disk: FaultyDisk, fault: str, nth: int) -> None:
    """Let the disk fail from its n-th write on, for a moment."""
    disk.fails(fault, nth=nth)
    await until(lambda: disk.failed, within=PATIENCE, what="a write that failed")
    await asyncio.sleep(OUTAGE_SECONDS)
    disk.recovers()


async def until_told(world) -> None:
    """Wait for the receipt; what was refused Stripe sends again, sooner than by its clock."""
    for _ in range(RESENDS):
        with suppress(TimeoutError):
            await until(lambda: documents(world) and photos(world), within=3, what="the receipt")
            return
        for event in list(world.stripe.store.events):
            await world.stripe.deliver(event)
    raise TimeoutError("no receipt ever came")


async def booked(folder: Path, url: str, fault: str, nth: int) -> int:
    """Book and pay through an outage of the disk; gives how many writes failed."""
    async with on_sqlite(folder, url) as shop:
        failing = asyncio.ensure_future(outage(shop.disk, fault, nth))
        await book_and_pay(shop.world)
        await until_told(shop.world)
        failing.cancel()
        failed = shop.disk.failed
        assert await shop.bot.stop() == 0
        assert integrity(url) == "ok"
        await check_books(shop.bot, shop.world)
        return failed


@dataclass
class Matrix:
    """Every fault at every so many writes."""

    runs: int = 0
    failed: int = 0
    wrong: list[str] = field(default_factory=list)

    def run(self, folder: Path, engine: Engine, fault: str, nth: int) -> bool:
        """Make one booking; false when the disk was never asked that often."""
        home = folder / f"{fault}-{nth}"
        home.mkdir()
        self.runs += 1
        try:
            failed = asyncio.run(booked(home, engine.fresh(), fault, nth))
        except (AssertionError, TimeoutError) as error:
            self.wrong.append(f"{fault} at {nth}: {error!r}"[:2000])
            print(self.wrong[-1], flush=True)
            return True
        self.failed += failed
        return failed > 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make disk", description=__doc__)
    parser.add_argument("--writes", type=int, default=400, help="how many writes there may be")
    parser.add_argument("--every", type=int, default=8, help="1 is every write")
    words = parser.parse_args()
    matrix = Matrix()
    try:
        with tempfile.TemporaryDirectory() as folder, sqlite_engine(Path(folder)) as engine:
            for fault in FAULTS:
                for nth in range(1, words.writes, words.every):
                    if not matrix.run(Path(folder), engine, fault, nth):
                        break
                print(f"{fault}: {matrix.runs} bookings so far", flush=True)
    except NoCompiler as missing:
        print(missing, file=sys.stderr)
        return 1
    passed = not matrix.wrong
    figures = {"failed_writes": matrix.failed, "wrong": matrix.wrong}
    print(f"{matrix.runs} bookings, {matrix.failed} writes failed, {len(matrix.wrong)} wrong")
    command = f'make disk ARGS="--writes {words.writes} --every {words.every}"'
    write("disk", "sqlite", ["R13"], command, matrix.runs, passed, figures)
    return int(not passed)


if __name__ == "__main__":
    sys.exit(main())
