"""The command line of booking-bot: `booking-bot --help`, or `python -m bot`."""

import platform
import sys
from typing import Annotated

from bot import __version__
from bot.imports import quickly

with quickly():
    import typer

    from bot.commands import backup, catalog, check, copy, demo, export, init, reconcile, run
    from bot.commands.common import CommandFailed
    from bot.config import ConfigurationError

FAILED, MISUSED = 1, 2

app = typer.Typer(
    name="booking-bot",
    help="A Telegram bot that takes bookings and the money for them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("demo")(demo.demo)
app.command("init")(init.init)
app.command("run")(run.run)
app.command("migrate")(run.migrate)
app.command("check")(check.check)
app.add_typer(catalog.app, name="catalog")
app.command("export")(export.export)
app.command("reconcile")(reconcile.reconcile)
app.command("backup")(backup.backup)
app.command("copy")(copy.copy)


def _show_version(*, wanted: bool) -> None:
    if wanted:
        import stripe
        import telegram

        typer.echo(
            f"booking-bot {__version__}, Python {platform.python_version()}, "
            f"python-telegram-bot {telegram.__version__}, stripe {stripe.VERSION}, "
            f"Stripe API {stripe.api_version}"
        )
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda value: _show_version(wanted=value),
            is_eager=True,
            help="Print versions and exit.",
        ),
    ] = False,
) -> None:
    """Take bookings in Telegram, and the money for them on Stripe."""
    del version


def main() -> None:
    """Run a command; exit 0 on success, 2 on misuse or bad configuration, 1 on failure."""
    try:
        app()
    except ConfigurationError as error:
        _complain(error.mistakes)
        sys.exit(MISUSED)
    except CommandFailed as error:
        _complain(str(error).splitlines())
        sys.exit(FAILED)


def _complain(lines: object) -> None:
    for line in lines if isinstance(lines, list | tuple) else [lines]:
        typer.echo(f"booking-bot: {line}", err=True)


if __name__ == "__main__":
    main()
