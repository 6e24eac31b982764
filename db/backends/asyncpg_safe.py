"""Tortoise's asyncpg client that never loses a pooled connection to a cancelled task.

The stock client leaks a connection when a task is cancelled while its transaction begins; with
a pool of five the program stands still after some forty cancellations. The module's name must
contain "asyncpg": Tortoise picks the schema editor by it.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, Protocol, cast

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    NestedTransactionContext,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.connection import get_connections
from typing_extensions import override

from db.backends.settle import settle

Row = dict[str, Any]

CONNECT_SECONDS: Final = 10.0
"""A server that takes the connection and says nothing more hangs."""


@lru_cache(maxsize=512)
def numbered(query: str) -> str:
    """Replace each `?` by `$1`, `$2` and so on."""
    first, *rest = query.split("?")
    return first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))


class Pool(Protocol):
    """What we use of asyncpg's pool; asyncpg is an extra, and untyped."""

    async def acquire(self) -> object:
        """Wait for a free connection."""

    async def release(self, connection: object) -> None:
        """Give a connection back."""


async def keep_session(_connection: object) -> None:
    """Do nothing with a connection given back: nothing of ours changes its session."""


class SafeClient(AsyncpgDBClient):
    """A pool whose every connection comes back."""

    async def create_pool(self, **options: object) -> "Pool":
        """Make the pool, sparing the round trip that resets a connection given back."""
        pool: Pool = await super().create_pool(
            **options, reset=keep_session, timeout=CONNECT_SECONDS
        )
        return pool

    @override
    def _in_transaction(self) -> TransactionContext:
        return _Safe(_Transaction(self), self._pool_init_lock)

    @property
    def pool(self) -> Pool:
        """Return the pool, which is there once anything was asked."""
        assert self._pool is not None
        return cast("Pool", self._pool)

    @translate_exceptions
    async def fetch(self, query: str, values: Sequence[Any]) -> list[Row]:
        """Return a statement's rows."""
        async with self.acquire_connection() as connection:
            return list(map(dict, await connection.fetch(numbered(query), *values)))

    async def fetch_soon(self, query: str, values: Sequence[Any]) -> list[Row]:
        """Return a statement's rows; here it is durable at once."""
        found: list[Row] = await self.fetch(query, values)
        return found

    @translate_exceptions
    async def look(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT as tuples."""
        async with self.acquire_connection() as connection:
            return list(map(tuple, await connection.fetch(numbered(query), *values)))

    @translate_exceptions
    async def change(self, query: str, values: Sequence[Any]) -> int:
        """Run a statement and return how many rows it changed."""
        async with self.acquire_connection() as connection:
            return count(await connection.execute(numbered(query), *values))


def count(status: str) -> int:
    """Return the number of rows a command tag like "UPDATE 3" speaks of."""
    last = status.rsplit(" ", 1)[-1]
    return int(last) if last.isdigit() else 0


class _Transaction(TransactionWrapper):
    """An open transaction on one connection of the pool."""

    _parent: "SafeClient | _Transaction"

    @override
    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_Transaction(self))

    @property
    def pool(self) -> Pool:
        return self._parent.pool

    @translate_exceptions
    async def fetch(self, query: str, values: Sequence[Any]) -> list[Row]:
        async with self._lock:
            return list(map(dict, await self._connection.fetch(numbered(query), *values)))

    async def fetch_soon(self, query: str, values: Sequence[Any]) -> list[Row]:
        """Return a statement's rows; it is durable with its transaction."""
        found: list[Row] = await self.fetch(query, values)
        return found

    @translate_exceptions
    async def look(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        async with self._lock:
            return list(map(tuple, await self._connection.fetch(numbered(query), *values)))

    @translate_exceptions
    async def change(self, query: str, values: Sequence[Any]) -> int:
        async with self._lock:
            return count(await self._connection.execute(numbered(query), *values))

    @override
    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        await super().execute_many(numbered(query), values)

    async def commit(self) -> None:
        # Whatever COMMIT answers, there is nothing left to roll back.
        self._finalized = True
        if self.transaction is not None:
            await self.transaction.commit()

    async def take_connection(self) -> None:
        self._connection = await self.pool.acquire()

    async def close(self) -> None:
        """Undo what is open and give the connection back; one that cannot be used is ended."""
        try:
            if self.transaction and not self._finalized and not self._connection.is_closed():
                with suppress(Exception):
                    await self.rollback()
                if not self._finalized:
                    self._connection.terminate()
        finally:
            await self.pool.release(self._connection)


class _Safe(TransactionContextPooled):
    """Take a connection, begin, and give it back whatever happens."""

    client: _Transaction

    async def __aenter__(self) -> _Transaction:
        await self.ensure_connection()
        await self.client.take_connection()
        try:
            await settle(self.client.begin())
        except BaseException:
            await settle(self.client.close())
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(self, exc_type: object, exc_val: object, exc_tb: object) -> None:
        try:
            if exc_type is None:
                await settle(self.client.commit())
        finally:
            get_connections().reset(self.token)
            await settle(self.client.close())


client_class = SafeClient
