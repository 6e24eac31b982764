"""`booking-bot export`: rows for accountants and other programs."""

import csv
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TextIO

import typer

from booking.exports import COLUMNS, Row, Span, rows_of
from bot.commands.common import CommandFailed, ConfigOption, configured, memory, wait_for
from bot.config import Settings

FORMULA: Final = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=\s*[=+@\uff0b\uff1d\uff20\uff0d-]|[\t\r\n])")
"""Where a spreadsheet may begin a formula, at a semicolon too (owasp.org, CSV Injection)."""
DAY: Final = ["%Y-%m-%d"]
SHAPE: Final = "YYYY-MM-DD"


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
        datetime | None,
        typer.Option(formats=DAY, metavar=SHAPE, help="The first day, in the shop's zone."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=DAY, metavar=SHAPE, help="The last day, included.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; else the standard output.")
    ] = None,
) -> None:
    """Print bookings, payments, customers or the audit log, oldest first.

    Example: booking-bot export payments --format csv --since 2026-11-01 -o november.csv
    """
    if since and until and since > until:
        raise typer.BadParameter(
            f"{since:%Y-%m-%d} is after --until {until:%Y-%m-%d}", param_hint="--since"
        )
    settings = configured(config)
    span = Span(_day(since), _day(until), settings.shop.zone)
    with _stream(output) as stream:
        wait_for(_write(settings, what, span, shape, stream))
        stream.flush()  # here, where a reader who has left is met quietly


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


@contextmanager
def _stream(output: Path | None) -> Iterator[TextIO]:
    try:
        if output is None:
            yield sys.stdout
        else:
            with output.open("w", encoding="utf-8", newline="") as file:
                yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        where = output or "standard output"
        raise CommandFailed(f"{where}: {error.strerror}") from None


async def _write(settings: Settings, what: What, span: Span, shape: Format, stream: TextIO) -> None:
    columns = COLUMNS[what]
    table = csv.writer(stream)
    if shape == Format.CSV:
        table.writerow(columns)
    async with memory(settings):
        async for row in rows_of(what, span, livemode=settings.stripe.livemode):
            if shape == Format.CSV:
                table.writerow([_cell(row[column]) for column in columns])
            else:
                stream.write(_line(row) + "\n")


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
