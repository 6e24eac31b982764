"""Work that may not be broken off, but that nobody has to wait for to its end.

A query to a PostgreSQL whose machine froze ends with the connection and no sooner, cancelled or
not: whoever asks over HTTP gets an answer in time all the same.
"""

import asyncio
from collections.abc import Coroutine
from typing import Final, Protocol, TypeVar

from booking.caught import Caught

T = TypeVar("T")

MOST: Final = 1000
"""So much may go on that nobody waits for, or might not be waited for to its end."""


class Starts(Protocol):
    """Whoever owns tasks and sees them to their end."""

    def start(self, work: Coroutine[object, object, None], *, name: str) -> object:
        """Run the work in a task of its own."""


class Apart:
    """Run work in tasks of a nursery; without one, where its caller is."""

    def __init__(self, nursery: Starts | None = None) -> None:
        self._nursery, self._running = nursery, 0

    async def within(self, seconds: float, work: Coroutine[object, object, T], *, name: str) -> T:
        """Return what the work gives, or raise TimeoutError: then it goes on without us.

        While very much goes on already it is not begun at all, and TimeoutError comes at once.
        """
        if self._nursery is None:
            async with asyncio.timeout(seconds):
                return await work
        if self._running >= MOST:
            work.close()
            raise TimeoutError(f"{name}: {MOST} before it have not ended")
        given: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._running += 1
        self._nursery.start(self._hand_over(work, given), name=name)
        async with asyncio.timeout(seconds):
            return await given

    async def _hand_over(
        self, work: Coroutine[object, object, T], given: "asyncio.Future[T]"
    ) -> None:
        try:
            async with Caught() as caught:
                result = await work
        finally:
            self._running -= 1
        if given.done():  # nobody waits any more
            return
        if caught.error:
            given.set_exception(caught.error)
        else:
            given.set_result(result)
