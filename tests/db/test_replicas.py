"""What replicas of one PostgreSQL share: lanes, the bell, and limits. SQLite has one process."""

import asyncio
from asyncio.subprocess import PIPE
from datetime import UTC, datetime, timedelta

import pytest

from db import jobs
from db.bell import Bell
from db.neighbours import who_am_i
from db.pace import Limit, forget_turns, take_turns
from db.postgres_session import SessionLost
from db.presence import _CLASS, RollCall
from db.transactions import rows, run, transactional
from tests.db.test_neighbours import NAMED
from tests.engines import dial

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LANE = "out:1"
LIMIT = Limit("messages", per_second=0.01, burst=15)
A_STEP_BACK = 3600


@pytest.fixture
async def replicas(database):
    if database.is_sqlite:
        pytest.skip("on SQLite one process writes, one transaction after the other")
    return database


@pytest.fixture
async def elsewhere(replicas):
    """A connection of another replica."""
    other = await dial(replicas.url)
    yield other
    await other.close()


async def put(key: str, kind: str = "screen", lane: str | None = LANE) -> None:
    await jobs.enqueue(kind=kind, key=key, payload={}, now=NOW, lane=lane)


async def lease(now: datetime = NOW) -> list[jobs.Job]:
    return await jobs.lease(kinds=["screen"], limit=10, now=now)


class Slow:
    """A transaction that has its ids already and is committed when told."""

    def __init__(self, *keys: str):
        self.keys, self._written, self._may = keys, asyncio.Event(), asyncio.Event()

    async def __aenter__(self):
        self._task = asyncio.ensure_future(self._write())
        await self._written.wait()
        return self

    async def __aexit__(self, *_):
        self._may.set()
        await self._task

    @transactional
    async def _write(self) -> None:
        for key in self.keys:
            await put(key)
        self._written.set()
        await self._may.wait()


async def test_a_job_committed_late_waits_for_the_later_one_that_runs_already(replicas):
    async with Slow("first"):
        await put("second")
        [second] = await lease()
        assert second.key == "second"
    assert await lease() == []
    assert await jobs.finish(second, NOW)
    [first] = await lease()
    assert first.key == "first"
    assert first.id < second.id


async def test_a_job_whose_worker_died_goes_before_an_older_one_committed_late(replicas):
    async with Slow("first"):
        await put("second")
        [lost] = await lease()
    [again] = await lease(NOW + timedelta(seconds=16))
    assert again.id == lost.id
    assert not await jobs.finish(lost, NOW)


async def leased_while_another_replica_leases_in_the_lane(elsewhere) -> list[str]:
    """What we saw of the lane when we began to look is not true any more when we lease in it."""
    async with Slow("first"):
        await put("second")
    theirs = elsewhere.transaction()
    await theirs.start()
    await elsewhere.execute(
        "UPDATE job SET lease_until = $1, lease_token = 'theirs' WHERE key = 'second'",
        int((NOW + timedelta(seconds=15)).timestamp() * 1000),
    )
    await put("alone", lane=None)
    ours = asyncio.ensure_future(lease())
    await asyncio.sleep(0.3)
    await theirs.commit()
    return sorted(job.key for job in await ours)


async def test_the_database_refuses_a_second_worker_in_a_lane(replicas, elsewhere):
    assert await leased_while_another_replica_leases_in_the_lane(elsewhere) == ["alone"]


async def test_control_without_the_unique_index_a_lane_gets_a_second_worker(replicas, elsewhere):
    await run("DROP INDEX job_holder")
    assert await leased_while_another_replica_leases_in_the_lane(elsewhere) == ["alone", "first"]


async def test_many_replicas_never_run_two_jobs_of_a_lane_side_by_side(replicas):
    """Jobs are enqueued in transactions of any length, and leased by eight at once."""

    @transactional
    async def enqueue(number: int) -> None:
        await put(f"{number}", lane=f"out:{number % 3}")
        await asyncio.sleep(0.001 * (number % 7))

    running: dict[str, str] = {}
    done: list[str] = []

    async def work() -> None:
        while len(done) < 120:
            for job in await lease():
                assert running.setdefault(job.lane, job.key) == job.key
                await asyncio.sleep(0.002)
                del running[job.lane]
                done.append(job.key)
                await jobs.finish(job, NOW)
            await asyncio.sleep(0)

    async with asyncio.timeout(60):
        await asyncio.gather(*map(enqueue, range(120)), *(work() for _ in range(8)))
    assert sorted(done, key=int) == [f"{number}" for number in range(120)]


class Ear:
    """What a replica was told."""

    def __init__(self):
        self._heard: asyncio.Queue[str | None] = asyncio.Queue()
        self.bell = Bell(self._heard.put_nowait)
        self.serving = asyncio.ensure_future(self.bell.serve())

    async def hears(self, kind: str | None) -> None:
        """Wait until a kind is told, whatever else was before."""
        async with asyncio.timeout(10):
            while await self._heard.get() != kind:
                pass


async def test_a_commit_is_heard_by_other_replicas_with_its_kinds_and_not_by_itself(
    replicas, elsewhere
):
    ear = Ear()
    await ear.hears(None)
    told: asyncio.Queue[str] = asyncio.Queue()
    await elsewhere.add_listener("booking_bot_jobs", lambda *said: told.put_nowait(said[-1]))

    @transactional
    async def write() -> None:
        await put("a")
        await put("b", kind="receipt_text")
        await asyncio.sleep(0.1)
        assert told.empty()

    await write()
    async with asyncio.timeout(10):
        assert await told.get() == "receipt_text,screen"
    await elsewhere.execute("NOTIFY booking_bot_jobs, 'sweep,screen'")
    await ear.hears("sweep")
    ear.serving.cancel()


async def test_a_bell_that_lost_its_connection_says_so_and_rings_again(replicas, elsewhere):
    ear = Ear()
    await ear.hears(None)
    await elsewhere.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'booking-bot replica'"
    )
    async with asyncio.timeout(10):
        [ended] = await asyncio.gather(ear.serving, return_exceptions=True)
    assert isinstance(ended, SessionLost)
    again = asyncio.ensure_future(ear.bell.serve())
    await ear.hears(None)
    await elsewhere.execute("NOTIFY booking_bot_jobs, 'screen'")
    await ear.hears("screen")
    again.cancel()


async def test_replicas_share_the_limit_of_all_messages(replicas):
    waits = [await take_turns([LIMIT, Limit(f"chat {chat}", 1, 5)]) for chat in range(20)]
    assert waits[:15] == [0.0] * 15
    assert [round(wait, -2) for wait in waits[15:]] == [100, 200, 300, 400, 500]


async def test_replicas_share_the_limit_of_one_chat(replicas):
    chat = Limit("chat 77", per_second=0.01, burst=5)
    waits = await asyncio.gather(*(take_turns([LIMIT, chat]) for _ in range(8)))
    assert sorted(waits)[:5] == [0.0] * 5
    assert sorted(round(wait, -2) for wait in waits)[5:] == [100, 200, 300]


async def test_limits_begin_anew_when_the_clock_of_the_database_steps_back(replicas):
    for _ in range(20):
        await take_turns([LIMIT])
    assert 0 < await take_turns([LIMIT]) < A_STEP_BACK
    await run("UPDATE pace SET free_at = free_at + ?", (A_STEP_BACK * 1_000_000,))
    assert await take_turns([LIMIT]) == 0


async def test_limits_that_limit_nobody_any_more_are_forgotten(replicas):
    await take_turns([LIMIT])
    assert await forget_turns() == 0
    await run("UPDATE pace SET free_at = 0")
    assert await forget_turns() == 1
    assert await rows("SELECT * FROM pace") == []


class Replica:
    """Another replica, as far as the database knows: a session that holds the lock."""

    def __init__(self, connection):
        self._connection = connection

    async def leases(self, number: int, now: datetime = NOW) -> jobs.Job:
        """Be there, and lease a job under one's number."""
        await self._connection.execute(f"SELECT pg_advisory_lock_shared({_CLASS}, {number})")
        [job] = await lease(now)
        await run("UPDATE job SET lease_token = ? WHERE id = ?", (f"{number}.x", job.id))
        return job

    async def is_missed(self) -> None:
        """Lose every lock, and live."""
        await self._connection.execute("SELECT pg_advisory_unlock_all()")


async def test_what_a_replica_that_is_gone_had_leased_is_free_once_it_was_missed_twice(
    replicas, elsewhere
):
    await put("a")
    other, call = Replica(elsewhere), RollCall()
    await other.leases(17)
    assert [await call.look(), await call.look()] == [0, 0]
    await elsewhere.close()
    assert [await call.look(), await lease()] == [0, []]
    assert await call.look() == 1
    assert [job.key for job in await lease()] == ["a"]


async def test_a_replica_that_comes_back_in_time_keeps_what_it_leased(replicas, elsewhere):
    await put("a")
    other, call = Replica(elsewhere), RollCall()
    await other.leases(17)
    await call.look()
    for _ in range(3):
        await other.is_missed()
        assert await call.look() == 0
        await elsewhere.execute(f"SELECT pg_advisory_lock_shared({_CLASS}, 17)")
        assert await call.look() == 0
    assert await lease() == []


async def test_who_came_between_two_looks_keeps_what_it_leased_at_once(replicas, elsewhere):
    await put("a")
    other, call = Replica(elsewhere), RollCall()
    assert await call.look() == 0
    await other.leases(17)
    assert [await call.look() for _ in range(3)] == [0, 0, 0]
    assert await lease() == []


async def test_who_came_and_lost_its_connection_between_two_looks_was_missed_once(
    replicas, elsewhere
):
    await put("a", lane="out:1")
    other, call = Replica(elsewhere), RollCall()
    await other.leases(17)
    assert await call.look() == 0
    await other.is_missed()
    assert await call.look() == 0
    await put("b", lane="out:2")
    await other.leases(18)
    await other.is_missed()
    assert await call.look() == 1
    assert [job.key for job in await lease()] == ["a"]
    assert await call.look() == 1
    assert [job.key for job in await lease()] == ["b"]


async def test_a_new_replica_frees_what_its_killed_predecessor_had_leased(replicas):
    await put("a")
    [job] = await lease()
    await run("UPDATE job SET lease_token = '17.x' WHERE id = ?", (job.id,))
    call = RollCall()
    assert [await call.look(), await call.look()] == [0, 1]
    assert not await jobs.finish(job, NOW)


async def test_what_a_process_of_this_machine_had_leased_is_free_at_once_when_it_runs_no_more(
    replicas,
):
    for key, lane in (("gone", "out:1"), ("lives", "out:2"), ("elsewhere", "out:3")):
        await put(key, lane=lane)
    process = await asyncio.create_subprocess_exec(*NAMED, stdin=PIPE, stdout=PIPE)
    gone = (await process.stdout.readline()).decode().strip()
    names = {"gone": gone, "lives": who_am_i(), "elsewhere": f"0000{gone[4:]}"}
    for number, job in enumerate(await jobs.lease(kinds=["screen"], limit=3, now=NOW)):
        token = f"{number}.{names[job.key]}.x"
        await run("UPDATE job SET lease_token = ? WHERE id = ?", (token, job.id))
    assert await RollCall().look() == 0
    process.kill()
    await process.wait()
    assert await RollCall().look() == 1
    assert [job.key for job in await lease()] == ["gone"]


async def test_the_lease_of_a_replica_nobody_could_miss_is_left_to_run_out(replicas):
    await put("a")
    await lease()
    call = RollCall()
    assert [await call.look() for _ in range(3)] == [0, 0, 0]


async def test_a_replica_bears_its_mark_as_long_as_it_rings(replicas):
    ear = Ear()
    await ear.hears(None)
    await put("a")
    [job] = await lease()
    assert "." in job.lease_token
    call = RollCall()
    assert [await call.look() for _ in range(3)] == [0, 0, 0]
    ear.serving.cancel()
    await asyncio.gather(ear.serving, return_exceptions=True)
    assert [await call.look() for _ in range(2)] == [0, 1]
