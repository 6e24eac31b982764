"""A SQLite file that is gone, or emptied: no new, empty shop is begun in its place unasked."""

from pathlib import Path
from typing import Final

REMAINS: Final = ("-wal", "-journal")
"""What SQLite keeps beside a file: it may hold what was committed last, and a new file ends it."""
LOCK: Final = ".lock"
"""Stays beside the file of every bot that ever ran."""


class FileLost(Exception):
    """The database's file is gone, or empty; says what to do."""


def refuse_if_lost(path: Path, *, begins_anew: bool = False) -> None:
    """Raise FileLost when a file was there before and is not; `begins_anew` asked for a new one.

    What SQLite left beside the file is never written over.
    """
    if path.exists() and path.stat().st_size:
        return
    what = f"database.url: {path} is {'empty' if path.exists() else 'gone'}"
    for remains in (_beside(path, suffix) for suffix in REMAINS):
        if remains.exists() and remains.stat().st_size:
            raise FileLost(
                f"{what}, and {remains.name} holds what was committed last:"
                " put the file back beside it, or move that away to begin anew"
            )
    if not begins_anew and _beside(path, LOCK).exists():
        raise FileLost(
            f"{what}, though a bot used it: put it back where it was;"
            " booking-bot migrate begins a new, empty shop"
        )


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
