"""Transactions: all or nothing, safe against cancellation, repeated as a whole."""

import asyncio
import random

import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from db import points
from db.installation import get
from db.models import Installation
from db.transactions import after_commit, in_transaction_now, is_transient, rows, run, transactional
from tests.engines import second_connection

WRITTEN = "SELECT key FROM installation WHERE key LIKE 't%' ORDER BY key"


@transactional
async def write(key: str, *, fail: bool = False, pause: float = 0) -> None:
    await run("INSERT INTO installation (key, value) VALUES (?, ?)", (key, "x"))
    if pause:
        await asyncio.sleep(pause)
    if fail:
        raise LookupError(key)


async def test_what_fails_leaves_nothing(database):
    with pytest.raises(LookupError):
        await write("t1", fail=True)
    await write("t2")
    async with second_connection(database.url) as other:
        assert await other.rows(WRITTEN) == [{"key": "t2"}]


async def test_models_and_raw_statements_share_a_transaction(database):
    @transactional
    async def both():
        await Installation.create(key="t1", value="x")
        assert len(await rows(WRITTEN)) == 1
        await run("UPDATE installation SET value = 'y' WHERE key = 't1'")
        assert (await Installation.get(key="t1")).value == "y"
        raise LookupError

    with pytest.raises(LookupError):
        await both()
    assert await rows(WRITTEN) == []


async def test_a_call_inside_a_transaction_joins_it(database):
    told = []

    @transactional
    async def inner():
        await write("t1")
        after_commit(lambda: told.append("t1"))

    @transactional
    async def outer():
        await inner()
        async with second_connection(database.url) as other:
            assert await other.rows(WRITTEN) == []
        raise LookupError

    assert not in_transaction_now()
    with pytest.raises(LookupError):
        await outer()
    assert told == []
    async with second_connection(database.url) as other:
        assert await other.rows(WRITTEN) == []


async def test_callbacks_wait_for_the_commit_and_are_called_once(database):
    told = []

    def tell():
        told.append(in_transaction_now())

    @transactional
    async def outer(*, fail):
        after_commit(tell)
        after_commit(tell)
        assert told == []
        if fail:
            raise LookupError

    with pytest.raises(LookupError):
        await outer(fail=True)
    assert told == []
    await outer(fail=False)
    assert told == [False]
    after_commit(tell)
    assert told == [False, False]


async def test_400_random_cancellations_leave_the_database_usable(database):
    chance = random.Random(7)
    done = []
    for number in range(400):
        task = asyncio.create_task(write(f"t{number}", pause=chance.choice([0, 0.001])))
        await asyncio.sleep(chance.uniform(0, 0.002))
        task.cancel()
        try:
            await task
            done.append(f"t{number}")
        except asyncio.CancelledError:
            pass
    async with asyncio.timeout(5):
        await asyncio.gather(*(write(f"z{number}") for number in range(20)))
        assert len(await rows("SELECT key FROM installation WHERE key LIKE 'z%'")) == 20
    async with second_connection(database.url) as other:
        assert set(done) <= {row["key"] for row in await other.rows(WRITTEN)}


async def test_200_concurrent_transactions_beside_cancelled_ones_all_commit(database):
    tasks = [asyncio.create_task(write(f"t{number}", pause=0.001)) for number in range(400)]
    await asyncio.sleep(0.01)
    for task in tasks[::2]:
        task.cancel()
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert answers[1::2] == [None] * 200
    async with second_connection(database.url) as other:
        assert len(await other.rows(WRITTEN)) >= 200


async def test_a_task_that_outlives_its_transaction_may_not_use_it(database):
    release = asyncio.Event()

    async def heir():
        await release.wait()
        return await rows(WRITTEN)

    @transactional
    async def parent():
        return asyncio.create_task(heir())

    task = await parent()
    release.set()
    with pytest.raises(RuntimeError, match="outlived"):
        await task


async def test_a_serialization_failure_repeats_the_whole_call(database):
    tries = []

    class Serialization(Exception):
        sqlstate = "40001"

    @transactional
    async def shaky():
        tries.append(1)
        await run("INSERT INTO installation (key, value) VALUES ('t1', 'x')")
        if len(tries) < 3:
            raise Serialization

    await shaky()
    assert len(tries) == 3

    tries.clear()

    @transactional
    async def hopeless():
        tries.append(1)
        raise Serialization

    with pytest.raises(Serialization):
        await hopeless()
    assert len(tries) == 5


async def test_a_broken_constraint_is_not_repeated(database):
    await write("t1")
    with pytest.raises(IntegrityError) as caught:
        await write("t1")
    assert not is_transient(caught.value)
    assert is_transient(OperationalError("database is locked"))


async def test_a_real_deadlock_ends_with_both_done(database):
    await write("t1")
    await write("t2")
    order = "UPDATE installation SET value = value || ? WHERE key = ?"

    @transactional
    async def both(first, second):
        await run(order, (first, first))
        await asyncio.sleep(0.05)
        await run(order, (first, second))

    await asyncio.gather(both("t1", "t2"), both("t2", "t1"))
    assert sorted(await get("t1")) == sorted("xt1t2")
    assert sorted(await get("t2")) == sorted("xt1t2")


async def test_crash_points_are_reached_around_the_commit(database):
    reached = []

    def look(name):
        reached.append(name)

    points.use(look)
    try:
        await write("t1")
    finally:
        points.use(None)
    await write("t2")
    assert reached == ["write.before_commit", "write.after_commit"]
