"""Delivery of updates to the webhook: queues, order, retries (facts §1.3)."""

import asyncio
import secrets
from collections.abc import Iterator

import aiohttp
from aiohttp import web

from sandbox.telegram.server import Server, Webhook
from sandbox.telegram.updates import Update

TIMEOUT_SECONDS = 60
MAX_RETRY_AFTER = 3600
GONE = 410
GONE_SECONDS = 23 * 3600
SHORTEST_LAST_DELAY = 60
LONGEST_DELAY = 120
LOOK_SECONDS = 0.05
SUCCESS = range(200, 300)


def retry_delay(failures: int) -> int:
    """Give the seconds before the next try: 0, 2, 4, 8 … up to a random 60 to 120."""
    if failures <= 1:
        return 0
    top = SHORTEST_LAST_DELAY + secrets.randbelow(LONGEST_DELAY - SHORTEST_LAST_DELAY + 1)
    return min(1 << min(failures - 1, 10), top)


class Courier:
    """Send each queue's oldest update until it is taken; one at a time for every queue."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._failures: dict[int, int] = {}
        self._retry_at: dict[int, float] = {}
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._loop_task: asyncio.Task[None] | None = None
        self._session: aiohttp.ClientSession | None = None

    async def run(self, _app: web.Application) -> None:
        """Begin to deliver; for `Application.on_startup`."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        self._session = aiohttp.ClientSession(timeout=timeout)
        self._loop_task = asyncio.create_task(self._dispatch())

    async def stop(self, _app: web.Application) -> None:
        """Give up everything under way; for `Application.on_cleanup`."""
        tasks = [*self._busy.values(), *([self._loop_task] if self._loop_task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _dispatch(self) -> None:
        while True:
            hook, waiting = self.server.webhook, False
            for update in self._heads():
                if hook.url and self._ready(update, hook):
                    self._busy[update.queue] = asyncio.create_task(self._deliver(update, hook))
                waiting = waiting or update.id in self._retry_at
            # The clock may be moved by hand, so a retry is looked for, not slept for.
            pause = LOOK_SECONDS if hook.url and waiting else TIMEOUT_SECONDS
            await self.server.inbox.changed.wait(pause)

    def _heads(self) -> Iterator[Update]:
        seen: set[str] = set()
        for update in self.server.inbox.alive():
            if update.queue not in seen:
                seen.add(update.queue)
                yield update

    def _ready(self, update: Update, hook: Webhook) -> bool:
        if update.queue in self._busy or len(self._busy) >= hook.max_connections:
            return False
        return self._retry_at.get(update.id, 0.0) <= self.server.clock()

    async def _deliver(self, update: Update, hook: Webhook) -> None:
        try:
            problem, retry_after = await self._post(update, hook)
        finally:
            self._busy.pop(update.queue, None)
        if not problem:
            self._failures.pop(update.id, None)
            self._retry_at.pop(update.id, None)
            self.server.inbox.remove(update)
            return
        now = self.server.clock()
        failures = self._failures[update.id] = self._failures.get(update.id, 0) + 1
        self._retry_at[update.id] = now + (retry_after or retry_delay(failures))
        hook.last_error, hook.last_error_at = problem, now
        self._note_gone(hook, now, gone=problem.endswith("410 Gone"))
        self.server.inbox.changed.notify()

    async def _post(self, update: Update, hook: Webhook) -> tuple[str, int]:
        if self._session is None:
            return "not started", 0
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        try:
            async with self._session.post(
                hook.url, json=update.as_api(), headers=headers, allow_redirects=False
            ) as answer:
                await answer.read()
                if answer.status in SUCCESS:
                    return "", 0
                after = answer.headers.get("Retry-After", "")
                seconds = min(int(after), MAX_RETRY_AFTER) if after.isdigit() else 0
                said = f"{answer.status} {answer.reason}"
                return f"Wrong response from the webhook: {said}", seconds
        except TimeoutError:
            return "Read timeout expired", 0
        except aiohttp.ClientError:
            return "Connection refused", 0

    def _note_gone(self, hook: Webhook, now: float, *, gone: bool) -> None:
        if not gone:
            hook.gone_since = 0.0
        elif not hook.gone_since:
            hook.gone_since = now
        elif now - hook.gone_since >= GONE_SECONDS:
            self.server.webhook = Webhook()
