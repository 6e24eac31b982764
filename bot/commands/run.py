"""`booking-bot run` and `booking-bot migrate`."""

from typing import Annotated

import typer

from bot.commands.common import CommandFailed, ConfigOption, configured, wait_for
from bot.imports import quickly, without_unneeded
from db import connection


def run(
    config: ConfigOption = None,
    *,
    no_migrate: Annotated[
        bool, typer.Option("--no-migrate", help="Refuse to start on an older database.")
    ] = False,
) -> None:
    """Run the bot: chat, web server and workers, until SIGTERM or SIGINT.

    Example: booking-bot run --config /etc/booking-bot/config.toml
    """
    with quickly(), without_unneeded():
        from bot.app import build

    settings = configured(config)
    wait_for(build(settings, migrate=not no_migrate).run())


def migrate(
    config: ConfigOption = None,
    *,
    check: Annotated[
        bool,
        typer.Option("--check", help="Change nothing; exit 1 when the database is out of date."),
    ] = False,
) -> None:
    """Bring the database schema up to date.

    Example: booking-bot migrate --check
    """
    url = configured(config).database.url.get_secret_value()
    if check:
        waiting = wait_for(connection.pending_migrations(url))
        if waiting:
            raise CommandFailed(f"to be made: {', '.join(waiting)}")
        typer.echo("up to date")
        return
    made = wait_for(connection.migrate(url))
    typer.echo(f"made: {', '.join(made)}" if made else "up to date")
