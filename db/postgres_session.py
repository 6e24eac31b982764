"""A PostgreSQL connection of one's own, outside the pool, and dead as soon as its owner is.

A lock of a session lives as long as its connection, and a connection may outlive its owner: a
process that is frozen, a machine that lost its network. So the owner speaks every few seconds. The
server ends a session that is silent for longer, and whoever gets no answer takes it for lost.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from typing import Final, Protocol, cast

from db.urls import POSTGRES, configuration

BEAT_SECONDS: Final = 2.5
ANSWER_SECONDS: Final = 4.0
"""How long an answer may take; with the beat it is less than the server's patience."""
SILENCE_SECONDS: Final = 9
"""How long the server keeps a session nothing is heard from."""
REPLICA: Final = "booking-bot replica"
"""What PostgreSQL calls such a session: there is one as long as a bot runs."""
_WORDS: Final = ("host", "port", "user", "password", "database", "ssl")
_SETTINGS: Final = {
    "application_name": REPLICA,
    "jit": "off",
    "idle_session_timeout": f"{SILENCE_SECONDS}s",
}


class Session(Protocol):
    """What we use of an asyncpg connection; asyncpg is an extra, and untyped."""

    async def fetchval(self, query: str, *values: object, timeout: float) -> object:
        """Return the first column of the first row."""

    async def execute(self, query: str, *values: object, timeout: float) -> str:
        """Run a statement; without values it is one message of the simple protocol."""

    async def add_listener(self, channel: str, callback: Callable[..., None]) -> None:
        """Call back with connection, process id, channel and payload of every notification."""

    def add_termination_listener(self, callback: Callable[..., None]) -> None:
        """Call back with the connection when it is gone."""

    def get_server_pid(self) -> int:
        """Return the process id notifications of this connection come from."""

    async def close(self, *, timeout: float) -> None:
        """Close the connection."""


@asynccontextmanager
async def open_session(url: str) -> AsyncIterator[Session]:
    """Open a connection, and close it however the block ends."""
    options = configuration(url)["connections"][POSTGRES]["credentials"]
    given = {word: options[word] for word in _WORDS if word in options}
    connect = import_module("asyncpg").connect
    session = cast(
        "Session", await connect(**given, timeout=ANSWER_SECONDS, server_settings=_SETTINGS)
    )
    try:
        yield session
    finally:
        with suppress(Exception):  # it may be gone already: then there is nothing to close
            await session.close(timeout=1)


async def keep(session: Session, stir: asyncio.Event) -> None:
    """Say every few seconds that we live, until `stir` is set; raise when there is no answer."""
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(BEAT_SECONDS):
                await stir.wait()
                return
        # one message: a process frozen between the messages of a prepared statement is not idle
        await session.execute("SELECT 1", timeout=ANSWER_SECONDS)
