"""Files of secrets: whole or not at all, and never readable by others, not even for a moment."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

OWNER_ONLY: Final = 0o600


def create(file: Path, text: str) -> None:
    """Write a new file for its owner alone; raise FileExistsError when there is one."""
    draft = _draft(file, text)
    try:
        file.hardlink_to(draft)
    finally:
        draft.unlink()


def overwrite(file: Path, text: str) -> None:
    """Put a file for its owner alone in the place of an old one."""
    _draft(file, text).replace(file)


def replace(file: Path, text: str) -> None:
    """Put other text into a file that keeps its owner and mode: a service must read it after us."""
    old = file.stat()
    draft = _draft(file, text)
    try:
        new = draft.stat()
        if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            os.chown(draft, old.st_uid, old.st_gid)
        draft.chmod(old.st_mode & 0o7777)
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def set_aside(file: Path) -> Path:
    """Give a file a second name that is free, with .bak at its end; return it."""
    number = 1
    while True:
        spare = file.with_name(f"{file.name}.bak{number if number > 1 else ''}")
        try:
            spare.hardlink_to(file)
        except FileExistsError:
            number += 1
        else:
            return spare


def read(file: Path, *, most: int) -> str:
    """Return the text of a file of at most so many bytes, all of it; raise OSError, ValueError."""
    with file.open("rb") as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(file))
    return content.decode()


@contextmanager
def in_place_of(file: Path) -> Iterator[TextIO]:
    """Give a stream, all of which takes the place of a file once it is on the disk, or nothing.

    A new file is its owner's alone; an old one keeps its mode, but for what others could do.
    """
    file = file.resolve()  # a link goes on leading there
    draft = _name_of_draft(file)
    with _opened(draft) as stream:
        yield stream
    if file.exists():
        draft.chmod(file.stat().st_mode & 0o770)
    draft.replace(file)


def _draft(file: Path, text: str) -> Path:
    draft = _name_of_draft(file)
    with _opened(draft) as stream:
        stream.write(text)
    return draft


def _name_of_draft(file: Path) -> Path:
    return file.with_name(f".{file.name}.{secrets.token_hex(4)}")


@contextmanager
def _opened(draft: Path) -> Iterator[TextIO]:
    """Open a new file for its owner alone; it is on the disk after the block, or gone."""
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:  # a full disk or Ctrl-C leaves no litter
        draft.unlink(missing_ok=True)
        raise
