"""Measure the job table beside a bare group commit of the same rows: `python -m bench.jobs`.

The floor is what the driver alone can do in this very run: batches of 32 rows a commit, on the
same table of the same database, with no code of ours between. Ratios hold on any machine.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import Final

from bench.engines import databases
from db import connection, jobs
from db.connection import SQLITE, engine_of, path_of
from db.jobs import NewJob
from db.transactions import rows, run, transactional
from tests.engines import dial, use_database

NOW: Final = datetime(2026, 11, 23, tzinfo=UTC)
ENTRIES: Final = 4000
AT_ONCE: Final = 32
CROWD: Final = 1000
PAYLOAD: Final = {"update_id": 1, "message": {"chat": {"id": 7}, "text": "x" * 400}}

INSERT: Final = (
    "INSERT INTO job (kind, key, lane, payload, priority, run_at, max_attempts, created_at,"
    " attempts) VALUES ('floor', ?, ?, ?, 5, 0, 20, 0, 0)"
)
INSERT_MANY: Final = (
    "INSERT INTO job (kind, key, lane, payload, priority, run_at, max_attempts, created_at,"
    " attempts) SELECT 'floor', key, lane, payload, 5, 0, 20, 0, 0"
    " FROM unnest($1::text[], $2::text[], $3::bytea[]) AS given (key, lane, payload)"
)


def new_job(number: int, lanes: int = ENTRIES) -> NewJob:
    """Return an update like Telegram's."""
    return NewJob(kind="update", key=f"upd:{number}", lane=f"in:{number % lanes}", payload=PAYLOAD)


async def rate(work: Callable[[int], Awaitable[object]], count: int) -> float:
    """Return calls a second, so many of them at a time."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with places:
            await work(number)

    begin = perf_counter()
    await asyncio.gather(*(one(number) for number in range(count)))
    return count / (perf_counter() - begin)


def batches() -> list[list[tuple[str, str, bytes]]]:
    """Return the floor's rows, a list a commit."""
    made = [(f"floor:{n}", f"floor:{n}", b"x" * 500) for n in range(ENTRIES)]
    return [made[first : first + AT_ONCE] for first in range(0, ENTRIES, AT_ONCE)]


async def floor(url: str) -> float:
    """Return the rows a second of the bare driver."""
    if engine_of(url) == SQLITE:
        return sqlite_floor(url)
    raw = await dial(url)
    begin = perf_counter()
    for batch in batches():
        await raw.execute(INSERT_MANY, *zip(*batch, strict=True))
    seconds = perf_counter() - begin
    await raw.close()
    return ENTRIES / seconds


def sqlite_floor(url: str) -> float:
    """Return the rows a second of bare sqlite3, durable."""
    raw = sqlite3.connect(path_of(url), isolation_level=None)
    raw.execute("PRAGMA synchronous=FULL")
    begin = perf_counter()
    for batch in batches():
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany(INSERT, batch)
        raw.execute("COMMIT")
    seconds = perf_counter() - begin
    raw.close()
    return ENTRIES / seconds


async def lease_and_finish() -> float:
    """Return the jobs a second that are leased 64 at a time and finished."""
    begin, done = perf_counter(), 0
    while leased := await jobs.lease(kinds=["update"], limit=64, now=NOW):
        await asyncio.gather(*(jobs.finish(job, NOW) for job in leased))
        done += len(leased)
    return done / (perf_counter() - begin)


@transactional
async def step(number: int) -> None:
    """Do what a tap does to the database: read a row, change it, enqueue the screen."""
    await rows("SELECT value FROM installation WHERE key = ?", (f"draft:{number}",))
    await run(
        "INSERT INTO installation (key, value) VALUES (?, '1')"
        " ON CONFLICT (key) DO UPDATE SET value = '2'",
        (f"draft:{number}",),
    )
    await jobs.enqueue(
        kind="screen", key=f"screen:{number}", lane=f"out:{number}", payload=PAYLOAD, now=NOW
    )


async def crowd() -> float:
    """Return the seconds 1,000 simultaneous updates need through the whole way of a job."""
    begin = perf_counter()
    await asyncio.gather(*(jobs.take_in(new_job(1_000_000 + n)) for n in range(CROWD)))
    running: list[Awaitable[None]] = []

    async def handle(number: int, job: jobs.Job) -> None:
        await step(1_000_000 + number)
        await jobs.finish(job, NOW)

    done = 0
    while leased := await jobs.lease(kinds=["update"], limit=64, now=NOW):
        running = [handle(done + place, job) for place, job in enumerate(leased)]
        await asyncio.gather(*running)
        done += len(leased)
    return perf_counter() - begin


async def measure(url: str) -> None:
    """Print one engine's figures."""
    await use_database(url)
    try:
        bare = await floor(url)
        figures: Sequence[tuple[str, float]] = (
            ("bare driver, 32 rows a commit", bare),
            ("take_in, 32 at once", await rate(lambda n: jobs.take_in(new_job(n)), ENTRIES)),
            ("lease and finish", await lease_and_finish()),
            ("a tap's transaction, 32 at once", await rate(step, ENTRIES // 4)),
        )
        seconds = await crowd()
    finally:
        await connection.close()
    print(engine_of(url))
    for name, a_second in figures:
        print(f"  {name:34} {a_second:8.0f}/s   {a_second / bare:5.2f} of the floor")
    print(f"  {CROWD} updates at once, all the way  {seconds:8.2f} s")


def main() -> None:
    """Measure every engine there is."""
    with databases() as urls:
        for url in urls:
            asyncio.run(measure(url))


if __name__ == "__main__":
    main()
