"""Transactions at the same time (on SQLite they share a commit): each is all or nothing, alone."""

import asyncio

import pytest
from tortoise.exceptions import OperationalError

from db import connection, jobs
from db.jobs import NewJob
from db.transactions import is_transient, rows, run, transactional
from tests.db.shop import NOW
from tests.engines import second_connection, use_database

WRITTEN = "SELECT key FROM installation WHERE key LIKE 't%' ORDER BY key"
ORPHAN = (
    "INSERT INTO search_key (customer_id, digest) VALUES (999, 'x')",
    "PRAGMA defer_foreign_keys = ON",
)


@pytest.fixture
async def file(sqlite_engine):
    """A database whose transactions share commits: SQLite's alone."""
    opened = await use_database(sqlite_engine.fresh())
    yield opened
    await connection.close()


@transactional
async def write(number: int, *, fail: bool = False, orphan: bool = False) -> None:
    await run("INSERT INTO installation (key, value) VALUES (?, 'x')", (f"t{number:03}",))
    await asyncio.sleep(0)
    if fail:
        raise LookupError(number)
    if orphan:
        await run(ORPHAN[1])
        await run(ORPHAN[0])


async def keys(url: str) -> list[int]:
    async with second_connection(url) as other:
        return [int(row["key"][1:]) for row in await other.rows(WRITTEN)]


async def test_those_that_fail_are_undone_and_the_others_are_kept(database):
    answers = await asyncio.gather(
        *(write(number, fail=number % 3 == 0) for number in range(300)), return_exceptions=True
    )
    kept = [number for number, answer in enumerate(answers) if answer is None]
    assert kept == [number for number in range(300) if number % 3]
    assert await keys(database.url) == kept


async def test_nobody_returns_before_its_own_changes_can_be_seen_by_others(database):
    async with second_connection(database.url) as other:

        async def check(number):
            await write(number)
            found = await other.rows(WRITTEN)
            assert {"key": f"t{number:03}"} in found

        await asyncio.gather(*(check(number) for number in range(150)))


async def test_many_share_a_commit(file):
    log = connection.path_of(file.url + "-wal")
    await write(999)
    begin = log.stat().st_size
    await asyncio.gather(*(write(number) for number in range(90)))
    shared = log.stat().st_size - begin
    for number in range(100, 190):
        await write(number)
    assert shared * 5 < log.stat().st_size - begin - shared


async def test_a_commit_that_fails_fails_for_every_member_and_keeps_nothing(file):
    answers = await asyncio.gather(
        *(write(number, orphan=number == 7) for number in range(20)), return_exceptions=True
    )
    assert all(isinstance(answer, OperationalError) for answer in answers)
    assert not is_transient(answers[0])
    assert await keys(file.url) == []
    await write(1)
    assert await keys(file.url) == [1]


async def test_cancelled_members_leave_the_others_their_commit(database):
    tasks = [asyncio.create_task(write(number)) for number in range(300)]
    for turn in range(30):
        await asyncio.sleep(0)
        tasks[turn * 10].cancel()
        tasks[turn * 7 + 1].cancel()
    async with asyncio.timeout(10):
        answers = await asyncio.gather(*tasks, return_exceptions=True)
    kept = {number for number, answer in enumerate(answers) if answer is None}
    assert len(kept) > 240
    assert kept <= set(await keys(database.url))
    await write(998)
    assert {row["key"] for row in await rows(WRITTEN)} >= {"t998"}


async def test_a_statement_of_its_own_waits_for_the_batch_it_joins(database):
    async def alone(number):
        assert (
            await run("INSERT INTO installation (key, value) VALUES (?, 'x')", (f"t{number:03}",))
            == 1
        )
        assert number in await keys(database.url)

    await asyncio.gather(*(write(n) if n % 2 else alone(n) for n in range(40)))
    assert await keys(database.url) == list(range(40))


async def test_a_read_outside_a_transaction_sees_only_what_is_committed(database):
    begun, go = asyncio.Event(), asyncio.Event()

    @transactional
    async def slow():
        await run("INSERT INTO installation (key, value) VALUES ('t001', 'x')")
        begun.set()
        await go.wait()

    task = asyncio.create_task(slow())
    await begun.wait()
    assert await rows(WRITTEN) == []
    go.set()
    await task
    assert len(await rows(WRITTEN)) == 1


async def leased_by_others(url: str) -> int:
    async with second_connection(url) as other:
        return await other.value("SELECT count(*) FROM job WHERE lease_until IS NOT NULL")


async def lease_one() -> jobs.Job:
    await jobs.take_in(NewJob(kind="screen", key="a", payload={}))
    [job] = await jobs.lease(kinds=["screen"], limit=1, now=NOW)
    return job


async def test_a_lease_waits_for_no_commit_and_is_brought_along_by_the_next(file):
    await lease_one()
    assert await leased_by_others(file.url) == 0
    await write(1)
    assert await leased_by_others(file.url) == 1


async def test_a_lease_of_what_is_not_yet_committed_waits_for_its_commit(file):
    @transactional
    async def put(number: int) -> None:
        new = NewJob(kind="screen", key=f"{number}", payload={})
        assert await jobs.take_in(new) == [True]

    async def lease_and_look(other) -> int:
        found = await jobs.lease(kinds=["screen"], limit=20, now=NOW)
        committed = {row["key"] for row in await other.rows("SELECT key FROM job")}
        assert {job.key for job in found} <= committed
        return len(found)

    async with second_connection(file.url) as other:
        leased = 0
        for first in range(0, 200, 4):
            puts = [put(number) for number in range(first, first + 4)]
            leases = [lease_and_look(other) for _ in range(4)]
            pairs = zip(puts, leases, strict=True)
            answers = await asyncio.gather(*(one for pair in pairs for one in pair))
            leased += sum(answer or 0 for answer in answers)
        assert leased > 0


async def test_a_lease_nobody_brings_along_is_durable_a_moment_later(file):
    await lease_one()
    await asyncio.sleep(0.3)
    assert await leased_by_others(file.url) == 1


async def test_a_lease_is_kept_when_the_database_is_closed_at_once(file):
    await lease_one()
    await connection.close()
    assert await leased_by_others(file.url) == 1


async def test_a_job_whose_lease_was_undone_by_a_failing_commit_is_finished_all_the_same(file):
    job = await lease_one()
    with pytest.raises(OperationalError):
        await write(1, orphan=True)
    assert await jobs.finish(job, NOW)
    assert await jobs.lease(kinds=["screen"], limit=1, now=NOW) == []
