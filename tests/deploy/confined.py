"""Run a command under what a unit forbids: python -m tests.deploy.confined UNIT -- COMMAND.

systemd does not run in a container or a test, but its filters are seccomp's, and those anybody may
lay on himself: the calls of SystemCallFilter, the sockets of RestrictAddressFamilies, the memory of
MemoryDenyWriteExecute, no clone3 as RestrictNamespaces has it, and the limits.
"""

import ctypes
import ctypes.util
import errno
import os
import resource
import socket
import subprocess
import sys
from pathlib import Path

ALLOW, REFUSE = 0x7FFF0000, 0x00050000
EQUAL, GREATER, MASKED = 4, 6, 7
FAMILIES = 46
WRITE, EXECUTE, SHARED_EXECUTE = 2, 4, 0o100000
NO_NEW_PRIVILEGES = 38


class Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def directives(unit: Path) -> list[tuple[str, str]]:
    """Every line of a unit that says something, in its order."""
    lines = [line.strip() for line in unit.read_text().splitlines()]
    told = [line.partition("=") for line in lines if line and line[0] not in "#["]
    return [(key, value) for key, _, value in told]


def members(group: str) -> set[str]:
    """The calls of one of systemd's groups, with those of the groups in it."""
    if not group.startswith("@"):
        return {group}
    words = ["systemd-analyze", "syscall-filter", group]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()
    names = [line.strip() for line in told[1:] if line.strip() and "#" not in line]
    return {call for name in names for call in members(name)}


def permitted(unit: Path) -> set[str]:
    """The system calls a unit leaves."""
    calls = members("@default")
    for value in (value for key, value in directives(unit) if key == "SystemCallFilter"):
        found = {call for group in value.removeprefix("~").split() for call in members(group)}
        calls = calls - found if value.startswith("~") else calls | found
    return calls


class Filter:
    def __init__(self, default: int) -> None:
        self._library = ctypes.CDLL(ctypes.util.find_library("seccomp"))
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._context = ctypes.c_void_p(self._library.seccomp_init(default))

    def rule(self, action: int, call: str, *comparison: int) -> None:
        number = self._library.seccomp_syscall_resolve_name(call.encode())
        if number < 0:  # of another machine's architecture
            return
        given = (Comparison * 1)(Comparison(*comparison)) if comparison else None
        count = 1 if comparison else 0
        done = self._library.seccomp_rule_add_array(self._context, action, number, count, given)
        assert done == 0, (call, done)

    def load(self) -> None:
        assert self._library.seccomp_load(self._context) == 0


def refusals(told: dict[str, str]) -> Filter:
    """What is refused of calls that are permitted."""
    found = Filter(ALLOW)
    families = told["RestrictAddressFamilies"].split()
    known = {int(getattr(socket, name)) for name in families}
    for family in set(range(FAMILIES)) - known:
        found.rule(REFUSE | errno.EAFNOSUPPORT, "socket", 0, EQUAL, family)
    found.rule(REFUSE | errno.EAFNOSUPPORT, "socket", 0, GREATER, FAMILIES - 1)
    if told.get("MemoryDenyWriteExecute") == "yes":
        both = WRITE | EXECUTE
        found.rule(REFUSE | errno.EPERM, "mmap", 2, MASKED, both, both)
        found.rule(REFUSE | errno.EPERM, "mprotect", 2, MASKED, EXECUTE, EXECUTE)
        found.rule(REFUSE | errno.EPERM, "pkey_mprotect", 2, MASKED, EXECUTE, EXECUTE)
        found.rule(REFUSE | errno.EPERM, "shmat", 2, MASKED, SHARED_EXECUTE, SHARED_EXECUTE)
    if told.get("RestrictNamespaces") == "yes":
        found.rule(REFUSE | errno.ENOSYS, "clone3")
    return found


def confine(unit: Path) -> None:
    """Give up, for good, what the unit takes away."""
    told = dict(directives(unit))
    calls = permitted(unit)
    for key, limit in (
        ("LimitNOFILE", resource.RLIMIT_NOFILE),
        ("LimitCORE", resource.RLIMIT_CORE),
    ):
        if key in told:
            resource.setrlimit(limit, (int(told[key]), int(told[key])))
    os.umask(int(told["UMask"], 8))
    assert ctypes.CDLL(None).prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
    refusals(told).load()
    allowed = Filter(REFUSE | errno.EPERM)
    for call in calls:
        allowed.rule(ALLOW, call)
    allowed.load()


if __name__ == "__main__":
    confine(Path(sys.argv[1]))
    os.execvp(sys.argv[3], sys.argv[3:])
