"""The nursery: the only place that creates tasks, so that all of them are seen to the end."""

import asyncio
from collections.abc import Coroutine
from typing import Self

from bot import logs

log = logs.get(__name__)

AGAIN_SECONDS = 1.0


class Nursery:
    """Own every task of the process; a task that fails is logged and takes nobody with it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def start(self, work: Coroutine[object, object, None], *, name: str) -> asyncio.Task[None]:
        """Run the coroutine in a task of its own until it ends or the nursery closes."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("task failed", task=task.get_name(), exc_info=task.exception())

    async def close(self) -> None:
        """Cancel what still runs and wait until it has ended."""
        while tasks := tuple(self._tasks):
            for task in tasks:
                task.cancel()
            # a task may lose one cancellation to a library that swallows it: ask again
            await asyncio.wait(tasks, timeout=AGAIN_SECONDS)
