"""`booking-bot export`: rows for accountants and other programs."""

import csv
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TextIO

import typer

from booking.exports import COLUMNS, Row, Span, rows_of
from bot.commands.common import CommandFailed, ConfigOption, configured, memory, wait_for
from bot.commands.days import SHAPE, day
from bot.commands.outlets import spare
from bot.config import Settings
from bot.files import in_place_of
from bot.wording import some_of
from db.backup import is_copy
from db.unopened import WHY, Unopened, forgiving

FORMULA: Final = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=\s*[=+@\uff0b\uff1d\uff20\uff0d-]|[\t\r\n])")
"""Where a spreadsheet may begin a formula, at a semicolon too (owasp.org, CSV Injection)."""


class What(StrEnum):
    """What can be exported."""

    BOOKINGS = "bookings"
    PAYMENTS = "payments"
    CUSTOMERS = "customers"
    AUDIT = "audit"


class Format(StrEnum):
    """How rows are written."""

    JSON = "json"
    CSV = "csv"


def export(  # what a shell gives are many words
    what: Annotated[What, typer.Argument(help="What to print.")],
    config: ConfigOption = None,
    *,
    shape: Annotated[
        Format, typer.Option("--format", help="JSON: one object a line.")
    ] = Format.JSON,
    since: Annotated[
        date | None,
        typer.Option(parser=day, metavar=SHAPE, help="The first day, in the shop's zone."),
    ] = None,
    until: Annotated[
        date | None, typer.Option(parser=day, metavar=SHAPE, help="The last day, included.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; else the standard output.")
    ] = None,
) -> None:
    """Print bookings, payments, customers or the audit log, oldest first.

    Example: booking-bot export payments --format csv --since 2026-11-01 -o november.csv
    """
    if since and until and since > until:
        raise typer.BadParameter(f"{since} is after --until {until}", param_hint="--since")
    settings = configured(config)
    span = Span(since, until, settings.shop.zone)
    with _stream(output, settings) as stream:
        unopened = wait_for(_write(settings, what, span, shape, stream))
        stream.flush()  # here, where a reader who has left is met quietly
    if unopened:
        raise CommandFailed(f"{some_of(unopened)}: left empty, cannot be opened: {WHY}")


@contextmanager
def _stream(output: Path | None, settings: Settings) -> Iterator[TextIO]:
    try:
        if output is None:
            yield sys.stdout
            return
        spare(output, settings)
        is_device = output.exists() and not output.is_file()
        if output.is_file() and is_copy(output):
            raise CommandFailed(f"{output} is a copy of a database: name another file")
        with output.open("w", encoding="utf-8") if is_device else in_place_of(output) as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        where = output or "standard output"
        raise CommandFailed(f"{where}: {error.strerror}") from None


async def _write(
    settings: Settings, what: What, span: Span, shape: Format, stream: TextIO
) -> list[Unopened]:
    """Write all rows; return what of them did not open."""
    columns = COLUMNS[what]
    table = csv.writer(stream)
    if shape == Format.CSV:
        table.writerow(columns)
    async with memory(settings):
        with forgiving() as unopened:
            async for row in rows_of(what, span, livemode=settings.stripe.livemode):
                if shape == Format.CSV:
                    table.writerow([_cell(row[column]) for column in columns])
                else:
                    stream.write(_line(row) + "\n")
    return unopened


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False)


def _cell(value: object) -> str:
    """Write a value as a cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, list):
        return _cell(
            ";".join(part if isinstance(part, str) else json.dumps(part) for part in value)
        )
    if isinstance(value, dict):
        return _cell(json.dumps(value, ensure_ascii=False))
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return FORMULA.sub("'", text) if isinstance(value, str) else text
