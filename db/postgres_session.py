"""A PostgreSQL connection of one's own, outside the pool, and dead as soon as its owner is.

A lock of a session lives as long as its connection, and a connection may outlive its owner: a
process that is frozen, a machine that lost its network. So the owner speaks every few seconds. The
server ends a session that is silent for longer, and whoever gets no answer takes it for lost.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from typing import Final, Protocol, TypeVar, cast

from db.urls import POSTGRES, configuration

T = TypeVar("T")

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


class SessionLost(Exception):
    """The connection cannot be made or is gone; says why."""


class Connection(Protocol):
    """What we use of an asyncpg connection; asyncpg is an extra, and untyped."""

    fetchval: Callable[..., Awaitable[object]]
    execute: Callable[..., Awaitable[object]]
    add_listener: Callable[..., Awaitable[None]]
    add_termination_listener: Callable[[Callable[..., None]], None]
    get_server_pid: Callable[[], int]
    close: Callable[..., Awaitable[None]]


class Session:
    """An open connection; whatever goes wrong with it is SessionLost."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.pid = connection.get_server_pid()
        """Where notifications of this connection come from."""

    def when_lost(self, callback: Callable[[], None]) -> None:
        """Call back as soon as the connection is known to be gone."""
        self._connection.add_termination_listener(lambda _: callback())

    async def ask(self, query: str, *values: object) -> object:
        """Return the first column of the first row of a statement with `$1` arguments."""
        return await _or_lost(self._connection.fetchval(query, *values, timeout=ANSWER_SECONDS))

    async def listen(self, channel: str, hear: Callable[..., None]) -> None:
        """Call back with connection, process id, channel and payload of every notification."""
        await _or_lost(self._connection.add_listener(channel, hear))

    async def keep(self, stir: asyncio.Event) -> None:
        """Say every few seconds that we live, until `stir` is set."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_SECONDS):
                    await stir.wait()
                    return
            # one message: frozen between those of a prepared statement, nobody would be idle
            await _or_lost(self._connection.execute("SELECT 1", timeout=ANSWER_SECONDS))


@asynccontextmanager
async def open_session(url: str) -> AsyncIterator[Session]:
    """Open a connection, and close it however the block ends."""
    options = configuration(url)["connections"][POSTGRES]["credentials"]
    given = {word: options[word] for word in _WORDS if word in options}
    connect = import_module("asyncpg").connect
    connecting = connect(**given, timeout=ANSWER_SECONDS, server_settings=_SETTINGS)
    connection = cast("Connection", await _or_lost(connecting))
    try:
        yield Session(connection)
    finally:
        with suppress(Exception):  # it may be gone already: then there is nothing to close
            await connection.close(timeout=1)


async def _or_lost(answer: Awaitable[T]) -> T:
    try:
        return await answer
    except Exception as error:
        raise SessionLost(str(error) or type(error).__name__) from error
