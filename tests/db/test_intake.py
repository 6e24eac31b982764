"""Intake and workers: many at once, each entry stored once and run once."""

import asyncio
from datetime import UTC, datetime

from tortoise.exceptions import OperationalError

from db import jobs
from db.jobs import NewJob
from tests.engines import second_connection

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def test_intake_tells_new_from_known_entry_by_entry(database):
    entries = [NewJob(kind="update", key=f"upd:{n}", payload={"n": n}) for n in (1, 2, 1)]
    assert await jobs.take_in(entries) == [True, True, False]
    assert await jobs.take_in(entries) == [False, False, False]
    assert await jobs.take_in([]) == []
    leased = await jobs.lease(kinds=["update"], limit=9, now=NOW)
    assert [job.key for job in leased] == ["upd:1", "upd:2"]


async def test_100_concurrent_intakes_of_the_same_event_store_it_once(database):
    one = NewJob(kind="stripe_event", key="evt:1", payload={}, lane="pay:BK-1")
    answers = await asyncio.gather(*(jobs.take_in(one) for _ in range(100)))
    assert sum(answer[0] for answer in answers) == 1


async def test_a_bad_entry_is_refused_alone(database):
    def entry(number):
        kind = "update" if number != 13 else "k" * 40
        tries = 3 if number != 13 else 0
        return NewJob(kind=kind, key=f"upd:{number}", payload={}, max_attempts=tries)

    answers = await asyncio.gather(
        *(jobs.take_in(entry(number)) for number in range(40)), return_exceptions=True
    )
    assert isinstance(answers.pop(13), OperationalError)
    assert answers == [[True]] * 39
    async with second_connection(database.url) as other:
        assert await other.value("SELECT count(*) FROM job") == 39


async def test_cancelled_callers_of_the_intake_take_nobody_with_them(database):
    async def store(number):
        return await jobs.take_in(NewJob(kind="update", key=f"upd:{number}", payload={}))

    tasks = [asyncio.create_task(store(number)) for number in range(200)]
    for turn in range(5):
        await asyncio.sleep(0)
        for task in tasks[turn::40]:
            task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    kept = [number for number, one in enumerate(answers) if one == [True]]
    assert len(kept) >= 175
    assert all(isinstance(one, asyncio.CancelledError) or one == [True] for one in answers)
    async with second_connection(database.url) as other:
        stored = {row["key"] for row in await other.rows("SELECT key FROM job")}
    assert {f"upd:{number}" for number in kept} <= stored
    assert await jobs.take_in(NewJob(kind="update", key="upd:after", payload={})) == [True]


async def test_concurrent_workers_never_share_a_job(database):
    entries = [
        NewJob(kind="update", key=f"{n}", lane=f"in:{n % 40}", payload={}) for n in range(400)
    ]
    await jobs.take_in(entries)
    done: list[str] = []

    async def worker():
        idle = 0
        while idle < 20:
            leased = await jobs.lease(kinds=["update"], limit=5, now=NOW)
            idle = 0 if leased else idle + 1
            assert len({job.lane for job in leased}) == len(leased)
            for job in leased:
                done.append(job.key)
                await jobs.finish(job, NOW)
            await asyncio.sleep(0.001)

    await asyncio.gather(*(worker() for _ in range(8)))
    assert sorted(done) == sorted(set(done))
    assert len(done) == 400
    for lane in range(40):
        ran = [int(key) for key in done if int(key) % 40 == lane]
        assert ran == sorted(ran)
