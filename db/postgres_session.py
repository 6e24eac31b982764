"""A PostgreSQL connection of one's own, outside the pool: for locks that live as long as it."""

from importlib import import_module
from typing import Protocol, cast

from db.urls import POSTGRES, configuration

_WORDS = ("host", "port", "user", "password", "database", "ssl")


class Session(Protocol):
    """What we use of an asyncpg connection; asyncpg is an extra, and untyped."""

    async def fetchval(self, query: str, *values: object) -> object:
        """Return the first column of the first row."""

    def is_closed(self) -> bool:
        """Tell whether the connection is gone."""

    async def close(self) -> None:
        """Close the connection."""


async def open_session(url: str) -> Session:
    """Open a connection that stays open."""
    options = configuration(url)["connections"][POSTGRES]["credentials"]
    given = {word: options[word] for word in _WORDS if word in options}
    asyncpg = import_module("asyncpg")
    return cast("Session", await asyncpg.connect(**given))
