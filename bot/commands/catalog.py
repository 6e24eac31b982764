"""`booking-bot catalog`: what can be booked, from a file and back."""

from pathlib import Path
from typing import Annotated, Final

import typer

from booking.catalog import Catalog
from booking.catalog_file import parse_catalog, require_whole
from booking.catalog_import import ImportResult, export_catalog, import_catalog
from booking.catalog_mistakes import CatalogMistakes
from booking.catalog_photos import missing_photos
from bot import files
from bot.clock import SystemClock
from bot.commands.common import CommandFailed, ConfigOption, configured, memory, wait_for
from bot.config import Settings
from bot.wording import counted
from db import installation

app = typer.Typer(help="Services, staff, hours and coupons.", no_args_is_help=True)
LONGEST: Final = 16 << 20
File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        exists=True,
        dir_okay=False,
        readable=True,
        help="The catalogue file (TOML).",
    ),
]


@app.command("import")
def import_file(file: File, config: ConfigOption = None) -> None:
    """Make the shop sell what the file says; a running bot sees it within 5 seconds.

    Example: booking-bot catalog import catalog.toml
    """
    settings = configured(config)
    catalog = _read(file, settings)
    result = wait_for(_import(settings, catalog, str(file.parent.resolve())))
    for warning in result.warnings:
        typer.echo(f"warning: {warning}", err=True)
    typer.echo(
        f"{result.added} added, {result.changed} changed, {result.deactivated} made inactive"
    )


@app.command("export")
def export(config: ConfigOption = None) -> None:
    """Print the catalogue as a file; importing it changes nothing.

    Example: booking-bot catalog export > catalog.toml
    """
    typer.echo(wait_for(_export(configured(config))), nl=False)


@app.command("check")
def check(file: File, config: ConfigOption = None) -> None:
    """Check a file without touching the database.

    Example: booking-bot catalog check catalog.toml
    """
    catalog = _read(file, configured(config))
    typer.echo(
        f"{file}: {counted(len(catalog.services), 'service')}, {len(catalog.staff)} staff: fine"
    )


def _read(file: Path, settings: Settings) -> Catalog:
    try:
        text = files.read(file, most=LONGEST)
        shop = settings.shop
        catalog, warnings = parse_catalog(
            text,
            source=str(file),
            currency=shop.currency,
            timezone=shop.timezone,
            languages=shop.languages,
        )
        require_whole(catalog, source=str(file))
    except UnicodeDecodeError:
        raise CommandFailed(f"{file}: is not UTF-8 text") from None
    except OSError as error:
        raise CommandFailed(f"{file}: {error.strerror}") from None
    except CatalogMistakes as mistakes:
        raise CommandFailed(str(mistakes)) from None
    for warning in [*warnings, *missing_photos(catalog, file.parent, source=str(file))]:
        typer.echo(f"warning: {warning}", err=True)
    return catalog


async def _import(settings: Settings, catalog: Catalog, folder: str) -> ImportResult:
    async with memory(settings, migrate_new=True):
        await installation.put(installation.CATALOG_FOLDER, folder)
        return await import_catalog(catalog, now=SystemClock().now())


async def _export(settings: Settings) -> str:
    async with memory(settings):
        return await export_catalog()
