"""Days as operators write them."""

from datetime import date
from typing import Final

import typer

SHAPE: Final = "YYYY-MM-DD"
YEARS: Final = range(1970, 3000)
"""No instant of another year can be told in every zone, and no shop has any."""


def day(written: str) -> date:
    """Read a day; raise BadParameter."""
    try:
        read = date.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter(f"{written!r} is no day; write one like 2026-11-24") from None
    if read.year not in YEARS:
        raise typer.BadParameter(f"{written} is no day of this shop")
    return read
