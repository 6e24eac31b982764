"""A backup put in the place of a database, as docs/production.md says."""

import shutil
import subprocess
from pathlib import Path

from db.backup import _address
from db.connection import SQLITE, engine_of, path_of


def restore(file: Path, url: str) -> None:
    """Put a backup in the place of the database of a bot that is stopped."""
    if engine_of(url) == SQLITE:
        for end in ("-wal", "-shm"):
            path_of(url).with_name(path_of(url).name + end).unlink(missing_ok=True)
        shutil.copy(file, path_of(url))
        return
    words = ["pg_restore", "--clean", "--if-exists", "--single-transaction", "--dbname"]
    done = subprocess.run(
        [*words, _address(url, file.parent), file], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
