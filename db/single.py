"""One bot a SQLite file: a lock the system gives back even after kill -9."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.lost import refuse_if_lost


class AlreadyRunning(Exception):
    """Another bot uses this database; says which process on which host."""


@contextmanager
def only_bot_on(path: Path, *, begins_anew: bool = False) -> Iterator[None]:
    """Hold the lock beside a SQLite file; raise AlreadyRunning naming the holder, or FileLost."""
    refuse_if_lost(path, begins_anew=begins_anew)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.lock")
    with beside.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunning(f"{path} is used by another bot: {_holder(beside)}") from None
        lock.seek(0)
        lock.truncate()
        json.dump({"pid": os.getpid(), "host": socket.gethostname()}, lock)
        lock.flush()
        try:
            yield
        finally:
            lock.seek(0)
            lock.truncate()


def _holder(beside: Path) -> str:
    try:
        holder = json.loads(beside.read_text())
        return f"process {holder['pid']} on {holder['host']}"
    except (ValueError, KeyError, TypeError):
        return "an unknown process"
