"""A copy of a database that is in use: as it was at one moment, whole or not at all."""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from db.lost import LOCK, REMAINS, USED, lock_of, read_lock
from db.urls import POSTGRES, SQLITE, configuration, engine_of, path_of

OWNER_ONLY: Final = 0o600
PROGRAM: Final = "pg_dump"
QUOTE: Final = "'"
COMPANIONS: Final = ("", "-shm", *REMAINS, LOCK)
"""What SQLite and we keep beside a database, by the end of its name."""
COPIES: Final = (b"SQLite format 3\0", b"PGDMP")
"""What copies begin with (sqlite.org/fileformat.html, and pg_dump's custom format)."""


class CannotBackUp(Exception):
    """The copy was not made, and nothing was left behind; says why."""


async def backup(url: str, file: Path) -> None:
    """Copy a database into a file, in the place of an older copy; raise CannotBackUp.

    SQLite gives a database file, PostgreSQL what `pg_dump --format=custom` writes. Whoever uses the
    database goes on meanwhile. Not for a process that has the database open.
    """
    sqlite = engine_of(url) == SQLITE
    if sqlite and not path_of(url).exists():
        raise CannotBackUp(f"there is no database yet: {path_of(url)}")
    if sqlite:
        require_another(path_of(url), file)
    _require_older_copy(file)
    with _in_place_of(file) as draft:
        if sqlite:
            copy_sqlite(path_of(url), draft)
            _require_whole(draft)
        else:
            await _dump(url, draft)


def copy_sqlite(path: Path, copy: Path) -> None:
    """Copy a SQLite database into an empty file, whose rights stay as they are."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("VACUUM INTO ?", (str(copy),))
    finally:
        connection.close()


def require_another(path: Path, file: Path) -> None:
    """Refuse a file that is a SQLite database, or one of those kept beside it."""
    for end in COMPANIONS:
        with suppress(FileNotFoundError):
            if file.samefile(path.with_name(path.name + end)):
                raise CannotBackUp(f"{file} belongs to the database itself: name another file")


def _require_older_copy(file: Path) -> None:
    """Refuse to put a copy in the place of anything that is none."""
    if not file.exists():
        return
    if not file.is_file():
        raise CannotBackUp(f"{file} is no file: name another")
    if read_lock(lock_of(file)).get(USED):
        raise CannotBackUp(f"{file} is a database that a bot used: name another file")
    if file.stat().st_size and not is_copy(file):
        raise CannotBackUp(f"{file} is no older copy: name another file, or delete it")


def is_copy(file: Path) -> bool:
    """Tell whether a file is a copy of a database, by how it begins."""
    with file.open("rb") as stream:
        return stream.read(max(map(len, COPIES))).startswith(COPIES)


def _require_whole(copy: Path) -> None:
    connection = sqlite3.connect(copy)
    try:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    finally:
        connection.close()
    if found != ["ok"]:
        raise CannotBackUp(f"the database is damaged: {found[0]}")


@contextmanager
def _in_place_of(file: Path) -> Iterator[Path]:
    """Give an empty file for its owner alone, which takes the name once it is on the disk."""
    try:
        number, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        os.close(number)
        draft = Path(name)
        try:
            yield draft
            with draft.open("rb") as written:
                os.fsync(written.fileno())
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
        _keep_name(file.parent)
    except (OSError, sqlite3.Error) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise CannotBackUp(f"{file}: {said}") from error


def _keep_name(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


async def _dump(url: str, draft: Path) -> None:
    program = shutil.which(PROGRAM)
    if program is None:
        raise CannotBackUp(
            f"a PostgreSQL database is copied by {PROGRAM}, which is not on this machine"
            " (Debian: apt install postgresql-client)"
        )
    with tempfile.TemporaryDirectory() as folder:
        words = ("--format=custom", "--no-password", f"--file={draft}")
        where = f"--dbname={_address(url, Path(folder))}"
        # a PGPASSWORD of the machine's would be believed before the file with ours
        command = ("env", "-u", "PGPASSWORD", program) if "passfile=" in where else (program,)
        process = await asyncio.create_subprocess_exec(*command, *words, where, stderr=PIPE)
        _, errors = await process.communicate()
    if process.returncode:
        said = errors.decode(errors="replace").strip().splitlines()
        raise CannotBackUp(said[0] if said else f"{PROGRAM} ended with {process.returncode}")


def _address(url: str, folder: Path) -> str:
    """Return where the database is in libpq's words; a password is in a file, not in `ps`."""
    told: dict[str, Any] = configuration(url)["connections"][POSTGRES]["credentials"]
    words = {
        "host": told["host"],
        "port": told["port"],
        "user": told["user"],
        "dbname": told["database"],
        "sslmode": told.get("ssl"),
    }
    if told["password"]:
        file = folder / "passwords"
        file.touch(mode=OWNER_ONLY)
        file.write_text(f"*:*:*:*:{_escaped(told['password'], ':')}\n")
        words["passfile"] = file
    given = ((name, value) for name, value in words.items() if value)
    return " ".join(f"{name}='{_escaped(str(value), QUOTE)}'" for name, value in given)


def _escaped(value: str, mark: str) -> str:
    """Return a value in which backslashes and one mark stand for themselves."""
    return value.replace("\\", "\\\\").replace(mark, f"\\{mark}")
