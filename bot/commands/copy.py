"""`booking-bot copy`: a stopped shop moved to another database."""

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import CommandFailed, ConfigOption, configured, wait_for
from bot.config import Settings
from bot.keys import carried_key, carry_key, keyring
from bot.wording import counted
from db.single import only_bot_on
from db.urls import SQLITE, engine_of, path_of

if TYPE_CHECKING:
    from booking.copying import Exports


def copy(
    config: ConfigOption = None,
    *,
    to: Annotated[
        str, typer.Option("--to", metavar="URL", help="The other database, which must be empty.")
    ],
) -> None:
    """Move a stopped shop to another database, such as from SQLite to PostgreSQL.

    Everything is copied in one step or not at all, and the old database stays as it is. References,
    payment links and buttons keep working, for the privacy key stays the same.

    Example: booking-bot copy --to postgres://booking_bot:PASSWORD@127.0.0.1/booking_bot
    """
    settings = configured(config)
    source = settings.database.url.get_secret_value()
    _require_another(to, source)
    carried = carried_key(settings, to)
    for what, (count, _) in wait_for(_moved(settings, source, to)).items():
        typer.echo(f"{what}: {counted(count, 'row')}, the same in both")
    if carried:
        carry_key(settings, carried)
        typer.echo(f"the privacy key is in {carried}, too")
    typer.echo("Now write the new address into database.url of the configuration, and start.")


def _require_another(to: str, source: str) -> None:
    try:
        engine_of(to)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--to") from None
    if to == source:
        raise typer.BadParameter("that is the database in use", param_hint="--to")


async def _moved(settings: Settings, source: str, target: str) -> "Exports":
    from booking.copying import copy_shop
    from db.copying import CannotCopy

    with ExitStack() as stack:
        for url in (source, target):
            if engine_of(url) == SQLITE:
                stack.enter_context(only_bot_on(path_of(url)))
        try:
            return await copy_shop(
                source=source, target=target, keyring=keyring(settings), tell=_tell
            )
        except CannotCopy as error:
            raise CommandFailed(str(error)) from error


def _tell(table: str, count: int) -> None:
    """Say how far it is: on a terminal in one line a table."""
    same_line = "\r" if sys.stderr.isatty() else ""
    typer.echo(f"{same_line}{table}: {counted(count, 'row')}", err=True, nl=not same_line)
