"""How long the bot runs: until it is told to stop, or has lost what it writes to."""

import asyncio
from contextlib import suppress
from typing import Final

from bot.stopped import CannotGoOn
from db.database import database
from db.urls import path_of

LOOK_SECONDS: Final = 1.0


async def stay(stop: asyncio.Event) -> None:
    """Return once `stop` is set; raise CannotGoOn as soon as the database file is not ours."""
    while not stop.is_set():
        if not database().is_there():
            raise CannotGoOn(
                f"database.url: {path_of(database().url)} was deleted or replaced while the bot"
                " ran, so nothing could be kept: put it back, then start again"
            )
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await stop.wait()
