"""The database this process is connected to."""

from collections.abc import Sequence
from typing import Any, Protocol

from tortoise.context import TortoiseContext

from db.urls import SQLITE, engine_of


class Statements(Protocol):
    """A database client, or one transaction of it, that runs raw statements with `?` arguments."""

    async def fetch(self, query: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the rows of a statement."""

    async def fetch_soon(self, query: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the rows of a change that may become durable a moment later."""

    async def look(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT as tuples, for thousands of them."""

    async def change(self, query: str, values: Sequence[Any]) -> int:
        """Return how many rows a statement changed."""

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """Run a statement for each of many rows; in a transaction only."""


class Database:
    """One open database."""

    def __init__(self, url: str, context: TortoiseContext) -> None:
        self.url = url
        self.engine = engine_of(url)
        self.context = context
        self.client: Any = context.connections.get(self.engine)

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is a file beside us, with one writer at a time."""
        return self.engine == SQLITE

    def is_there(self) -> bool:
        """Tell whether the file we write to still has its name; a server keeps its own files."""
        return not self.is_sqlite or bool(self.client.is_there())


class _InUse:
    database: Database | None = None


def use(opened: Database | None) -> None:
    """Make a database the one of this process; None when it is closed."""
    _InUse.database = opened


def database() -> Database:
    """Return the database this process is connected to."""
    if _InUse.database is None:
        raise RuntimeError("not connected to a database: call db.connection.connect first")
    return _InUse.database


def is_connected() -> bool:
    """Tell whether a database is open."""
    return _InUse.database is not None
