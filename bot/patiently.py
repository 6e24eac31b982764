"""A step of the start that the database cannot take yet: the start waits, and says so."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from booking.caught import Caught
from bot.database_trouble import is_of_database, kind_of
from bot.seldom import Seldom

AGAIN_SECONDS: Final = 1.0


async def patiently(step: Callable[[], Awaitable[None]]) -> None:
    """Do a step, again and again while the database is full, locked or away."""
    warn = Seldom()
    while True:
        async with Caught() as caught:
            await step()
            return
        error = caught.error
        if error is None or not is_of_database(error):
            raise error or AssertionError
        warn("the start waits for the database", why=kind_of(error), exc_info=error)
        await asyncio.sleep(AGAIN_SECONDS)
