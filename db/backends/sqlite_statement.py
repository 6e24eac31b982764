"""One statement on a SQLite connection, with the errors Tortoise's callers know."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from tortoise.exceptions import IntegrityError, OperationalError


def run_now(
    connection: sqlite3.Connection, query: str, values: Sequence[Any] | None
) -> sqlite3.Cursor:
    """Execute one statement on this thread; raise Tortoise's errors."""
    try:
        return connection.execute(query, values or ())
    except sqlite3.OperationalError as error:
        raise OperationalError(error) from error
    except sqlite3.IntegrityError as error:
        raise IntegrityError(error) from error
