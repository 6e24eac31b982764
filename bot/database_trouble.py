"""Say in one line why the database cannot be used."""

import re
import sqlite3
from typing import Final

from tortoise.exceptions import BaseORMException, DBConnectionError

from bot.logs import Redaction
from bot.wording import first_line

_SAID: Final = {
    "gone": ("deleted or replaced",),
    "full": ("database or disk is full", "no space left"),
    "read_only": ("readonly database", "read-only"),
    "locked": ("is locked", "lock timeout"),
    "failing": ("disk i/o error", "input/output error"),
    "away": ("unable to open", "connection", "cannot switch to state"),
}
"""What engines say, by kind."""
_CODES: Final = {
    "full": ("53100",),
    "read_only": ("25006",),
    "locked": ("55P03",),
    "failing": ("58030",),
    "away": ("08", "57P0", "53300", "3D000"),
}
"""SQLSTATEs, or what they begin with."""
_MISSING: Final = re.compile(
    r"(?:no such (table|column): |(relation|column) )\"?([\w.]+)\"?(?: does not exist|$)"
)
_BACKUP: Final = "restore a backup"
_KINDS: Final = (BaseORMException, OSError, sqlite3.Error)


def is_of_database(error: Exception) -> bool:
    """Tell whether reaching or reading a database, of whichever engine, ends like this."""
    # by name: asyncpg is only there where PostgreSQL is used
    return isinstance(error, _KINDS) or type(error).__module__.startswith("asyncpg.")


def kind_of(error: Exception) -> str:
    """Return why the database takes no row: one of the words of `Readiness`."""
    chain = [error, error.__cause__, *error.args]
    said = " ".join(str(each) for each in chain if each).lower()
    states = [str(getattr(each, "sqlstate", "") or "") for each in chain]
    for kind, words in _SAID.items():
        if any(word in said for word in words):
            return kind
    for kind, codes in _CODES.items():
        if any(state.startswith(codes) for state in states if state):
            return kind
    return "away" if isinstance(error, OSError | DBConnectionError) else "broken"


def trouble(error: Exception, key: str = "database.url") -> str:
    """Return one line naming the key, without a password; or what is wrong inside the database."""
    said = Redaction()(first_line(error))
    if match := _MISSING.search(said):
        what = "column" if "column" in match[0] else "table"
        return f"the database has no {what} {match[3]}: booking-bot check names all it lacks"
    if "invalid json" in said:
        return f"the database has JSON that is none: booking-bot check names the row; {_BACKUP}"
    if "malformed" in said or "file is not a database" in said:
        return f"the database's file is damaged: {said}: {_BACKUP}"
    if isinstance(error, TimeoutError):
        said = "it does not answer in time"
    return f"{key}: cannot be used: {said or type(error).__name__}"
