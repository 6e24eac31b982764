"""`booking-bot init`."""

import os
import tomllib
from pathlib import Path

import typer

from bot import files
from bot.commands.common import CommandFailed, ConfigOption
from bot.config import place
from bot.config_text import with_values
from bot.examples import CATALOG, CONFIG, example
from bot.interview import interview


def init(config: ConfigOption = None) -> None:
    """Ask for what is needed and write a configuration that explains every key.

    Example: booking-bot init --config config.toml
    """
    named = place(config)
    try:
        _write(named.resolve(), named)
    except typer.Abort:
        typer.echo()
        raise CommandFailed("stopped before the last question: nothing was written") from None
    except UnicodeDecodeError:
        raise CommandFailed("what was typed is no UTF-8 text: nothing was written") from None
    except OSError as error:
        raise CommandFailed(f"{named}: {error.strerror}") from None


def _write(file: Path, named: Path) -> None:
    """Ask everything first, then write everything."""
    _require_place(file, named)
    exists = file.exists()
    if exists and not typer.confirm(f"{named} exists. Overwrite it (the old one is kept)?"):
        typer.echo()
        raise CommandFailed(f"{named}: left as it is")
    template = example(CONFIG)
    text = with_values(template, interview(tomllib.loads(template)))
    catalog = file.with_name("catalog.toml")
    wants_catalog = not catalog.exists() and _is_catalog_wanted(catalog)
    if exists:
        typer.echo(f"The old file is now {files.set_aside(file).name}.")
        files.overwrite(file, text)
    else:
        files.create(file, text)
    typer.echo(f"Wrote {file}, for your eyes only: it holds secrets.")
    if wants_catalog:
        with catalog.open("x", encoding="utf-8") as stream:
            stream.write(example(CATALOG))
        typer.echo(f"Wrote {catalog}: a small studio, to be made yours.")
    _tell_next(catalog, f" --config {named}" if named != Path("config.toml") else "")


def _require_place(file: Path, named: Path) -> None:
    """Refuse before the questions what would fail after them."""
    if file.is_dir():
        raise CommandFailed(f"{named}: is a folder; name a file in it")
    if not file.parent.is_dir():
        raise CommandFailed(f"{named}: there is no folder {file.parent}")
    if not os.access(file.parent, os.W_OK):
        raise CommandFailed(f"{named}: the folder {file.parent} cannot be written to")


def _is_catalog_wanted(catalog: Path) -> bool:
    typer.echo("\nThe catalogue says what can be booked. There is a sample to start from.")
    wanted = typer.confirm(f"Write {catalog.name} beside the configuration?")
    typer.echo()
    return wanted


def _tell_next(catalog: Path, option: str) -> None:
    typer.echo("\nNext:")
    for number, (command, why) in enumerate(
        (
            (f"write what you offer into {catalog}", ""),
            (
                f"booking-bot check --fix{option}",
                "the endpoint at Stripe; the database and the catalogue come next",
            ),
            (f"booking-bot catalog import {catalog}{option}", ""),
            (f"booking-bot run{option}", "then press /start in the bot, as each admin must once"),
        ),
        start=1,
    ):
        typer.echo(f"  {number}. {command}" + (f"   ({why})" if why else ""))
