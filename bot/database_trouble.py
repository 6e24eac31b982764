"""Say in one line why the database cannot be used."""

import sqlite3
from typing import Final

from tortoise.exceptions import BaseORMException

from bot.logs import Redaction
from bot.wording import first_line

_KINDS: Final = (BaseORMException, OSError, sqlite3.Error)


def is_of_database(error: Exception) -> bool:
    """Tell whether reaching or reading a database, of whichever engine, ends like this."""
    # by name: asyncpg is only there where PostgreSQL is used
    return isinstance(error, _KINDS) or type(error).__module__.startswith("asyncpg.")


def trouble(error: Exception) -> str:
    """Return one line naming the key, without a password."""
    said = Redaction()(first_line(error))
    return f"database.url: cannot be used: {said or type(error).__name__}"
