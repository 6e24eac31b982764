"""One of many: a PostgreSQL session lock that dies with its holder.

A leader that is killed is followed within two seconds, one that is frozen or cut off within the
server's patience and two seconds more.
"""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from db.database import database
from db.postgres_session import Session, SessionLost, open_session

ASK_AGAIN_SECONDS: Final = 2.0
Work = Callable[[], Coroutine[Any, Any, None]]


async def lead(name: str, work: Work) -> None:
    """Wait until this process leads in `name`, and run `work` until it does so no more.

    Work under way is cancelled as soon as the lead is lost: somebody else may have it by then.
    Raises SessionLost when the database is away. On SQLite there is one process, and it leads.
    """
    if database().is_sqlite:
        await work()
        return
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "big")
    async with open_session(database().url) as session:
        while True:
            if await session.ask("SELECT pg_try_advisory_lock($1)", number):
                await _while_held(session, work)
                return
            await asyncio.sleep(ASK_AGAIN_SECONDS)


async def _while_held(session: Session, work: Work) -> None:
    over = asyncio.Event()
    session.when_lost(over.set)
    async with asyncio.TaskGroup() as group:
        working = group.create_task(work())
        working.add_done_callback(lambda _: over.set())
        with suppress(SessionLost):
            await session.keep(over)
        working.cancel()
