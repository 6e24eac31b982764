"""Transactions: all or nothing, safe against cancellation, retried as a whole."""

import asyncio
import random

import pytest

from db.transactions import rows, run, transactional
from tests.engines import second_connection

COUNT = "SELECT count(*) AS n FROM installation WHERE key LIKE 't%'"


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
        assert await other.rows("SELECT key FROM installation WHERE key LIKE 't%'") == [
            {"key": "t2"}
        ]


async def test_400_random_cancellations_leave_the_database_usable(database):
    chance = random.Random(7)
    done = 0
    for number in range(400):
        task = asyncio.create_task(write(f"t{number}", pause=chance.choice([0, 0.001])))
        await asyncio.sleep(chance.uniform(0, 0.002))
        task.cancel()
        try:
            await task
            done += 1
        except asyncio.CancelledError:
            pass
    async with asyncio.timeout(5):
        await asyncio.gather(*(write(f"z{number}") for number in range(20)))
        assert len(await rows("SELECT key FROM installation WHERE key LIKE 'z%'")) == 20
    async with second_connection(database.url) as other:
        assert await other.value(COUNT) >= done
