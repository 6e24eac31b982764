"""`booking-bot demo`."""

import socket
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import typer

from bot.commands.common import CommandFailed, wait_for

FOLDER: Final = Path("demo-data")


def demo(
    *,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where to listen; 0 takes a free port.")
    ] = 8080,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    data: Annotated[
        Path, typer.Option("--data", metavar="DIR", file_okay=False, help="Kept between runs.")
    ] = FOLDER,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open the page.")] = True,
) -> None:
    """Try it all on this computer: a pretend Telegram, a pretend Stripe and a sample shop.

    Example: booking-bot demo --port 8081 --no-open
    """
    from bot.demo import CannotGoOn, Place, run

    place = Place(data, host, _usable(host, port))

    def opened() -> None:
        typer.echo(
            f"booking-bot demo: {place.address}\n\n"
            f"Everything is kept in {place.folder}/ (delete it to start over).\n"
            f"In another terminal: booking-bot export bookings --config {place.config}\n\n"
            "Ctrl-C stops it."
        )
        if show:
            _show(place.address)

    typer.echo("Starting …")
    try:
        wait_for(run(place, opened=opened))
    except CannotGoOn as error:
        raise CommandFailed(str(error)) from None


def _show(address: str) -> None:
    """Open the page; not in a browser of the terminal, where this command is speaking."""
    with suppress(webbrowser.Error):
        browser = webbrowser.get()
        if type(browser) is not webbrowser.GenericBrowser:
            browser.open(address)


def _usable(host: str, port: int) -> int:
    """Return the port, or a free one for 0; a taken one is told before anything is written."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise CommandFailed(
                f"--port {port}: {why} (another port: booking-bot demo --port 8081)"
            ) from None
        found: int = listener.getsockname()[1]
        return found
