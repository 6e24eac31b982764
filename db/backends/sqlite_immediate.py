"""Tortoise's SQLite client with BEGIN IMMEDIATE, shared commits and safe cancellation.

The stock client begins deferred (a later write then fails at once with "database is locked"
beside another process) and keeps its lock for good when a task is cancelled while it begins.
Every write here is a transaction of `sqlite_transaction`. Reads outside a transaction use a
second connection and see what is committed, without queueing behind writers.
The module's name must contain "sqlite": Tortoise picks the schema editor by it.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

import aiosqlite
from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import SqliteClient
from typing_extensions import override

from db.backends.sqlite_file import Place, make_private
from db.backends.sqlite_statement import run_now
from db.backends.sqlite_transaction import Immediate, Row, Transaction
from db.backends.sqlite_writer import PATIENCE_MS, Writer

LARGEST_LOG: Final = 64 * 2**20
"""Kept after a checkpoint: writing over a log that is there is quicker than growing one."""


class ImmediateClient(SqliteClient):
    """One writing connection behind a lock, and one that reads."""

    _writer: Writer | None = None
    _reader: sqlite3.Connection | None = None

    def __init__(self, file_path: str, **kwargs: object) -> None:
        super().__init__(file_path, **kwargs)
        self.pragmas.update(
            synchronous="FULL",
            busy_timeout=PATIENCE_MS,
            journal_size_limit=LARGEST_LOG,
            temp_store="MEMORY",  # a claim wants a place to sort in, and a disk may be read-only
        )

    @override
    async def create_connection(self, with_db: bool) -> None:
        """Open both connections, with our pragmas."""
        if self._connection:
            return
        raw = self._open()
        self._reader = self._open()
        self._reader.execute("PRAGMA query_only=ON")
        self._connection = await aiosqlite.Connection(lambda: raw, iter_chunk_size=64)
        self._writer = Writer(raw, self._connection, Place(self.filename))
        await self._post_connect()

    def _open(self) -> sqlite3.Connection:
        make_private(self.filename)
        connection = sqlite3.connect(self.filename, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        for pragma, value in self.pragmas.items():
            connection.execute(f"PRAGMA {pragma}={value}")
        return connection

    async def close(self) -> None:
        """Close both connections, with nothing left undone."""
        if self._writer is not None:
            async with self._lock:
                await self._writer.finish()
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        self._writer = None
        await super().close()

    def _in_transaction(self) -> TransactionContext:
        return Immediate(Transaction(self), self._lock, self._connect)

    async def _connect(self) -> None:
        await self.create_connection(with_db=True)

    @property
    def writer(self) -> Writer:
        """Return the connection that writes; only the lock's holder may use it."""
        assert self._writer is not None
        return self._writer

    def is_there(self) -> bool:
        """Tell whether the file is where it was when it was opened."""
        return self._writer is None or self._writer.place.is_ours()

    async def reader(self) -> sqlite3.Connection:
        """Return the connection that reads what is committed."""
        if self._reader is None:
            async with self._lock:
                await self._connect()
        assert self._reader is not None
        return self._reader

    async def execute_insert(self, query: str, values: list[Any]) -> int:
        """Insert a row and return its id."""
        async with self._in_transaction() as transaction:
            number: int = await transaction.execute_insert(query, values)
            return number

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """Run a statement for each of many rows, all or none."""
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)

    async def execute_query(
        self, query: str, values: list[Any] | None = None
    ) -> tuple[int, Sequence[Row]]:
        """Run one statement; return the number of rows it changed or gave, and these."""
        if is_select(query):
            rows = run_now(await self.reader(), query, values).fetchall()
            return len(rows), rows
        async with self._in_transaction() as transaction:
            answer: tuple[int, Sequence[Row]] = await transaction.execute_query(query, values)
            return answer

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[Row]:
        """Return a statement's rows."""
        return await self.fetch(query, values or ())

    async def execute_script(self, query: str) -> None:
        """Run several statements, all or none."""
        async with self._in_transaction() as transaction:
            await transaction.execute_script(query)

    async def fetch(self, query: str, values: Sequence[Any]) -> list[Row]:
        """Return a statement's rows."""
        if is_select(query):
            return list(map(dict, run_now(await self.reader(), query, values)))
        return list(map(dict, (await self.execute_query(query, list(values)))[1]))

    async def fetch_soon(self, query: str, values: Sequence[Any]) -> list[Row]:
        """Return the rows of a change that the next commit, or one in a moment, makes durable."""
        async with Immediate(Transaction(self), self._lock, self._connect, waits=False) as here:
            return await here.fetch(query, values)

    async def look(self, query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT as tuples."""
        return list(map(tuple, run_now(await self.reader(), query, values)))

    async def change(self, query: str, values: Sequence[Any]) -> int:
        """Run a statement and return how many rows it changed."""
        return (await self.execute_query(query, list(values)))[0]


def is_select(query: str) -> bool:
    """Tell whether a statement only reads."""
    return query.startswith(("SELECT", "EXPLAIN"))


client_class = ImmediateClient
