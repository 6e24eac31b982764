"""The bell between replicas: who made jobs due tells the others, by LISTEN and NOTIFY.

It is rung after the commit and not inside of it: PostgreSQL lets notifying transactions commit one
at a time, each until it is on disk, which would end the group commit of the whole server. A ring
that is lost with its process costs the second after which idle workers look by themselves.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from db.database import database
from db.job_rows import subscribe
from db.postgres_session import open_session
from db.presence import present

CHANNEL: Final = "booking_bot_jobs"
PAUSE_SECONDS: Final = 0.02
"""Rings of so long a time are one."""
Hear = Callable[[str | None], None]


class Bell:
    """Ring for what this process makes due, hear what other replicas do, and be known to them."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._kinds: set[str | None] = set()
        self._stir = asyncio.Event()
        self._known = asyncio.Event()
        self._pid = 0

    async def known(self) -> None:
        """Return once other replicas know of this process, and would miss it."""
        await self._known.wait()

    async def serve(self) -> None:
        """Ring and listen as long as the connection lasts, then raise SessionLost."""
        undo = subscribe(self._made_due)
        try:
            async with open_session(database().url) as session, present(session):
                session.when_lost(self._stir.set)
                self._pid = session.pid
                await session.listen(CHANNEL, self._heard)
                self._known.set()
                self._hear(None)  # whatever was told while nobody listened
                while True:
                    await session.keep(self._stir)
                    self._stir.clear()
                    await session.ask("SELECT pg_notify($1, $2)", CHANNEL, self._told())
                    await asyncio.sleep(PAUSE_SECONDS)
        finally:
            self._known.clear()
            undo()

    def _made_due(self, kind: str | None) -> None:
        self._kinds.add(kind)
        self._stir.set()

    def _told(self) -> str:
        """Return the kinds made due since the last ring, "" for any kind."""
        kinds, self._kinds = self._kinds, set()
        return "" if None in kinds else ",".join(sorted(filter(None, kinds)))

    def _heard(self, _connection: object, pid: int, _channel: str, payload: str) -> None:
        if pid == self._pid:
            return
        for kind in payload.split(",") if payload else (None,):
            self._hear(kind)
