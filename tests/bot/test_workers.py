"""The nursery sees every task to its end."""

import asyncio
from contextlib import suppress

from bot.workers import Nursery


async def test_closing_outlasts_a_task_that_swallows_a_cancellation():
    ended = []

    async def stubborn():
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("at last")

    nursery = Nursery()
    nursery.start(stubborn(), name="stubborn")
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await nursery.close()
    assert ended == ["at last"]


async def test_a_task_that_fails_takes_nobody_with_it():
    done = []

    async def fails():
        raise ValueError("a bug")

    async def works():
        await asyncio.sleep(0.05)
        done.append("works")

    async with Nursery() as nursery:
        nursery.start(fails(), name="fails")
        nursery.start(works(), name="works")
        await asyncio.sleep(0.2)
    assert done == ["works"]
