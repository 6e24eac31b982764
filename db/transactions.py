"""Transactions: opened here alone, retried as a whole, and raw statements inside and outside."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar, cast

from tortoise.exceptions import DBConnectionError, OperationalError
from tortoise.transactions import in_transaction

from db.database import Statements, database
from db.points import reach

P = ParamSpec("P")
T = TypeVar("T")
Row = dict[str, Any]

ATTEMPTS: Final = 5
_BACKOFF_MS: Final = 20
# serialization failure, deadlock, connection lost (class 08), server shutting down (57P0x)
_TRANSIENT_STATES: Final = ("40001", "40P01", "08", "57P0", "25P03")
_REPLANNED: Final = "InvalidCachedStatementError"
"""A newer replica has changed a table under a prepared statement; asyncpg prepares it anew."""
_BUSY: Final = (
    "database is locked",
    "database table is locked",
    "database schema is locked",
    "undone with its batch",
)


class Transaction:
    """An open transaction and what is to happen once it is committed."""

    __slots__ = ("callbacks", "client", "is_open")

    def __init__(self, client: Statements) -> None:
        self.client = client
        self.callbacks: dict[Callable[[], None], None] = {}
        self.is_open = True

    def tell(self) -> None:
        """Call everybody who waits for the commit."""
        for callback in self.callbacks:
            callback()


_current: ContextVar[Transaction | None] = ContextVar("transaction", default=None)


def _open_transaction() -> Transaction | None:
    transaction = _current.get()
    if transaction is not None and not transaction.is_open:
        raise RuntimeError("a task started inside a transaction has outlived it")
    return transaction


def in_transaction_now() -> bool:
    """Tell whether the caller runs inside a transaction."""
    return _open_transaction() is not None


def after_commit(callback: Callable[[], None]) -> None:
    """Call `callback` once the open transaction is committed; at once when none is open.

    The same callback asked for twice in one transaction is called once.
    """
    transaction = _open_transaction()
    if transaction is None:
        callback()
    else:
        transaction.callbacks[callback] = None


def repeated(function: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Repeat every call of an async function, at most five times, after a passing database error.

    Those are a serialization failure, a deadlock, a busy database and a lost connection. Inside an
    open transaction the call is not repeated: the whole transaction is.
    """

    @wraps(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(1, ATTEMPTS):
            try:
                return await function(*args, **kwargs)
            except Exception as error:
                if _current.get() is not None or not is_transient(error):
                    raise
            await asyncio.sleep(secrets.randbelow(_BACKOFF_MS << attempt) / 1000)
        return await function(*args, **kwargs)

    return call


def transactional(function: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Run every call of an async function in one transaction, repeated as `repeated` says.

    A call inside an open transaction joins it. The function must change nothing but the database.
    Crash points: `<function>.before_commit` and `<function>.after_commit`.
    """
    name = getattr(function, "__name__", "call").lstrip("_")

    @wraps(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        if _open_transaction() is not None:
            return await function(*args, **kwargs)
        return await _once(name, function, *args, **kwargs)

    return repeated(call)


def begin(engine: str) -> AbstractAsyncContextManager[Statements]:
    """Return a transaction of the engine's connection, to be entered."""
    return cast("AbstractAsyncContextManager[Statements]", in_transaction(engine))


async def _once(
    name: str, function: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    transaction: Transaction | None = None
    ready = False
    try:
        async with begin(database().engine) as client:
            transaction = Transaction(client)
            token = _current.set(transaction)
            try:
                result = await function(*args, **kwargs)
                reach(f"{name}.before_commit")
            finally:
                transaction.is_open = False
                _current.reset(token)
            ready = True
    except asyncio.CancelledError:
        # The backends finish a commit that is on its way before the cancellation goes on.
        if ready and transaction is not None:
            transaction.tell()
        raise
    transaction.tell()
    reach(f"{name}.after_commit")
    return result


def is_transient(error: BaseException) -> bool:
    """Tell whether the same transaction may succeed when it is simply repeated."""
    cause = error.args[0] if isinstance(error, OperationalError) and error.args else error
    if type(cause).__name__ == _REPLANNED:
        return True
    state = getattr(error, "sqlstate", None) or getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return state.startswith(_TRANSIENT_STATES)
    if isinstance(error, (ConnectionError, DBConnectionError)):
        return True
    # asyncpg's words for a connection that was closed under it, or is just being closed
    if type(error).__name__ in {"InterfaceError", "InternalClientError"}:
        return "connection" in str(error) or "cannot switch to state" in str(error)
    return any(words in str(cause) for words in _BUSY)


def _here() -> Statements:
    transaction = _open_transaction()
    client: Statements = database().client if transaction is None else transaction.client
    return client


async def rows(query: str, args: Sequence[Any] = ()) -> list[Row]:
    """Return the rows of a statement, in the open transaction if there is one.

    Arguments stand as `?` on both engines; instants are given as epoch milliseconds.
    """
    return await _here().fetch(query, args)


async def rows_soon(query: str, args: Sequence[Any] = ()) -> list[Row]:
    """Return the rows of a change that nobody misses should the machine fail at this moment.

    On SQLite it spares an fsync: what is committed next brings it along, within some milliseconds.
    """
    return await _here().fetch_soon(query, args)


async def look(query: str, args: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a SELECT as tuples: half the cost of `rows` where there are thousands."""
    return await _here().look(query, args)


async def run(query: str, args: Sequence[Any] = ()) -> int:
    """Run a statement, in the open transaction if there is one; return how many rows it changed."""
    return await _here().change(query, args)


async def change_many(query: str, args: list[list[Any]]) -> None:
    """Run a statement for each of many rows, in the open transaction."""
    await _here().execute_many(query, args)
