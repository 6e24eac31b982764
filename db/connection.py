"""The way to the database: connecting, closing, migrating."""

from tortoise.context import TortoiseContext

from db import sealing
from db.database import Database, Statements, database, is_connected, use
from db.schema import migrate, pending_migrations
from db.urls import POSTGRES, SQLITE, configuration, engine_of, path_of

__all__ = [
    "POSTGRES",
    "SQLITE",
    "Database",
    "Statements",
    "close",
    "connect",
    "database",
    "engine_of",
    "is_connected",
    "migrate",
    "path_of",
    "pending_migrations",
]


async def connect(url: str, *, keyring: sealing.Keyring) -> Database:
    """Open the database for the whole process and use `keyring` for what is sealed in it."""
    if is_connected():
        raise RuntimeError("already connected to a database")
    sealing.use(keyring)
    opened = await _open(url)
    use(opened)
    return opened


async def _open(url: str) -> Database:
    if engine_of(url) == SQLITE:
        path_of(url).parent.mkdir(parents=True, exist_ok=True)
    context = TortoiseContext()
    # The global fallback makes the models usable from every task, not only from this one's heirs.
    with context:
        await context.init(configuration(url), _enable_global_fallback=True)
        opened = Database(url, context)
    try:
        await opened.client.create_connection(with_db=True)
    except BaseException:
        await context.close_connections()
        raise
    return opened


async def close() -> None:
    """Close the database and forget the keyring; harmless when nothing is open."""
    if not is_connected():
        return
    opened = database()
    use(None)
    sealing.use(None)
    await opened.context.close_connections()
