"""One of many: a PostgreSQL session lock that dies with its holder."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from db.database import database
from db.postgres_session import Session, open_session

ASK_AGAIN_SECONDS: Final = 2.0


@asynccontextmanager
async def leader(name: str) -> AsyncIterator[Callable[[], bool]]:
    """Wait until this process leads in `name`; give a function that tells whether it still does.

    On PostgreSQL that is a session advisory lock on a connection of its own: when the connection
    is lost, so is the lead. On SQLite there is one process, and it leads.
    """
    if database().is_sqlite:
        yield lambda: True
        return
    session = await _elected(int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "big"))
    try:
        yield lambda: not session.is_closed()
    finally:
        await session.close()


async def _elected(number: int) -> Session:
    while True:
        session = await open_session(database().url)
        try:
            if await session.fetchval("SELECT pg_try_advisory_lock($1)", number):
                return session
        except BaseException:
            await session.close()
            raise
        await session.close()
        await asyncio.sleep(ASK_AGAIN_SECONDS)
