"""Jobs: written down once, run in order, by one worker at a time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from db import jobs, sealing
from db.jobs import NewJob
from db.leases import WAITED_SECONDS
from db.sealing import Keyring
from db.transactions import run, transactional
from db.unopened import WHY
from tests.engines import KEYRING, second_connection

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


async def put(key: str, *, kind="screen", lane=None, run_at=None, priority=5) -> bool:
    return await jobs.enqueue(
        kind=kind,
        key=key,
        payload={"key": key},
        now=NOW,
        lane=lane,
        run_at=run_at,
        priority=priority,
    )


async def lease(*, kinds=("screen",), limit=10, now=NOW, seconds=15):
    return await jobs.lease(kinds=kinds, limit=limit, now=now, seconds=seconds)


async def keys(**options) -> list[str]:
    return [job.key for job in await lease(**options)]


async def test_a_leased_job_is_what_was_enqueued(database):
    await put("a", lane="out:7", priority=2)
    [job] = await lease()
    assert (job.kind, job.key, job.lane, job.payload) == ("screen", "a", "out:7", {"key": "a"})
    assert (job.priority, job.attempts, job.max_attempts, job.created_at) == (2, 1, 20, NOW)


async def test_jobs_enqueued_at_once_are_new_or_known_each_for_itself(database):
    await put("b")
    given = [
        NewJob(kind="screen", key="a", lane="out:7", payload={"key": "a"}),
        NewJob(kind="screen", key="b", payload={}),
        NewJob(kind="screen", key="c", payload={}, run_at=later(60)),
    ]
    assert await jobs.enqueue_all(given, now=NOW) == [True, False, True]
    async with second_connection(database.url) as reader:
        kept = await reader.rows("SELECT key, run_at, attempts FROM job ORDER BY key")
    moments = [int(NOW.timestamp()) * 1000 + more for more in (0, 0, 60_000)]
    assert [row["run_at"] for row in kept] == moments
    assert await keys() == ["b", "a"]


async def test_a_lane_runs_in_order_one_at_a_time(database):
    for key in ("a", "b", "c"):
        await put(key, lane="out:1")
    await put("z", lane="out:2")
    [a, z] = await lease()
    assert (a.key, z.key) == ("a", "z")
    assert await keys() == []
    await jobs.finish(a, NOW)
    assert await keys() == ["b"]


async def test_a_job_to_be_retried_later_holds_up_its_lane(database):
    await put("a", lane="out:1")
    await put("b", lane="out:1")
    [a] = await lease()
    assert await jobs.retry(a, now=NOW, run_at=later(5), error="429")
    assert await keys() == []
    assert await keys(now=later(5)) == ["a"]


async def test_a_dead_letter_frees_its_lane_and_is_shown(database):
    await put("a", lane="out:1")
    await put("b", lane="out:1")
    [a] = await lease()
    assert await jobs.bury(a, now=NOW, error="never works")
    assert await keys() == ["b"]
    [shown] = await jobs.dead(10)
    assert (shown.key, shown.last_error, shown.dead_at) == ("a", "never works", NOW)


async def test_a_dead_job_may_be_reopened_by_its_reason(database):
    await put("a", lane="out:1")
    [a] = await lease()
    await jobs.bury(a, now=NOW, error="blocked")
    assert await jobs.reopen(lane="out:1", error="other", now=NOW) == 0
    assert await jobs.reopen(lane="out:1", error="blocked", now=NOW) == 1
    [again] = await lease()
    assert (again.key, again.attempts) == ("a", 1)


async def test_a_job_reopened_behind_the_back_of_a_younger_one_that_runs_waits_for_it(database):
    await put("a", lane="out:1")
    await put("b", lane="out:1")
    [a] = await lease()
    await jobs.bury(a, now=NOW, error="blocked")
    [b] = await lease()
    await jobs.reopen(lane="out:1", error="blocked", now=NOW)
    assert await keys() == []
    await jobs.finish(b, NOW)
    assert await keys() == ["a"]


async def test_asked_for_what_waits_a_lease_takes_it_before_what_is_fresh_and_more_urgent(database):
    await put("receipt", kind="receipt", priority=3)
    await put("new tap", priority=1, run_at=later(WAITED_SECONDS + 1))
    kinds, now = ("receipt", "screen"), later(WAITED_SECONDS + 1)
    found = await jobs.lease(kinds=kinds, limit=1, now=now, waited_first=True)
    assert [job.key for job in found] == ["receipt"]
    await put("next receipt", kind="receipt", priority=3)
    assert [job.key for job in await lease(kinds=kinds, limit=1, now=now)] == ["new tap"]


async def test_what_waits_a_moment_only_leaves_what_is_urgent_its_turn(database):
    await put("receipt", kind="receipt", priority=3)
    await put("tap", priority=1, run_at=later(1))
    kinds, now = ("receipt", "screen"), later(WAITED_SECONDS - 1)
    found = await jobs.lease(kinds=kinds, limit=2, now=now, waited_first=True)
    assert [job.key for job in found] == ["tap", "receipt"]


async def test_urgent_kinds_go_first_and_what_is_due_later_waits(database):
    await put("slow", kind="broadcast", priority=9)
    await put("fast", kind="screen", priority=1)
    await put("future", run_at=later(60))
    assert await keys(kinds=["broadcast", "screen"]) == ["fast", "slow"]
    assert await keys(now=later(60)) == ["fast", "future"]


async def test_a_limit_is_kept_and_the_rest_is_left(database):
    for number in range(10):
        await put(f"{number}")
    assert len(await keys(limit=4)) == 4
    assert len(await keys(limit=10)) == 6


async def test_only_the_holder_of_the_lease_finishes_a_job(database):
    await put("a")
    [old] = await lease(seconds=15)
    assert await keys(now=later(15)) == []
    [new] = await lease(now=later(16))
    assert new.attempts == 2
    assert not await jobs.finish(old, later(16))
    assert not await jobs.retry(old, now=NOW, run_at=NOW, error="late")
    assert not await jobs.bury(old, now=NOW, error="late")
    assert await jobs.finish(new, later(16))
    assert not await jobs.finish(new, later(16))


async def test_an_extended_lease_outlives_its_first_end(database):
    await put("a")
    [job] = await lease(seconds=15)
    await jobs.extend([job], later(10), 15)
    assert await keys(now=later(20)) == []
    assert await keys(now=later(26)) == ["a"]


async def test_leases_of_a_dead_process_are_released_at_start(database):
    await put("a")
    await lease()
    assert await jobs.release_leases() == 1
    assert await keys() == ["a"]


async def test_a_key_is_enqueued_once_and_for_all(database):
    assert await put("a")
    assert not await put("a")
    [job] = await lease()
    await jobs.finish(job, NOW)
    assert not await put("a")


async def test_a_job_rolls_back_with_its_transaction(database):
    woken = []
    undo = jobs.subscribe(woken.append)

    @transactional
    async def write(*, fail):
        await put(f"a{fail}")
        assert woken == []
        if fail:
            raise LookupError

    with pytest.raises(LookupError):
        await write(fail=True)
    async with second_connection(database.url) as other:
        assert await other.value("SELECT count(*) FROM job") == 0
    assert woken == []
    await write(fail=False)
    async with second_connection(database.url) as other:
        assert await other.value("SELECT key FROM job") == "aFalse"
    assert woken == ["screen"]
    undo()
    await put("b")
    assert woken == ["screen"]


async def test_waking_comes_after_the_commit(database):
    seen = []
    async with second_connection(database.url) as other:
        loop = asyncio.get_running_loop()

        def look(_kind) -> None:
            seen.append(loop.create_task(other.value("SELECT count(*) FROM job")))

        undo = jobs.subscribe(look)
        await put("a")
        await jobs.take_in(NewJob(kind="update", key="b", payload={}))
        undo()
        assert await seen[0] == 1
        assert await seen[1] == 2


async def test_a_cancelled_timer_never_runs(database):
    await put("hold", run_at=later(60))
    assert await jobs.cancel("hold", NOW)
    assert not await jobs.cancel("hold", NOW)
    assert await keys(now=later(60)) == []


async def test_newer_screens_of_a_lane_are_known(database):
    await put("a", lane="out:1")
    [job] = await lease()
    assert not await jobs.newer_in_lane(job, "screen")
    await put("b", lane="out:1", kind="receipt_text")
    assert not await jobs.newer_in_lane(job, "screen")
    await put("c", lane="out:1")
    assert await jobs.newer_in_lane(job, "screen")


async def test_done_jobs_are_forgotten_in_time_and_open_ones_kept(database):
    await put("a")
    await put("b")
    [a, _] = await lease()
    await jobs.finish(a, NOW)
    assert await jobs.forget(NOW) == 0
    assert await jobs.forget(later(1)) == 1
    assert await jobs.backlog() == {"screen": 1}


async def test_a_lease_reads_what_is_due_and_not_what_is_planned(database):
    for number in range(500):
        await put(f"{number}", kind="reminder", run_at=later(3600 + number))
    await put("due", kind="reminder")
    await run("ANALYZE job")
    prefix = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    async with second_connection(database.url) as other:
        plan = await other.rows(
            f"{prefix}SELECT id FROM job WHERE kind = 'reminder' AND run_at <= 1"
            " AND done_at IS NULL AND dead_at IS NULL ORDER BY run_at, id LIMIT 5"
        )
    assert "job_due" in str(plan)
    assert await keys(kinds=["reminder"]) == ["due"]


async def test_what_another_key_sealed_stands_in_nobodys_way_and_is_done_by_who_has_it(
    database, caplog
):
    others = Keyring(b"n" * 32)
    sealing.use(others)
    await put("theirs")
    sealing.use(KEYRING)
    await put("ours")
    [ours] = await lease()
    assert ours.key == "ours"
    await jobs.finish(ours, NOW)
    assert await keys() == []
    assert f"jobs cannot be opened: {WHY}" in caplog.text
    sealing.use(Keyring(bytes(range(32)), [b"n" * 32]))
    [job] = await lease(now=later(31))
    assert (job.key, job.attempts) == ("theirs", 1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_failed_job_waits_though_its_lease_was_undone_with_a_transaction_it_shared(
    database,
):
    await put("a")
    [job] = await lease()
    await run("UPDATE job SET lease_until = NULL, lease_token = NULL, attempts = 0")
    assert await jobs.retry(job, now=NOW, run_at=later(5), error="disk I/O error")
    assert await keys() == []
    [again] = await lease(now=later(5))
    assert again.attempts == 2
    await run("UPDATE job SET lease_until = NULL, lease_token = NULL")
    assert await jobs.bury(again, now=later(5), error="disk I/O error")
    assert await keys(now=later(60)) == []
