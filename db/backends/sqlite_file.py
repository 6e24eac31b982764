"""The file of a SQLite database: made for its owner alone, and known again."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from tortoise.exceptions import OperationalError

GONE: Final = "the database file was deleted or replaced"


def make_private(filename: str) -> None:
    """Make the file that is not there yet, for its owner alone; its log and index are like it.

    One that is there is not opened: closing it would drop every lock this process has on it
    (sqlite.org/howtocorrupt.html, 2.2), and another process would take the log away under us.
    """
    with suppress(FileExistsError):
        os.close(os.open(filename, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


class Place:
    """Where a connection writes to: a file may lose its name, and every commit with it."""

    def __init__(self, filename: str) -> None:
        self._path = Path(filename)
        self._was = self._seen()

    def is_ours(self) -> bool:
        """Tell whether the name still leads to the file that was opened."""
        return self._was is not None and self._seen() == self._was

    def must_be_ours(self) -> None:
        """Raise when what was committed went nowhere."""
        if not self.is_ours():
            raise OperationalError(GONE)

    def _seen(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
