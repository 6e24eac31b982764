"""Whether the process is ready: events can be made durable; the outside is only reported."""

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import web

from bot import logs
from db.transactions import run

log = logs.get(__name__)

PATIENCE_SECONDS: Final = 3.0


class Readiness:
    """Answer `GET /readyz`."""

    def __init__(self, *, telegram: Callable[[], bool], stripe: Callable[[], str]) -> None:
        self._telegram, self._stripe = telegram, stripe

    async def answer(self, _request: web.Request) -> web.Response:
        """Return 200 when a row can be written, else 503."""
        durable = await _can_write()
        body = {
            "ready": durable,
            "database": "ok" if durable else "down",
            "telegram": "ok" if self._telegram() else "waiting",
            "stripe": self._stripe(),
        }
        return web.json_response(body, status=200 if durable else 503)


async def _can_write() -> bool:
    """Write a row as it is: a full disk or a read-only database does not pass."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await run("UPDATE installation SET value = value WHERE key = 'shop_id'") == 1
    except Exception:
        log.exception("not ready")
        return False
