"""Tortoise's SQLite client with BEGIN IMMEDIATE, safe cancellation and few thread hops.

The stock client begins deferred (a later write then fails at once with "database is locked"
beside another process) and keeps its lock for good when a task is cancelled while it begins.
Here a statement inside a transaction runs at once on the loop: the write lock is ours, so it
never waits, and a hop to aiosqlite's thread would cost more than the statement. What may wait,
a contended BEGIN and COMMIT's fsync, goes to the thread. Reads outside a transaction use a
second connection and see what is committed, without queueing behind writers.
The module's name must contain "sqlite": Tortoise picks the schema editor by it.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

import aiosqlite
from tortoise.backends.base.client import NestedTransactionContext, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError
from typing_extensions import override

from db.backends.settle import settle

PATIENCE_MS: Final = 10_000
Row = dict[str, Any]


def run_now(
    connection: sqlite3.Connection, query: str, values: Sequence[Any] | None
) -> sqlite3.Cursor:
    """Execute one statement on this thread; raise Tortoise's errors."""
    try:
        return connection.execute(query, values or ())
    except sqlite3.OperationalError as error:
        raise OperationalError(error) from error
    except sqlite3.IntegrityError as error:
        raise IntegrityError(error) from error


class ImmediateClient(SqliteClient):
    """One writing connection behind a lock, and one that reads."""

    _raw: sqlite3.Connection | None = None
    _reader: sqlite3.Connection | None = None

    def __init__(self, file_path: str, **kwargs: object) -> None:
        super().__init__(file_path, **kwargs)
        self.pragmas.setdefault("synchronous", "FULL")
        self.pragmas.setdefault("busy_timeout", PATIENCE_MS)

    @override
    async def create_connection(self, with_db: bool) -> None:
        """Open both connections, with our pragmas."""
        if self._connection:
            return
        raw = self._open()
        self._raw, self._reader = raw, self._open()
        self._reader.execute("PRAGMA query_only=ON")
        self._connection = await aiosqlite.Connection(lambda: raw, iter_chunk_size=64)
        await self._post_connect()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.filename, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        for pragma, value in self.pragmas.items():
            connection.execute(f"PRAGMA {pragma}={value}")
        return connection

    async def close(self) -> None:
        """Close both connections."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        await super().close()

    def _in_transaction(self) -> TransactionContext:
        return _Immediate(_Transaction(self), self._lock)

    @property
    def raw(self) -> sqlite3.Connection:
        """Return the connection that writes; only the lock's holder may use it."""
        assert self._raw is not None
        return self._raw

    async def reader(self) -> sqlite3.Connection:
        """Return the connection that reads what is committed."""
        if self._reader is None:
            async with self._lock:
                await self.create_connection(with_db=True)
        assert self._reader is not None
        return self._reader

    async def execute_query(
        self, query: str, values: list[Any] | None = None
    ) -> tuple[int, Sequence[Row]]:
        """Run one statement: a SELECT at once on the reader, anything else committed by itself."""
        if is_select(query):
            rows = run_now(await self.reader(), query, values).fetchall()
            return len(rows), rows
        answer: tuple[int, Sequence[Row]] = await super().execute_query(query, values)
        return answer

    async def fetch(self, query: str, values: Sequence[Any]) -> list[Row]:
        """Return a statement's rows."""
        if is_select(query):
            return list(map(dict, run_now(await self.reader(), query, values)))
        rows: list[Row] = await super().execute_query_dict(query, list(values))
        return rows

    async def look(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT as tuples."""
        return list(map(tuple, run_now(await self.reader(), query, values)))

    async def change(self, query: str, values: Sequence[Any]) -> int:
        """Run a statement and return how many rows it changed."""
        changed: int = (await super().execute_query(query, list(values)))[0]
        return changed


def is_select(query: str) -> bool:
    """Tell whether a statement only reads."""
    return query.startswith(("SELECT", "EXPLAIN"))


class _Transaction(SqliteTransactionWrapper):
    """An open transaction: every statement runs at once on the loop."""

    _parent: "ImmediateClient | _Transaction"

    @property
    def raw(self) -> sqlite3.Connection:
        return self._parent.raw

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_Transaction(self))

    async def execute_insert(self, query: str, values: list[Any]) -> int:
        return run_now(self.raw, query, values).lastrowid or 0

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        for each in values:
            run_now(self.raw, query, each)

    async def execute_query(
        self, query: str, values: list[Any] | None = None
    ) -> tuple[int, Sequence[Row]]:
        before = self.raw.total_changes
        rows = run_now(self.raw, query.replace("\x00", "'||CHAR(0)||'"), values).fetchall()
        return (self.raw.total_changes - before) or len(rows), rows

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[Row]:
        return await self.fetch(query, values or ())

    async def execute_script(self, query: str) -> None:
        # sqlite3.executescript would commit; no script of ours has a semicolon inside a statement.
        for statement in filter(None, map(str.strip, query.split(";"))):
            run_now(self.raw, statement, None)

    async def fetch(self, query: str, values: Sequence[Any]) -> list[Row]:
        return list(map(dict, run_now(self.raw, query, values)))

    async def look(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        return list(map(tuple, run_now(self.raw, query, values)))

    async def change(self, query: str, values: Sequence[Any]) -> int:
        return max(run_now(self.raw, query, values).rowcount, 0)

    async def begin(self) -> None:
        """Take the write lock: at once when it is free, else waiting in the thread."""
        self.raw.execute("PRAGMA busy_timeout=0")
        try:
            self.raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            self.raw.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
            await settle(self._begin_patiently())
        else:
            self.raw.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")

    async def _begin_patiently(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error

    async def commit(self) -> None:
        """Commit in the thread; when that fails nothing of it stays."""
        self._end()
        try:
            await settle(self._connection.commit())
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error
        finally:
            self.undo()

    async def rollback(self) -> None:
        self._end()
        self.undo()

    def undo(self) -> None:
        if self.raw.in_transaction:
            self.raw.rollback()

    def _end(self) -> None:
        if self._finalized:
            raise TransactionManagementError("Transaction already finalised")
        self._finalized = True

    async def savepoint(self) -> None:
        self._savepoint = f"inner_{id(self)}"
        run_now(self.raw, f"SAVEPOINT {self._savepoint}", None)

    async def savepoint_rollback(self) -> None:
        run_now(self.raw, f"ROLLBACK TO {self._savepoint}", None)

    async def release_savepoint(self) -> None:
        run_now(self.raw, f"RELEASE {self._savepoint}", None)


class _Immediate(SqliteTransactionContext):
    """Hold the lock from begin to end, and give it back whatever happens."""

    connection: _Transaction

    async def __aenter__(self) -> _Transaction:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            try:
                await self.connection.begin()
            except BaseException:
                self.connection.undo()
                raise
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection


client_class = ImmediateClient
