"""Nobody waits for Stripe in silence: who has waited for some seconds is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from booking.caught import Caught

PEOPLE_WAIT: Final = 4.0
"""So many seconds somebody waits for an answer before they are told that there is none yet."""


@asynccontextmanager
async def told_when_long(tell: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Tell somebody once what is inside takes longer than people wait; it goes on meanwhile."""
    over = asyncio.Event()

    async def watch() -> None:
        try:
            async with asyncio.timeout(PEOPLE_WAIT):
                await over.wait()
        except TimeoutError:
            await tell()

    async with asyncio.TaskGroup() as group:
        group.create_task(watch())
        async with Caught() as caught:  # raised by itself, not in a group
            yield
        over.set()
    if caught.error:
        raise caught.error
