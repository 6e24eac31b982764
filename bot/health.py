"""Whether the process is ready: events can be made durable; the outside is only reported."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Final

from aiohttp import web

from booking.apart import Apart
from booking.caught import Caught
from bot.database_trouble import kind_of
from bot.outside import Outside
from bot.seldom import Seldom
from db import installation
from db.schema import waiting_migrations

PATIENCE_SECONDS: Final = 3.0
LONGEST_SECONDS: Final = 4.0
"""When to answer though the database cannot even be left."""


class Readiness:
    """Answer `GET /readyz`."""

    def __init__(
        self,
        *,
        telegram: Outside,
        stripe: Outside,
        is_up: Callable[[], bool] = lambda: True,
        apart: Apart | None = None,
    ) -> None:
        self._telegram, self._stripe, self._is_up = telegram, stripe, is_up
        self._apart = apart or Apart()
        self._turn, self._began = asyncio.Lock(), float("-inf")
        self._found: dict[str, str] = {}
        self._warn = Seldom()

    async def answer(self, _request: web.Request) -> web.Response:
        """Return 200 when a row can be written and the schema is ours, else 503 and why."""
        found = await self.reasons()
        telegram, stripe = self._telegram.as_json(), self._stripe.as_json()
        if not self._is_up():  # reached, perhaps, but not yet set up
            telegram["state"] = "waiting"
        body = {
            "ready": not found,
            "reasons": list(found.values()),
            "database": next(iter(found), "ok"),
            "telegram": telegram,
            "stripe": stripe,
        }
        return web.json_response(body, status=503 if found else 200)

    async def reasons(self) -> dict[str, str]:
        """Say why events cannot be kept, by kind, in time; nothing when they can."""
        try:
            return await self._apart.within(LONGEST_SECONDS, self._shared(), name="readiness")
        except TimeoutError:
            return {"locked": SLOW}

    async def _shared(self) -> dict[str, str]:
        """Write one row for all who ask meanwhile: anybody may ask, as often as he likes."""
        clock = asyncio.get_running_loop().time
        came = clock()
        async with self._turn:
            if self._began < came:
                self._began = clock()
                self._found = await reasons(self._warn)
            return self._found


async def write_a_row() -> None:
    """Make a row durable; raise TimeoutError after PATIENCE_SECONDS, or what the database says."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        # a word that differs: SQLite writes nothing where a row stays as it was
        await installation.put(installation.PROBE, secrets.token_hex(8))


async def reasons(warn: Seldom) -> dict[str, str]:
    """Say why events cannot be kept, by kind; nothing when they can."""
    waiting: list[str] = []
    async with Caught() as caught:
        await write_a_row()
        async with asyncio.timeout(PATIENCE_SECONDS):
            waiting = await waiting_migrations()
    if isinstance(caught.error, TimeoutError):
        warn("not ready", why="locked")
        return {"locked": SLOW}
    if caught.error:
        kind = kind_of(caught.error)
        warn("not ready", why=kind, exc_info=caught.error)
        return {kind: WORDS[kind]}
    if waiting:
        return {"outdated": f"migrations to make: {', '.join(waiting)}"}
    return {}


SLOW: Final = f"the database did not write a row within {PATIENCE_SECONDS:g} s"
WORDS: Final = {
    "locked": "the database is locked by another program",
    "full": "the disk of the database is full",
    "read_only": "the database takes no writes",
    "gone": "the file of the database was deleted or replaced",
    "failing": "the disk of the database fails; the kernel's log says why",
    "away": "the database cannot be reached",
    "broken": "the database refused a row; the log says why",
}
