"""What every command does first and last: read the configuration, open the memory, exit well."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from bot import keys, logs
from bot.config import Settings, read
from bot.database_trouble import is_of_database, trouble
from bot.keys import known_keys
from bot.stopped import CannotGoOn, CannotStart
from db import connection
from db.lost import FileLost, refuse_if_lost
from db.schema import SchemaTooNew, known_migrations
from db.sealing import Tampered
from db.single import AlreadyRunning
from db.unopened import WHY
from db.urls import SQLITE, engine_of, path_of

T = TypeVar("T")
NAMED: Final = "booking-bot check names where it lies"

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="The configuration; else BOOKING_BOT_CONFIG, else ./config.toml.",
    ),
]


class CommandFailed(Exception):
    """The command could not do its work; the message is for the operator."""


def configured(path: Path | None, *, unsigned: bool = False) -> Settings:
    """Return the configuration, with the log set up as it says."""
    settings = read(path, unsigned=unsigned)
    secrets = [*settings.secrets(), *known_keys(settings)]
    logs.configure(level=settings.log.level, style=settings.log.format, secrets=secrets)
    return settings


def wait_for(work: Coroutine[object, object, T]) -> T:
    """Run a coroutine to its end; a database that is away is no traceback."""
    try:
        return asyncio.run(work)
    except (AlreadyRunning, CannotGoOn, CannotStart, FileLost, SchemaTooNew) as error:
        raise CommandFailed(str(error)) from error
    except Tampered as error:
        raise CommandFailed(f"what is sealed cannot be opened: {WHY}; {NAMED}") from error
    except BrokenPipeError:  # whoever read our output has left: typer ends the command quietly
        raise
    except Exception as error:
        if is_of_database(error):
            raise CommandFailed(trouble(error)) from error
        raise


@asynccontextmanager
async def memory(settings: Settings, *, migrate_new: bool = False) -> AsyncIterator[None]:
    """Open the database for a command; a new one is made when `migrate_new`, else refused."""
    url = settings.database.url.get_secret_value()
    if engine_of(url) == SQLITE:
        refuse_if_lost(path_of(url))
    waiting = await connection.pending_migrations(url)
    is_new = waiting == known_migrations()
    if waiting and migrate_new and is_new:
        await connection.migrate(url)
    elif waiting:
        raise CommandFailed(
            f"the database is not up to date ({len(waiting)} to make): booking-bot migrate"
        )
    await keys.connect(settings)
    try:
        yield
    finally:
        await connection.close()
