"""Jobs run in order, side by side, again after failures, and are never lost or run for ever."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from booking.errors import Unavailable
from bot.runner import JobRunner
from bot.work import GiveUp, Later, WorkClass
from bot.workers import Nursery
from db import jobs
from db.jobs import NewJob
from db.transactions import rows

PATIENCE = 10


class Clock:
    """Real time, moved forward by hand."""

    def __init__(self):
        self.ahead = timedelta()

    def now(self):
        return datetime.now(UTC) + self.ahead


class Stage:
    """A runner at work, and what it was seen doing."""

    def __init__(self, nursery, **options):
        self.done, self.alerts, self.clock = [], [], Clock()
        self.runner = None
        self.nursery, self.options = nursery, options

    def start(self, work):
        async def recorded(job):
            await work(job)
            self.done.append(job.key)

        async def alert(job, report):
            self.alerts.append((job.key, report))

        one = WorkClass("stage", {"work": recorded}, **{"places": 8, **self.options})
        self.runner = JobRunner(one, clock=self.clock, nursery=self.nursery, alert=alert)
        jobs.subscribe(lambda _kind: self.runner.wake())
        self.nursery.start(self.runner.run(), name="stage")

    async def add(self, *keys, lane=None, tries=20):
        new = [
            NewJob(kind="work", key=k, lane=lane, payload={"n": 1}, max_attempts=tries)
            for k in keys
        ]
        await jobs.take_in(new)

    async def until(self, look):
        async with asyncio.timeout(PATIENCE):
            while True:
                if look():
                    return
                await asyncio.sleep(0.01)

    async def row(self, key):
        (found,) = await rows("SELECT * FROM job WHERE key = ?", (key,))
        return found


@pytest.fixture
async def stage(database):
    async with Nursery() as nursery:
        yield Stage(nursery)


async def test_jobs_of_a_lane_run_in_order_one_at_a_time(stage):
    running = []

    async def work(job):
        assert not running
        running.append(job.key)
        await asyncio.sleep(0.01)
        running.clear()

    stage.start(work)
    keys = [f"k{n}" for n in range(10)]
    await stage.add(*keys, lane="in:1")
    await stage.until(lambda: len(stage.done) == 10)
    assert stage.done == keys


async def test_a_slow_job_holds_up_no_other_lane(stage):
    release = asyncio.Event()

    async def work(job):
        if job.key == "slow":
            await release.wait()

    stage.start(work)
    await stage.add("slow", "behind", lane="in:1")
    await stage.add("other", lane="in:2")
    await stage.until(lambda: stage.done == ["other"])
    release.set()
    await stage.until(lambda: stage.done == ["other", "slow", "behind"])


async def test_a_failing_job_is_tried_again_and_the_lane_waits(stage):
    seen = []

    async def work(job):
        seen.append((job.key, job.attempts))
        if job.key == "shaky" and job.attempts < 3:
            raise Unavailable("away", retry_after=0.05)

    stage.start(work)
    await stage.add("shaky", "next", lane="in:1")
    await stage.until(lambda: stage.done == ["shaky", "next"])
    assert seen == [("shaky", 1), ("shaky", 2), ("shaky", 3), ("next", 1)]


async def test_a_job_that_never_works_is_buried_told_of_and_frees_its_lane(stage):
    async def work(job):
        if job.key == "poison":
            raise KeyError("bug")

    stage.start(work)
    await stage.add("poison", "next", lane="in:1", tries=2)
    await stage.until(lambda: stage.done == ["next"])
    ((key, report),) = stage.alerts
    row = await stage.row("poison")
    assert key == "poison"
    assert row["dead_at"] is not None
    assert row["last_error"].startswith(report)


async def test_what_is_unavailable_is_never_given_up(stage):
    async def work(job):
        if job.attempts < 4:
            raise Unavailable("away", retry_after=0.01)

    stage.start(work)
    await stage.add("patient", tries=1)
    await stage.until(lambda: stage.done == ["patient"])
    assert stage.alerts == []


async def test_while_the_outside_is_away_no_try_is_spent(stage):
    ends = {1: Unavailable("away", retry_after=0.01), 2: LookupError("a bug")}

    async def work(job):
        if job.attempts in ends:
            raise ends[job.attempts]

    stage.start(work)
    await stage.add("patient", tries=2)
    await stage.until(lambda: stage.done or stage.alerts)
    assert (stage.done, stage.alerts) == (["patient"], [])


async def test_hopeless_jobs_are_buried_at_once(stage):
    async def work(job):
        raise GiveUp("blocked", alert=job.key == "loud")

    stage.start(work)
    await stage.add("loud", "quiet")
    await stage.until(lambda: len(stage.alerts) == 1)
    await asyncio.sleep(0.1)
    assert stage.alerts[0][0] == "loud"
    assert (await stage.row("quiet"))["last_error"] == "blocked"


async def test_later_means_later_without_being_an_error(stage):
    begun = []

    async def work(job):
        begun.append(asyncio.get_running_loop().time())
        if len(begun) == 1:
            raise Later(0.5)

    stage.start(work)
    await stage.add("k", tries=1)
    await stage.until(lambda: stage.done == ["k"])
    assert 0.5 <= begun[1] - begun[0] < 1.5


async def test_a_hanging_job_is_cut_off(stage):
    stage.options = {"seconds": 0.1}

    async def work(job):
        if job.attempts == 1:
            await asyncio.sleep(60)

    stage.start(work)
    await stage.add("hangs")
    await stage.until(lambda: stage.done == ["hangs"])


async def test_no_more_run_at_once_than_there_are_places(stage):
    stage.options = {"places": 3}
    running, most = 0, 0

    async def work(job):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1

    stage.start(work)
    await stage.add(*[f"k{n}" for n in range(20)])
    await stage.until(lambda: len(stage.done) == 20)
    assert most == 3


async def test_a_timer_runs_when_the_clock_is_moved(stage):
    async def work(job):
        pass

    stage.start(work)
    later = stage.clock.now() + timedelta(hours=1)
    await jobs.enqueue(kind="work", key="timer", payload={}, now=stage.clock.now(), run_at=later)
    await asyncio.sleep(0.1)
    assert stage.done == []
    stage.clock.ahead = timedelta(hours=1, seconds=1)
    stage.runner.wake()
    await stage.until(lambda: stage.done == ["timer"])


async def test_a_clock_that_jumps_over_a_lease_does_not_run_a_job_twice(stage):
    begun, release = [], asyncio.Event()

    async def work(job):
        begun.append(job.key)
        await release.wait()

    stage.start(work)
    await stage.add("long")
    await stage.until(lambda: begun)
    stage.clock.ahead = timedelta(days=1)
    stage.runner.wake()
    await asyncio.sleep(0.2)
    release.set()
    await stage.until(lambda: stage.done)
    await asyncio.sleep(0.2)
    assert begun == ["long"]
    assert (await stage.row("long"))["done_at"] is not None


class Standing(Clock):
    """Time that stands still until it is moved."""

    def __init__(self):
        super().__init__()
        self.at = datetime.now(UTC)

    def now(self):
        return self.at + self.ahead


async def test_what_a_killed_process_had_begun_another_begins_within_ten_seconds(stage):
    begun, clock = asyncio.Event(), Standing()

    async def never(job):
        begun.set()
        await asyncio.sleep(PATIENCE * 10)

    async def work(job):
        pass

    async with Nursery() as doomed:
        killed = Stage(doomed)
        killed.clock = clock
        killed.start(never)
        await killed.add("half done")
        await asyncio.wait_for(begun.wait(), PATIENCE)
    clock.ahead = timedelta(seconds=9)
    stage.clock = clock
    stage.start(work)
    await stage.until(lambda: stage.done == ["half done"])


async def test_stopping_waits_for_what_runs_and_takes_no_more(stage):
    async def work(job):
        await asyncio.sleep(0.2)

    stage.start(work)
    await stage.add("first", lane="in:1")
    await stage.until(lambda: stage.runner.is_busy)
    await stage.add("second", lane="in:1")
    await stage.runner.drain(5)
    assert stage.done == ["first"]
    assert (await stage.row("second"))["attempts"] == 0


async def test_stopping_does_not_wait_for_ever(stage):
    async def work(job):
        await asyncio.sleep(60)

    stage.start(work)
    await stage.add("hangs")
    await stage.until(lambda: stage.runner.is_busy)
    async with asyncio.timeout(2):
        await stage.runner.drain(0.2)
    assert (await stage.row("hangs"))["done_at"] is None
