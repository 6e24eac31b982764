"""Processes of this machine: how one is named, and whether the one of a name runs no more.

A name says where its number counts, as proc(5) has it: the boot of the machine and the space of
process ids, which a container has for itself. Of processes elsewhere nobody here knows anything.
"""

import hashlib
import os
from functools import cache
from pathlib import Path
from typing import Final

LENGTH: Final = 14
_WHERE, _NUMBER = slice(0, 4), slice(4, 10)
_PROC: Final = Path("/proc")
_STATE, _STARTED = 0, 19
"""Places behind the name of a program in its stat."""


def who_am_i() -> str:
    """Return the name of this process, in 14 hex digits; "" when the machine tells nothing."""
    return _name(os.getpid())


def is_gone(name: str) -> bool:
    """Tell whether a process is known to run no more; False for those of other machines."""
    if len(name) != LENGTH or not _where() or name[_WHERE] != _where():
        return False
    number = int(name[_NUMBER], 16)
    there = _name(number)
    return there != name if there else not _is_hidden(number)


def _name(number: int) -> str:
    """Return the name of a process of this machine: where, its number, and when it began."""
    try:
        told = (_PROC / str(number) / "stat").read_bytes()
    except OSError:
        return ""
    about = told.rpartition(b")")[2].split()
    is_there = bool(_where()) and about[_STATE] not in {b"Z", b"X"}
    return f"{_where()}{number:06x}{int(about[_STARTED]) & 0xFFFF:04x}" if is_there else ""


def _is_hidden(number: int) -> bool:
    """Tell whether a process runs that /proc does not show: one of another user, by its mount."""
    if (_PROC / str(number)).exists():
        return False
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


@cache
def _where() -> str:
    """Return what is the same for all processes that can see one another; "" when unknown."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text()
        space = (_PROC / "self/ns/pid").stat().st_ino
    except OSError:
        return ""
    return hashlib.sha256(f"{boot}{space}".encode()).hexdigest()[:4]
