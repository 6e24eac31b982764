"""How long it takes to find and lease what is due, whatever else is in the table.

    python -m bench.sweeps

A hundred jobs are due; beside them lie ten thousand, then a million: half of them done, half for
later. Times are those of the one statement that finds and leases, rolled back each time, and of
the question when the next job is due. The floor leases the same rows by their ids.
"""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress
from statistics import median
from time import perf_counter
from typing import Any, Final

from bench.engines import databases
from bench.machine import slowness
from db import connection, leases
from db.connection import SQLITE, engine_of
from db.database import database
from db.transactions import rows, run, transactional
from tests.engines import use_database

DUE, SIZES, ROUNDS = 100, (10_000, 1_000_000), 30
NOW: Final = 2 * SIZES[-1]
MOST_MS: Final = 0.3
"""For the statement on SQLite, on a machine as quick as bench/machine.py's."""
MOST_GROWTH: Final = 1.2
"""Times its share of leasing by id: beside a million rows of what it is beside ten thousand."""

_NUMBERS: Final = {
    True: "WITH RECURSIVE n (i) AS (SELECT {0} UNION ALL SELECT i + 1 FROM n WHERE i < {1})",
    False: "WITH n (i) AS (SELECT generate_series({0}, {1}))",
}
_FILL: Final = (
    "INSERT INTO job (kind, key, lane, payload, priority, run_at, attempts, max_attempts,"
    " created_at, done_at) {numbers} SELECT 'remind', 'n' || i, 'out:' || i, ?, 5,"
    f" CASE WHEN i % 2 = 0 THEN i ELSE {NOW} + i END, 0, 20, i,"
    " CASE WHEN i % 2 = 0 THEN i END FROM n"
)
_NEXT: Final = (
    "SELECT min(run_at) FROM job WHERE kind = 'remind' AND run_at > ?"
    " AND done_at IS NULL AND dead_at IS NULL"
)
_BY_ID: Final = (
    "UPDATE job SET lease_until = ?, lease_token = 'x', attempts = attempts + 1"
    " WHERE id IN ({}) RETURNING *"
)


class Undone(Exception):
    """The transaction is taken back."""


async def fill(first: int, last: int, *, is_sqlite: bool) -> None:
    """Write jobs that are done, and others for much later."""
    await run(_FILL.format(numbers=_NUMBERS[is_sqlite].format(first, last)), (b"x" * 300,))
    await run("ANALYZE job")


@transactional
async def due() -> list[int]:
    """Write the jobs that are due; return their ids."""
    for number in range(DUE):
        await run(
            "INSERT INTO job (kind, key, lane, payload, priority, run_at, attempts, max_attempts,"
            " created_at) VALUES ('remind', ?, ?, ?, 5, ?, 0, 20, 0)",
            (f"due{number}", f"due{number}", b"x" * 300, number),
        )
    return [row["id"] for row in await rows("SELECT id FROM job WHERE key LIKE 'due%'")]


Statement = tuple[str, Sequence[Any], int]
"""With its arguments and the rows it must give."""


async def timed(*statements: Statement) -> list[float]:
    """Return the median milliseconds of each statement; they take turns and are undone."""
    taken: list[list[float]] = [[] for _ in statements]

    @transactional
    async def once(place: int) -> None:
        query, args, expected = statements[place]
        begin = perf_counter()
        found = await rows(query, args)
        taken[place].append((perf_counter() - begin) * 1000)
        assert len(found) == expected, len(found)
        raise Undone

    for turn in range(ROUNDS * len(statements)):
        if turn % 10 == 0 and not database().is_sqlite:
            await run("VACUUM job")  # what is undone stays behind there
        with suppress(Undone):
            await once(turn % len(statements))
    return [median(one) for one in taken]


async def measure(url: str) -> bool:
    """Print one engine's figures; tell whether they are within the limits."""
    await use_database(url)
    is_sqlite, filled = engine_of(url) == SQLITE, 0
    swept, shares = list[float](), list[float]()
    lease = leases.lease_statement(1, skip_locked=not is_sqlite)
    args = ("remind", NOW, NOW, DUE, NOW, DUE, NOW + 1, "token")
    most = MOST_MS * slowness()
    try:
        ids = await due()
        for size in SIZES:
            await fill(filled + 1, size, is_sqlite=is_sqlite)
            filled = size
            by_id = (_BY_ID.format(", ".join("?" * DUE)), (NOW, *ids), DUE)
            found, named, upcoming = await timed((lease, args, DUE), by_id, (_NEXT, (NOW,), 1))
            swept.append(found)
            shares.append(found / named)
            print(
                f"  {size:9,} rows beside {DUE} due: leased in {found:.3f} ms"
                f" ({shares[-1]:.2f} of leasing them by id), next one {upcoming:.3f} ms"
            )
    finally:
        await connection.close()
    kept = shares[-1] <= shares[0] * MOST_GROWTH
    if is_sqlite:
        kept = kept and max(swept) <= most
        print(f"  at most {most:.2f} ms here", end="")
    print(
        f"  at most {MOST_GROWTH} times that share beside a million: {'kept' if kept else 'BROKEN'}"
    )
    return kept


def main() -> bool:
    """Measure every engine there is."""
    kept = []
    with databases() as urls:
        for url in urls:
            print(engine_of(url))
            kept.append(asyncio.run(measure(url)))
    return all(kept)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
