"""The schema: which changes a database still needs, and making them.

The code is named by the newest migration it knows. Each migration names the oldest code that may
run on what it makes (`OLDEST_CODE`), and the database remembers the last such word: while replicas
are upgraded one by one, those that are allowed go on beside a newer schema, and only older ones
refuse to start.
"""

import pkgutil
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any, Final

from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.schema_editor import AsyncpgSchemaEditor, SqliteSchemaEditor

from db import migrations
from db.backup import copy_sqlite
from db.database import Statements
from db.lost import refuse_if_lost
from db.transactions import begin, rows
from db.urls import SQLITE, configuration, engine_of, path_of

_LOCK: Final = 0x626F6F6B
"""The advisory lock of whoever migrates a PostgreSQL database."""

_APPLIED: Final = "SELECT name FROM tortoise_migrations WHERE app = 'models' ORDER BY name"
_ALLOWED: Final = "SELECT value FROM installation WHERE key = 'oldest_code'"
_ALLOW: Final = (
    "INSERT INTO installation (key, value) VALUES ('oldest_code', ?)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    " WHERE excluded.value > installation.value"
)

_SHOP_ID: Final = (
    "INSERT INTO installation (key, value) VALUES ('shop_id', ?) ON CONFLICT DO NOTHING"
)


class SchemaTooNew(Exception):
    """A newer release changed the database so that this one may not run on it any more."""


class SchemaBroken(Exception):
    """Rows point to rows that are not there; the migration was undone."""


def known_migrations() -> list[str]:
    """Return the names of the migrations this release knows, oldest first."""
    found = (name for _, name, _ in pkgutil.iter_modules(migrations.__path__))
    return sorted(name for name in found if not name.startswith("_"))


def oldest_code() -> str:
    """Return the name of the oldest code that may run on the schema of this release.

    That is what the strictest of the migrations says; one that says nothing asks for itself.
    """
    modules = {name: import_module(f"{migrations.__name__}.{name}") for name in known_migrations()}
    return max(getattr(module, "OLDEST_CODE", name) for name, module in modules.items())


async def pending_migrations(url: str) -> list[str]:
    """Return the migrations a database still needs; all of them when it is new.

    Raises SchemaTooNew when a newer release made changes that do not allow this one, and FileLost.
    """
    if engine_of(url) == SQLITE:
        refuse_if_lost(path_of(url), begins_anew=True)
        if not path_of(url).exists():
            return known_migrations()
    async with bare_client(url) as client:
        try:
            applied = [row["name"] for row in await client.fetch(_APPLIED, ())]
            allowed = await client.fetch(_ALLOWED, ()) if applied else []
        except OperationalError:
            return known_migrations()
    return _missing(applied, next((row["value"] for row in allowed), ""))


async def applied_migrations(url: str) -> list[str]:
    """Return the migrations that were made, oldest first; none when there is no database yet."""
    if engine_of(url) == SQLITE and not path_of(url).exists():
        return []
    async with bare_client(url) as client:
        try:
            return [row["name"] for row in await client.fetch(_APPLIED, ())]
        except OperationalError:
            return []


@asynccontextmanager
async def bare_client(url: str) -> AsyncIterator[Statements]:
    """Open a database for raw statements, without models and beside the one in use."""
    connection = configuration(url)["connections"][engine_of(url)]
    engine = import_module(connection["engine"])
    client = engine.client_class(connection_name="bare", **connection["credentials"])
    try:
        yield client
    finally:
        await client.close()


def _missing(applied: list[str], oldest: str) -> list[str]:
    """Return what is to be made; `oldest` is the oldest code allowed, "" when nobody said."""
    known = known_migrations()
    strange = sorted(set(applied) - set(known))
    if strange and not "" < oldest <= known[-1]:
        raise SchemaTooNew(
            f"the database was changed by a newer release ({strange[-1]}), "
            "on which this one may not run: install that release or a newer one"
        )
    return [name for name in known if name not in applied]


async def waiting_migrations() -> list[str]:
    """Return the migrations that the connected database still needs."""
    applied = {row["name"] for row in await rows(_APPLIED)}
    return [name for name in known_migrations() if name not in applied]


async def migrate(url: str) -> list[str]:
    """Bring a database up to date in one transaction; return the migrations that were needed.

    A SQLite file that holds something is copied beside itself first. Raises FileLost.
    """
    pending = await pending_migrations(url)
    if not pending:
        return []
    if engine_of(url) == SQLITE:
        path_of(url).parent.mkdir(parents=True, exist_ok=True)
        _keep_copy(url, pending[0])
    context = TortoiseContext()
    # On SQLite a table is changed by making it anew, which must not cascade into other tables.
    with context:
        try:
            await context.init(configuration(url, foreign_keys=False))
            return await _migrate(url)
        finally:
            await context.close_connections()


def _keep_copy(url: str, before: str) -> None:
    path = path_of(url)
    if not path.exists() or not path.stat().st_size:
        return
    copy = path.with_name(f"{path.name}.before-{before}")
    copy.unlink(missing_ok=True)
    copy.touch(mode=0o600)  # SQLite writes into an empty file, and leaves its rights
    copy_sqlite(path, copy)


async def _migrate(url: str) -> list[str]:
    engine = engine_of(url)
    async with begin(engine) as statements:
        client: Any = statements
        if engine == SQLITE:
            editor: Any = SqliteSchemaEditor(client, atomic=False)
        else:
            # Replicas start together: one migrates, the others find nothing left to do.
            await statements.fetch("SELECT pg_advisory_xact_lock(?)", (_LOCK,))
            editor = AsyncpgSchemaEditor(client, atomic=False)
        executor = MigrationExecutor(client, configuration(url)["apps"])
        # Tortoise reads this table before it makes it: on PostgreSQL that ends the transaction.
        await executor.recorder.ensure_schema(editor)
        applied = {key.name for key in await executor.recorder.applied_migrations()}
        await executor.migrate()
        if engine == SQLITE and await statements.fetch("PRAGMA foreign_key_check", ()):
            raise SchemaBroken
        await statements.change(_SHOP_ID, (secrets.token_hex(6),))
        await statements.change(_ALLOW, (oldest_code(),))
    return [name for name in known_migrations() if name not in applied]
