"""Databases for tests: a fresh migrated one a test, on SQLite and on a real PostgreSQL.

PostgreSQL is the server of BOOKING_BOT_TEST_POSTGRES (a URL of a database that may create
others), else a private one started from the system's binaries, else the tests are skipped.
"""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from db.connection import SQLITE, Database, connect, engine_of, migrate, path_of
from db.sealing import Keyring
from db.urls import configuration
from tests.postgres_server import NoPostgres, Server

KEYRING = Keyring(bytes(range(32)))
SERVER = "BOOKING_BOT_TEST_POSTGRES"
ENOUGH = 4 * 2**30
STRATEGY_NAMED = 150_000
_numbers = count(1)


def in_own_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end in a thread of its own, whether or not a loop runs here."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Engine:
    """One engine's way to make, copy and drop databases."""

    def __init__(
        self,
        fresh: Callable[[], str],
        empty: Callable[[], str],
        copy: Callable[[str], str],
        drop: Callable[[str], None],
    ) -> None:
        self.fresh, self.empty, self.copy, self.drop = fresh, empty, copy, drop


@contextmanager
def sqlite_engine(folder: Path) -> Iterator[Engine]:
    """Give SQLite databases: copies of one migrated file."""
    template = folder / "template.db"
    in_own_loop(migrate(f"sqlite://{template}"))
    with sqlite3.connect(template) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()

    def empty() -> str:
        return f"sqlite://{folder}/test-{next(_numbers)}/booking.db"

    def copy(url: str) -> str:
        path = folder / f"test-{next(_numbers)}.db"
        shutil.copy(path_of(url), path)
        return f"sqlite://{path}"

    def fresh() -> str:
        return copy(f"sqlite://{template}")

    def drop(url: str) -> None:
        for each in path_of(url).parent.glob(path_of(url).name + "*"):
            each.unlink()

    yield Engine(fresh, empty, copy, drop)


@contextmanager
def postgres_engine(*, durable: bool = False) -> Iterator[Engine]:
    """Give PostgreSQL databases, made from one migrated template; raise NoPostgres."""
    with postgres_server(durable=durable) as server, engine_on(server) as engine:
        yield engine


@contextmanager
def engine_on(server: str) -> Iterator[Engine]:
    """Give databases on the server of a URL."""
    template = f"template_{os.getpid()}_{next(_numbers)}"
    in_own_loop(_administer(server, f'CREATE DATABASE "{template}"'))
    in_own_loop(migrate(_of(server, template)))
    # the quickest here; until PostgreSQL 15 it was the only one, and had no name
    named = in_own_loop(_version(server)) >= STRATEGY_NAMED
    strategy = "STRATEGY FILE_COPY" if named else ""

    def made(options: str = "") -> str:
        name = f"test_{os.getpid()}_{next(_numbers)}"
        in_own_loop(_administer(server, f'CREATE DATABASE "{name}" {options}'))
        return _of(server, name)

    def copy(url: str) -> str:
        return made(f'TEMPLATE "{urlsplit(url).path.lstrip("/")}" {strategy}')

    def fresh() -> str:
        return copy(_of(server, template))

    def drop(url: str) -> None:
        name = urlsplit(url).path.lstrip("/")
        in_own_loop(_administer(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))

    try:
        yield Engine(fresh, made, copy, drop)
    finally:
        drop(_of(server, template))


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[str]:
    """Find or start a server and give the URL of its maintenance database."""
    if url := os.environ.get(SERVER):
        yield url
        return
    with private_server(durable=durable) as server:
        yield server.url


@contextmanager
def private_server(*, durable: bool = False) -> Iterator[Server]:
    """Give a running server of our own, which may be stopped and started; raise NoPostgres."""
    folder = Path(tempfile.mkdtemp(prefix="booking-pg-", dir="/tmp" if durable else _quick()))
    server = Server(folder, durable=durable)
    try:
        server.make()
        server.start()
        in_own_loop(until_up(server))
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _quick() -> str:
    """Return where files need no disk: most of a test's time went into copying databases."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ENOUGH
    return str(memory) if roomy else "/tmp"


async def until_up(server: Server) -> None:
    """Wait until a server that was started answers; raise NoPostgres when it is gone."""
    for _ in range(200):
        if not server.is_running:
            break
        with suppress(OSError, asyncpg.PostgresError):
            await _administer(server.url, "SELECT 1")
            return
        await asyncio.sleep(0.05)
    raise NoPostgres("the private PostgreSQL server did not come up")


def _of(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


async def dial(url: str) -> Any:
    """Return a plain asyncpg connection to a PostgreSQL URL."""
    options = configuration(url)["connections"]["postgres"]["credentials"]
    names = ("host", "port", "user", "password", "database")
    return await asyncpg.connect(**{name: options[name] for name in names})


async def _version(url: str) -> int:
    async with second_connection(url) as server:
        return int(await server.value("SHOW server_version_num"))


async def _administer(url: str, statement: str) -> None:
    connection = await dial(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


class SecondConnection:
    """Reads what is committed, past the connection under test."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self._turn = asyncio.Lock()

    async def rows(self, query: str) -> list[dict[str, Any]]:
        """Return the rows of a statement."""
        if isinstance(self.raw, sqlite3.Connection):
            return [dict(row) for row in self.raw.execute(query)]
        async with self._turn:
            return [dict(row) for row in await self.raw.fetch(query)]

    async def value(self, query: str) -> Any:
        """Return the first column of the first row."""
        found = await self.rows(query)
        return next(iter(found[0].values())) if found else None


@asynccontextmanager
async def second_connection(url: str) -> AsyncIterator[SecondConnection]:
    """Open a connection of its own to a database."""
    if engine_of(url) == SQLITE:
        raw = sqlite3.connect(path_of(url), isolation_level=None)
        raw.row_factory = sqlite3.Row
        try:
            yield SecondConnection(raw)
        finally:
            raw.close()
        return
    raw = await dial(url)
    try:
        yield SecondConnection(raw)
    finally:
        await raw.close()


async def use_database(url: str) -> Database:
    """Connect the process to a database with the keyring of the tests."""
    return await connect(url, keyring=KEYRING)
