"""Take Telegram's updates in by webhook: stored first, acknowledged then."""

import hmac
import json
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from booking.apart import Apart
from booking.caught import Caught
from booking.ports import Clock
from bot import logs
from bot.proxies import Network, client_address
from bot.seldom import Seldom
from bot.updates import as_job
from bot.watch import Count, nobody
from db import jobs
from db.jobs import NewJob

log = logs.get(__name__)

KEPT_SECONDS: Final = 8.0
"""How long an update or event may take to become durable; then it is sent again, and known."""
HOOK_PATH: Final = "/webhooks/telegram"
UNWRITABLE: Final = (UnicodeError, RecursionError)
"""What writing down a text that is none, or endless nesting, ends with."""
HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"


class Hook:
    """Answer Telegram's webhook: 200 once the update is durable."""

    def __init__(
        self,
        secret: str,
        proxies: Sequence[Network],
        clock: Clock,
        count: Count = nobody,
        apart: Apart | None = None,
    ) -> None:
        self._secret, self._proxies, self._clock = secret.encode(), proxies, clock
        self._count, self._warn, self._apart = count, Seldom(), apart or Apart()

    async def receive(self, request: web.Request) -> web.Response:
        """Store one update; 403 for strangers, 503 when it cannot be stored now."""
        given = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not self._secret or not hmac.compare_digest(given, self._secret):
            self._count("refused")
            of = client_address(request, self._proxies)
            self._warn("update refused", why="no secret of ours" if given else "no secret", of=of)
            return web.Response(status=403)
        raw = await request.read()
        try:
            job = as_job(json.loads(raw))
        except (ValueError, RecursionError):
            # a 4xx would make Telegram send it for a day and hold up the chat behind it
            self._count("unreadable")
            log.warning("unreadable update dropped")
            return web.Response()
        async with Caught() as caught:
            self._count(await self._kept(job))
            return web.Response()
        if isinstance(caught.error, UNWRITABLE):
            self._count("unreadable")
            log.warning("unreadable update dropped")
            return web.Response()
        self._count("not_stored")
        why = type(caught.error).__name__
        self._warn("update not stored", why=why, exc_info=caught.error)
        return web.Response(status=503)

    async def _kept(self, job: NewJob | None) -> str:
        if job is None:
            return "foreign"
        kept = jobs.take_in([job], now=self._clock.now())
        (is_new,) = await self._apart.within(KEPT_SECONDS, kept, name="keep an update")
        return came(is_new=is_new)


def came(*, is_new: bool) -> str:
    """Return what an update that was stored counts as."""
    return "accepted" if is_new else "duplicate"
