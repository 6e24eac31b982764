"""The one connection to a SQLite file that writes, and the batches it commits.

The module's name must contain "sqlite": Tortoise picks the schema editor by it.
"""

import asyncio
import sqlite3
from typing import Final

import aiosqlite
from tortoise.exceptions import OperationalError

from db.backends.settle import settle
from db.backends.sqlite_file import Place
from db.backends.sqlite_statement import run_now

PATIENCE_MS: Final = 10_000
LARGEST: Final = 100
SOON_SECONDS: Final = 0.01
"""So long whoever does not wait for its commit waits for others to bring it along."""
UNDONE: Final = "the transaction was undone with its batch"


class Batch:
    """Transactions that are done and wait for one commit."""

    def __init__(self) -> None:
        self.members = 0
        self.waits = 0
        """Members that wait for the commit: whatever sees what they did has to wait as well."""
        self.is_over = False
        self.error: Exception | None = None

    def end(self, error: Exception | None = None) -> None:
        """Say how the commit ended."""
        self.is_over, self.error = True, error


class Writer:
    """The writing connection; only the holder of the client's lock may use it."""

    def __init__(self, raw: sqlite3.Connection, thread: aiosqlite.Connection, at: Place) -> None:
        self.raw, self._thread, self.place = raw, thread, at
        self._batch: Batch | None = None
        self._later: set[asyncio.Task[None]] = set()

    async def join(self) -> Batch:
        """Return the open batch, begun when there is none, and set the savepoint of a member."""
        if self._batch is not None and self._batch.members >= LARGEST:
            await settle(self.commit(self._batch))
        if self._batch is None:
            await self._begin()
            self._batch = Batch()
        run_now(self.raw, "SAVEPOINT member", None)
        return self._batch

    async def _begin(self) -> None:
        """Take the write lock: at once when it is free, else waiting in the thread."""
        try:
            self.raw.execute("PRAGMA busy_timeout=0")
            self.raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            self.raw.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
            try:
                await settle(self._begin_patiently())
            except BaseException:
                if self.raw.in_transaction:
                    self.raw.rollback()
                raise
        else:
            self.raw.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")

    async def _begin_patiently(self) -> None:
        try:
            await self._thread.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error

    def keep(self, batch: Batch, *, waits: bool) -> bool:
        """Add what was done since the savepoint to the batch; tell whether it has to wait."""
        try:
            run_now(self.raw, "RELEASE member", None)
        except OperationalError:
            self.undo(batch)
            raise
        batch.members += 1
        batch.waits += waits
        return batch.waits > 0

    def undo(self, batch: Batch) -> None:
        """Take back what was done since the savepoint, and the batch when nobody is in it."""
        if not self.raw.in_transaction:
            # After a full disk or an I/O error SQLite has rolled everything back by itself.
            self._close(batch, OperationalError(UNDONE))
        elif batch.members:
            self.raw.execute("ROLLBACK TO member")
            self.raw.execute("RELEASE member")
        else:
            self.raw.rollback()
            self._close(batch)

    async def commit(self, batch: Batch) -> None:
        """Make a batch durable, if it is not; its error is kept for every member."""
        if batch.is_over:
            return
        try:
            await self._thread.commit()
            self.place.must_be_ours()
        except (sqlite3.Error, OperationalError) as error:
            if self.raw.in_transaction:
                self.raw.rollback()
            self._close(batch, OperationalError(error))
        else:
            self._close(batch)

    def commit_soon(self, batch: Batch, lock: asyncio.Lock) -> None:
        """See to it that a batch is durable in a moment; nobody waits."""

        async def commit() -> None:
            async with lock:
                await self.commit(batch)

        def begin() -> None:
            if not batch.is_over:
                task = asyncio.ensure_future(commit())
                self._later.add(task)
                task.add_done_callback(self._later.discard)

        asyncio.get_running_loop().call_later(SOON_SECONDS, begin)

    async def finish(self) -> None:
        """Make durable whatever is open; for the end."""
        if self._batch is not None:
            await settle(self.commit(self._batch))

    def _close(self, batch: Batch, error: Exception | None = None) -> None:
        batch.end(error)
        self._batch = None
