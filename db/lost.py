"""A SQLite file that is gone, or emptied: no new, empty shop is begun in its place unasked."""

import json
from pathlib import Path
from typing import Any, Final

REMAINS: Final = ("-wal", "-journal")
"""What SQLite keeps beside a file: it may hold what was committed last, and a new file ends it."""
LOCK: Final = ".lock"
"""Stays beside the file of every bot that ever ran, and says whether there was a shop in it."""
USED: Final = "used"


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
    if not begins_anew and read_lock(lock_of(path)).get(USED):
        raise FileLost(
            f"{what}, though a bot used it: put it back where it was;"
            " booking-bot migrate begins a new, empty shop"
        )


def lock_of(path: Path) -> Path:
    """Return the lock that lies beside a database file."""
    return _beside(path, LOCK)


def read_lock(lock: Path) -> dict[str, Any]:
    """Return what a lock says; nothing when there is none, or it was cut short."""
    try:
        said = json.loads(lock.read_text())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
