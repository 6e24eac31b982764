"""`booking-bot backup`: a copy of the database, while the bot runs."""

from pathlib import Path
from typing import Annotated

import typer

from bot import keys
from bot.commands.common import CommandFailed, ConfigOption, configured, wait_for
from bot.commands.outlets import spare
from bot.config import Settings
from bot.keys import key_file
from db import connection
from db.lost import FileLost, refuse_if_lost
from db.urls import SQLITE, engine_of, path_of


def backup(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", dir_okay=False, help="Where to; an older copy is replaced."),
    ],
    config: ConfigOption = None,
) -> None:
    """Copy the database as it is at this moment, while the bot goes on.

    SQLite gives a database file; PostgreSQL gives what pg_restore reads, and needs pg_dump. The
    privacy key is not in it: without that key names, phone numbers and answers stay closed.

    Example: booking-bot backup /var/backups/booking-bot/monday.backup
    """
    from db.backup import CannotBackUp
    from db.backup import backup as copy

    settings = configured(config)
    url = settings.database.url.get_secret_value()
    try:
        if engine_of(url) == SQLITE:
            refuse_if_lost(path_of(url))
        spare(file, settings)
        wait_for(copy(url, file))
    except (CannotBackUp, FileLost) as error:
        raise CommandFailed(str(error)) from None
    typer.echo(f"{file}: {file.stat().st_size:,} bytes")
    wait_for(_opens(settings))  # a copy that nobody can open is none, and shall be heard of
    typer.echo(f"Keep {key_file(settings) or 'privacy.key of the configuration'} too, elsewhere.")


async def _opens(settings: Settings) -> None:
    """Refuse to call it well when the key at hand does not open what was copied."""
    await keys.connect(settings)
    await connection.close()
