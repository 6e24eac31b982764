"""Work that may not be broken off, but that nobody has to wait for to its end.

A query to a PostgreSQL whose machine froze ends with the connection and no sooner, cancelled or
not: whoever asks over HTTP gets an answer in time all the same.
"""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

from booking.caught import Caught
from bot.workers import Nursery

T = TypeVar("T")


class Apart:
    """Run work in tasks of a nursery; without one, where its caller is."""

    def __init__(self, nursery: Nursery | None = None) -> None:
        self._nursery = nursery

    async def within(self, seconds: float, work: Coroutine[object, object, T], *, name: str) -> T:
        """Return what the work gives, or raise TimeoutError: then it goes on without us."""
        if self._nursery is None:
            async with asyncio.timeout(seconds):
                return await work
        given: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._nursery.start(_hand_over(work, given), name=name)
        async with asyncio.timeout(seconds):
            return await given


async def _hand_over(work: Coroutine[object, object, T], given: "asyncio.Future[T]") -> None:
    async with Caught() as caught:
        result = await work
    if given.done():  # nobody waits any more
        return
    if caught.error:
        given.set_exception(caught.error)
    else:
        given.set_result(result)
