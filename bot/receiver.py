"""Ask Telegram for updates: stored first, acknowledged then."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final

from telegram.error import NetworkError, TimedOut

from booking.caught import Caught
from booking.ports import Clock
from bot import logs
from bot.bot_api import ApiRefusal, BotApi
from bot.hook import UNWRITABLE, came
from bot.seldom import Seldom
from bot.updates import ALLOWED_UPDATES, Unreadable, as_job, id_of
from bot.watch import Count, nobody
from db import jobs
from db.jobs import NewJob
from db.leadership import lead
from db.postgres_session import SessionLost

log = logs.get(__name__)

LONG_POLL_SECONDS: Final = 50
BATCH: Final = 100
CONFLICT: Final = 409
CONFLICT_SECONDS: Final = 2.0
"""Somebody else polls with our token: for a moment, when a replica took over from another."""


LONGEST_UNSTORED: Final = 5.0
"""Seconds until the database is tried again: whoever wrote meanwhile waits for it."""


class Poller:
    """Ask for updates; the offset is advanced only over what is committed.

    The offset is not kept over a restart: Telegram remembers what was confirmed, a repeated update
    is known by its key, and an old offset could skip updates (ids may start anew after a week).
    """

    def __init__(self, api: BotApi, clock: Clock, count: Count = nobody) -> None:
        self._api, self._clock, self._count = api, clock, count
        self._offset = 0
        self._failures = 0
        self._warn = Seldom()

    async def run(self) -> None:
        """Poll for ever; on PostgreSQL one replica at a time."""
        while True:
            try:
                await lead("telegram polling", self._poll_on)
                log.warning("polling stopped here: the connection that leads was lost")
            except SessionLost as error:
                self._warn("nobody can be chosen to poll", why=str(error))
                await asyncio.sleep(1)

    async def _poll_on(self) -> None:
        log.info("polling begins here")
        self._offset = self._failures = 0
        while True:
            await self._turn()

    async def _turn(self) -> None:
        async with Caught() as caught:
            await self.poll()
            self._failures = 0
        error = caught.error
        if isinstance(error, TimedOut):
            self._failures += 1
        elif isinstance(error, ApiRefusal):
            taken = CONFLICT_SECONDS if error.code == CONFLICT else None
            await self._pause(error, error.retry_after or taken)
        elif isinstance(error, NetworkError):
            await self._pause(error, None)
        elif error:  # the database is away
            self._count("not_stored")
            self._warn("updates not stored", why=type(error).__name__, exc_info=error)
            self._failures += 1
            await asyncio.sleep(min(LONGEST_UNSTORED, 0.5 * 2 ** min(self._failures, 6)))

    async def _pause(self, error: Exception, seconds: float | None) -> None:
        self._failures += 1
        wait = seconds or min(30.0, 0.5 * 2 ** min(self._failures, 6))
        log.warning("no updates", why=str(error), again=wait)
        await asyncio.sleep(wait)

    async def poll(self) -> None:
        """Fetch one batch, store it, then move the offset past it."""
        request = {
            "offset": self._offset,
            "limit": BATCH,
            "timeout": LONG_POLL_SECONDS,
            "allowed_updates": ALLOWED_UPDATES,
        }
        found = await self._api.call("getUpdates", request, seconds=LONG_POLL_SECONDS + 10)
        updates = found if isinstance(found, list) else []
        if entries := list(_readable(updates, self._count)):
            await self._store(entries)
        ids = [number for update in updates if (number := id_of(update)) is not None]
        if updates and not ids:
            raise Unreadable("updates without a number")
        # Nothing more: all before is confirmed, and ids may start anew, lower than before.
        self._offset = max(ids) + 1 if ids else 0

    async def _store(self, entries: Sequence[NewJob]) -> None:
        """Store updates together; one that cannot be written down is found and left out."""
        try:
            for is_new in await jobs.take_in(entries, now=self._clock.now()):
                self._count(came(is_new=is_new))
        except UNWRITABLE as error:
            if len(entries) == 1:
                log.warning("unreadable update skipped", why=type(error).__name__)
                self._count("unreadable")
                return
            for entry in entries:
                await self._store([entry])


def _readable(updates: list[object], count: Count) -> Iterator[NewJob]:
    """Leave out what nobody can read, so that it is not fetched for ever."""
    for update in updates:
        try:
            job = as_job(update)
        except Unreadable as error:
            log.warning("unreadable update skipped", why=str(error))
            count("unreadable")
        else:
            if job:
                yield job
            else:
                count("foreign")


async def match_reception(api: BotApi, *, hook_url: str | None, secret: str) -> None:
    """Set the webhook to this address, or delete it so that polling works; nothing is dropped."""
    if hook_url is None:
        await api.call("deleteWebhook", {"drop_pending_updates": False})
        return
    await api.call(
        "setWebhook",
        {"url": hook_url, "secret_token": secret, "allowed_updates": ALLOWED_UPDATES},
    )
