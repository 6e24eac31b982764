"""`booking-bot copy`: a stopped shop moved to another database."""

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from booking.caught import Caught
from bot.commands.common import CommandFailed, ConfigOption, configured, wait_for
from bot.config import Settings
from bot.database_trouble import is_of_database, trouble
from bot.keys import carried_key, carry_key, keyring
from bot.wording import counted
from db.single import only_bot_on
from db.urls import SQLITE, configuration, engine_of, path_of

if TYPE_CHECKING:
    from booking.copying import Exports


def copy(
    config: ConfigOption = None,
    *,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="URL",
            envvar="BOOKING_BOT_COPY_TO",
            help="The other database, which must be empty.",
        ),
    ],
) -> None:
    """Move a stopped shop to another database, such as from SQLite to PostgreSQL.

    Everything is copied in one step or not at all, and the old database stays as it is. References,
    payment links and buttons keep working, for the privacy key stays the same.

    The variable BOOKING_BOT_COPY_TO keeps a password out of the list of processes.

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
        configuration(to)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--to") from None
    if to == source or _is_one_file(to, source):
        raise typer.BadParameter("that is the database in use", param_hint="--to")
    folder = path_of(to).parent
    if engine_of(to) == SQLITE and not folder.is_dir() and not folder.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {folder}", param_hint="--to")


def _is_one_file(to: str, source: str) -> bool:
    both = (to, source)
    return all(engine_of(url) == SQLITE for url in both) and (
        path_of(to).resolve() == path_of(source).resolve()
    )


async def _moved(settings: Settings, source: str, target: str) -> "Exports":
    from booking.copying import copy_shop
    from db.copying import CannotCopy

    await _require_empty(target)
    with ExitStack() as stack:
        for url in (source, target):
            if engine_of(url) == SQLITE:
                stack.enter_context(only_bot_on(path_of(url), begins_anew=url == target))
        try:
            return await copy_shop(
                source=source, target=target, keyring=keyring(settings), tell=_tell
            )
        except CannotCopy as error:
            raise CommandFailed(str(error)) from error


async def _require_empty(target: str) -> None:
    """Refuse a target that cannot be used before anything is locked or made beside it."""
    from db.copying import CannotCopy, require_empty

    async with Caught() as caught:
        await require_empty(target)
    error = caught.error
    if isinstance(error, CannotCopy):
        raise CommandFailed(str(error)) from error
    if error and is_of_database(error):
        raise CommandFailed(trouble(error, "--to")) from error
    if error:
        raise error


def _tell(table: str, count: int) -> None:
    """Say how far it is: on a terminal in one line a table."""
    same_line = "\r" if sys.stderr.isatty() else ""
    typer.echo(f"{same_line}{table}: {counted(count, 'row')}", err=True, nl=not same_line)
