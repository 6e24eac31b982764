"""Databases for tests: a fresh migrated one a test, on SQLite and on a real PostgreSQL.

PostgreSQL is the server of BOOKING_BOT_TEST_POSTGRES (a URL of a database that may create
others), else a private one started from the system's binaries, else the tests are skipped.
"""

import asyncio
import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
import time
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

KEYRING = Keyring(bytes(range(32)))
SERVER = "BOOKING_BOT_TEST_POSTGRES"
_numbers = count(1)


class NoPostgres(Exception):
    """There is no PostgreSQL here, and why."""


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
        drop: Callable[[str], None],
        copy: Callable[[str], str],
    ) -> None:
        self.fresh, self.empty, self.drop = fresh, empty, drop
        self.copy = copy
        """Gives another database with all that one holds; nobody may be connected to that."""


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

    def fresh() -> str:
        path = folder / f"test-{next(_numbers)}.db"
        shutil.copy(template, path)
        return f"sqlite://{path}"

    def copy(url: str) -> str:
        path = folder / f"test-{next(_numbers)}.db"
        shutil.copy(path_of(url), path)
        return f"sqlite://{path}"

    def drop(url: str) -> None:
        for each in path_of(url).parent.glob(path_of(url).name + "*"):
            each.unlink()

    yield Engine(fresh, empty, drop, copy)


@contextmanager
def postgres_engine(*, durable: bool = False) -> Iterator[Engine]:
    """Give PostgreSQL databases, made from one migrated template; raise NoPostgres."""
    with postgres_server(durable=durable) as server:
        template = f"template_{os.getpid()}_{next(_numbers)}"
        in_own_loop(_administer(server, f'CREATE DATABASE "{template}"'))
        in_own_loop(migrate(_of(server, template)))

        def made(options: str = "") -> str:
            name = f"test_{os.getpid()}_{next(_numbers)}"
            in_own_loop(_administer(server, f'CREATE DATABASE "{name}" {options}'))
            return _of(server, name)

        def fresh() -> str:
            return made(f'TEMPLATE "{template}"')

        def copy(url: str) -> str:
            return made(f'TEMPLATE "{urlsplit(url).path.lstrip("/")}"')

        def drop(url: str) -> None:
            name = urlsplit(url).path.lstrip("/")
            in_own_loop(_administer(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))

        try:
            yield Engine(fresh, made, drop, copy)
        finally:
            drop(_of(server, template))


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[str]:
    """Find or start a server and give the URL of its maintenance database."""
    if url := os.environ.get(SERVER):
        yield url
        return
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)
    found = shutil.which("postgres")
    if not binaries and found is None:
        raise NoPostgres(f"no {SERVER} and no PostgreSQL binaries on this machine")
    binary = binaries[-1] if binaries else Path(found).parent
    folder = Path(tempfile.mkdtemp(prefix="booking-pg-", dir="/tmp"))
    try:
        with _started(binary, folder, durable=durable):
            yield f"postgres://postgres@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _started(binary: Path, folder: Path, *, durable: bool) -> Iterator[None]:
    user = _somebody()
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    flags = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    initdb = [binary / "initdb", "-D", data, *flags]
    done = subprocess.run(
        initdb, user=user, capture_output=True, text=True, check=False, cwd="/tmp"
    )
    if done.returncode:
        raise NoPostgres(f"initdb failed: {done.stderr.strip()}")
    fsync = "on" if durable else "off"
    options = {"listen_addresses": "", "unix_socket_directories": folder, "max_connections": 100}
    options |= {
        "fsync": fsync,
        "full_page_writes": fsync,
        "shared_buffers": "128MB",
        "autovacuum": "off",
    }
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    log = (folder / "log").open("w")
    server = subprocess.Popen(
        [binary / "postgres", "-D", data, *settings], user=user, stderr=log, cwd="/tmp"
    )
    try:
        _wait_for(f"postgres://postgres@/postgres?host={folder}", server)
        yield
    finally:
        server.send_signal(2)
        server.wait(20)
        log.close()


def _somebody() -> str | None:
    """Return whom to be: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise NoPostgres("running as root, and there is neither a user postgres nor nobody")


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        if server.poll() is not None:
            break
        with suppress(OSError, asyncpg.PostgresError):
            in_own_loop(_administer(url, "SELECT 1"))
            return
        time.sleep(0.05)
    raise NoPostgres("the private PostgreSQL server did not come up")


def _of(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


async def dial(url: str) -> Any:
    """Return a plain asyncpg connection to a PostgreSQL URL."""
    options = configuration(url)["connections"]["postgres"]["credentials"]
    names = ("host", "port", "user", "password", "database")
    return await asyncpg.connect(**{name: options[name] for name in names})


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
