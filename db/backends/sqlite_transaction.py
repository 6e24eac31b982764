"""Transactions on SQLite that share a commit: one fsync for all who wait.

SQLite writes one transaction at a time, and its fsync takes longer than the rest of it. So a
transaction is a savepoint inside a batch: one that is done lets those already waiting for the
lock run first, and then commits for all of them, unless another did so meanwhile. Nobody returns
before its own changes are durable, but for one that says it need not be; one that fails is undone
alone; when the commit fails, it fails for every member. Statements run at once on the loop: the
write lock is ours, so they never wait, and a hop to a thread would cost more than the statement.
What may wait, a contended BEGIN and COMMIT's fsync, goes to aiosqlite's thread.
The module's name must contain "sqlite": Tortoise picks the schema editor by it.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, cast

from tortoise.backends.base.client import NestedTransactionContext, TransactionContext
from tortoise.backends.sqlite.client import SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError
from typing_extensions import override

from db.backends.settle import settle
from db.backends.sqlite_statement import run_now
from db.backends.sqlite_writer import Writer

Row = dict[str, Any]
Connect = Callable[[], Awaitable[None]]


class Client(Protocol):
    """What a transaction needs of the client it belongs to."""

    @property
    def writer(self) -> Writer:
        """The writing connection."""


class Transaction(SqliteTransactionWrapper):
    """An open transaction, or a savepoint inside one."""

    @property
    def writer(self) -> Writer:
        """Return the writing connection."""
        return cast("Client", self._parent).writer

    @property
    def raw(self) -> sqlite3.Connection:
        """Return Python's own connection."""
        return self.writer.raw

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(Transaction(self))

    @override
    async def execute_insert(self, query: str, values: list[Any]) -> int:
        return run_now(self.raw, query, values).lastrowid or 0

    @override
    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        for each in values:
            run_now(self.raw, query, each)

    @override
    async def execute_query(
        self, query: str, values: list[Any] | None = None
    ) -> tuple[int, Sequence[Row]]:
        before = self.raw.total_changes
        rows = run_now(self.raw, query.replace("\x00", "'||CHAR(0)||'"), values).fetchall()
        return (self.raw.total_changes - before) or len(rows), rows

    @override
    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[Row]:
        return await self.fetch(query, values or ())

    @override
    async def execute_script(self, query: str) -> None:
        # sqlite3.executescript would commit; no script of ours has a semicolon inside a statement.
        for statement in filter(None, map(str.strip, query.split(";"))):
            run_now(self.raw, statement, None)

    async def fetch(self, query: str, values: Sequence[Any]) -> list[Row]:
        """Return a statement's rows."""
        return list(map(dict, run_now(self.raw, query, values)))

    async def fetch_soon(self, query: str, values: Sequence[Any]) -> list[Row]:
        """Return a statement's rows; it is durable with its transaction."""
        return await self.fetch(query, values)

    async def look(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return a statement's rows as tuples."""
        return list(map(tuple, run_now(self.raw, query, values)))

    async def change(self, query: str, values: Sequence[Any]) -> int:
        """Run a statement and return how many rows it changed."""
        return max(run_now(self.raw, query, values).rowcount, 0)

    @override
    async def savepoint(self) -> None:
        self._savepoint = f"inner_{id(self)}"
        run_now(self.raw, f"SAVEPOINT {self._savepoint}", None)

    @override
    async def savepoint_rollback(self) -> None:
        run_now(self.raw, f"ROLLBACK TO {self._savepoint}", None)

    @override
    async def release_savepoint(self) -> None:
        run_now(self.raw, f"RELEASE {self._savepoint}", None)


class Immediate(TransactionContext):
    """Hold the lock while the body runs; return when what it did is durable.

    Without `waits` return at once, unless others of the batch wait: what they did may have been
    seen, and nobody is told of that before it is durable.
    """

    def __init__(
        self,
        transaction: Transaction,
        lock: asyncio.Lock,
        connect: Connect,
        *,
        waits: bool = True,
    ) -> None:
        self._transaction, self._lock, self._connect = transaction, lock, connect
        self._waits = waits

    async def __aenter__(self) -> Transaction:
        await self._lock.acquire()
        try:
            await self._connect()
            self._batch = await self._transaction.writer.join()
            self._changes = self._transaction.raw.total_changes
        except BaseException:
            self._lock.release()
            raise
        name = self._transaction.connection_name
        self._token = get_connections().set(name, self._transaction)
        return self._transaction

    async def __aexit__(self, exc_type: object, exc_val: object, exc_tb: object) -> None:
        get_connections().reset(self._token)
        writer, waits = self._transaction.writer, self._waits
        kept = exc_type is None and (waits or self._has_changed())
        try:
            if kept:
                waits = writer.keep(self._batch, waits=waits)
            else:
                writer.undo(self._batch)
        finally:
            self._lock.release()
        if kept and waits:
            # Whoever already waits for the lock comes first, and may commit for us.
            await settle(self._commit())
            if self._batch.error is not None:
                raise OperationalError(*self._batch.error.args) from self._batch.error
        elif kept:
            writer.commit_soon(self._batch, self._lock)

    def _has_changed(self) -> bool:
        return self._transaction.raw.total_changes > self._changes

    async def _commit(self) -> None:
        async with self._lock:
            await self._transaction.writer.commit(self._batch)
