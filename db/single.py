"""One bot a SQLite file: a lock the system gives back even after kill -9."""

import fcntl
import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from db.lost import USED, lock_of, read_lock, refuse_if_lost


class AlreadyRunning(Exception):
    """Another bot uses this database; says which process on which host."""


@contextmanager
def only_bot_on(path: Path, *, begins_anew: bool = False) -> Iterator[Callable[[], None]]:
    """Hold the lock beside a SQLite file; raise AlreadyRunning naming the holder, or FileLost.

    What is given is called once there is a shop in the file: from then on it can be lost.
    """
    refuse_if_lost(path, begins_anew=begins_anew)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = lock_of(path)
    with beside.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunning(f"{path} is used by another bot: {_holder(beside)}") from None
        used = {USED: bool(read_lock(beside).get(USED)) and path.exists()}
        holder = {"pid": os.getpid(), "host": socket.gethostname()}

        def is_used() -> None:
            used[USED] = True
            _write(lock, holder | used)

        _write(lock, holder | used)
        try:
            yield is_used
        finally:
            with suppress(OSError):  # the disk is full: the lock is let go all the same
                _write(lock, used)


def _write(lock: TextIO, said: Mapping[str, object]) -> None:
    lock.seek(0)
    lock.truncate()
    json.dump(said, lock)
    lock.flush()


def _holder(beside: Path) -> str:
    said = read_lock(beside)
    if "pid" not in said:
        return "an unknown process"
    return f"process {said['pid']} on {said.get('host')}"
