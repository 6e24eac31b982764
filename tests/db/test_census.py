"""What is counted for whoever watches is right, and read by indexes alone."""

from datetime import UTC, datetime, timedelta

import pytest

from db import census, jobs
from db.jobs import NewJob
from tests.engines import second_connection

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def minutes(number: float) -> datetime:
    return NOW + timedelta(minutes=number)


async def planned(key: str, at: datetime, kind: str = "end_hold") -> None:
    await jobs.enqueue(kind=kind, key=key, payload={}, now=minutes(-60), run_at=at)


async def counted(kind: str) -> census.Waiting:
    (found,) = [
        w for w in await census.jobs(NOW, blocked="blocked", kinds=[kind]) if w.kind == kind
    ]
    return found


async def test_jobs_are_counted_by_kind_and_state_with_the_age_of_the_oldest(database):
    for key, at in [("a", -20), ("b", -5), ("c", 30), ("d", 60)]:
        await planned(key, minutes(at))
    assert await counted("end_hold") == census.Waiting("end_hold", 2, 2, 0, 0, minutes(-20))
    assert await counted("nothing") == census.Waiting("nothing", 0, 0, 0, 0, None)


async def test_what_was_taken_in_is_due_since_it_came(database):
    await jobs.take_in(NewJob(kind="update", key="u1", payload={}), now=minutes(-3))
    await jobs.take_in(NewJob(kind="update", key="u2", payload={}), now=minutes(-1))
    assert await counted("update") == census.Waiting("update", 2, 0, 0, 0, minutes(-3))
    await planned("u0", minutes(-4), kind="update")  # one that is tried again
    assert (await counted("update")).oldest == minutes(-4)


async def test_what_was_given_up_is_told_from_what_waits_for_a_customer(database):
    for key, error in [("a", "1f2e ValueError"), ("b", "blocked"), ("c", "blocked")]:
        await planned(key, minutes(-9))
        (job,) = await jobs.lease(kinds=["end_hold"], limit=1, now=NOW)
        await jobs.bury(job, now=NOW, error=error)
    assert await counted("end_hold") == census.Waiting("end_hold", 0, 0, 1, 2, None)


@pytest.mark.parametrize(
    ("query", "arguments"),
    [
        (census.JOBS, "0"),
        (census.OLDEST, "'update' 'update' 0"),
        (census.DEAD, "'blocked'"),
        (census.PAYMENTS, ""),
    ],
    ids=["jobs", "oldest", "dead", "payments"],
)
async def test_no_table_is_read_as_a_whole(database, query, arguments):
    for argument in arguments.split():
        query = query.replace("?", argument, 1)
    async with second_connection(database.url) as other:
        if database.is_sqlite:
            plan = [row["detail"] for row in await other.rows(f"EXPLAIN QUERY PLAN {query}")]
            tables = [line for line in plan if " job" in line or " attempt" in line]
            assert tables
            assert [line for line in tables if " USING " not in line] == []
        else:
            # an empty table is read as a whole unless that is made expensive
            await other.raw.execute("SET enable_seqscan = off")
            plan = [row["QUERY PLAN"] for row in await other.rows(f"EXPLAIN {query}")]
            assert [line for line in plan if "Seq Scan" in line] == []
            assert [line for line in plan if "Index" in line]
