"""Planned faults: what goes wrong with which calls, and how often."""

import re
from dataclasses import dataclass

from sandbox.telegram.errors import ApiError, SandboxError, forbidden, too_many_requests

KINDS = "429:<seconds>, 403, 500, 502, timeout, lost, cut, slow:<seconds>"
NUMBERED = frozenset({"429", "slow"})
PLAIN = frozenset({"403", "500", "502", "timeout", "lost", "cut"})
SERVER_ERRORS = {"500": "Internal Server Error", "502": "Bad Gateway"}


@dataclass
class Fault:
    """Spoil calls of methods that match a regular expression, a number of times.

    `429:<seconds>`, `403`, `500`, `502`, `timeout` (nothing is done), `slow:<seconds>` (done
    later), `lost` (done, the connection drops), `cut` (done, the answer breaks off).
    """

    match: str
    kind: str
    times: int = 1

    @property
    def name(self) -> str:
        """The kind without its number."""
        return self.kind.partition(":")[0]

    @property
    def seconds(self) -> float:
        """The number of the kind."""
        return float(self.kind.partition(":")[2] or 1)

    def error(self) -> ApiError | None:
        """Give the error answered instead of doing the call, if the kind is one."""
        if self.name == "429":
            return too_many_requests(int(self.seconds))
        if self.name == "403":
            return forbidden("bot was blocked by the user")
        if self.name in SERVER_ERRORS:
            return ApiError(int(self.name), SERVER_ERRORS[self.name])
        return None


class Faults:
    """Keep the plan."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []

    def add(self, *, match: str, kind: str, times: int = 1) -> Fault:
        """Plan a fault for the next matching calls."""
        fault = Fault(match, kind, times)
        number = kind.partition(":")[2]
        if fault.name not in (NUMBERED if number else PLAIN | NUMBERED):
            raise SandboxError(f"unknown kind of fault {kind!r}; known: {KINDS}")
        try:
            re.compile(match)
            float(number or 0)
        except (re.error, ValueError) as error:
            raise SandboxError(f"cannot plan {kind!r} for {match!r}: {error}") from None
        if times < 1:
            raise SandboxError("times must be at least 1")
        self.planned.append(fault)
        return fault

    def take(self, method: str) -> Fault | None:
        """Use up one turn of the first fault that fits a method."""
        for fault in self.planned:
            if fault.times > 0 and re.search(fault.match, method, re.IGNORECASE):
                fault.times -= 1
                return fault
        return None
