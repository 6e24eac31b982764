"""Planned faults: what goes wrong with which calls, and how often."""

import re
from dataclasses import dataclass

from sandbox.telegram.errors import (
    ApiError,
    SandboxError,
    bad_request,
    forbidden,
    too_many_requests,
)

KINDS = (
    "400:<words>, 401, 403, 403:<words>, 404, 409, 429:<seconds>, 500, 502, html, timeout, silent, "
    "lost, cut, slow:<seconds>"
)
NUMBERED = frozenset({"429", "slow"})
WORDED = frozenset({"400", "403"})
PLAIN = frozenset(
    {"401", "403", "404", "409", "500", "502", "html", "timeout", "silent", "lost", "cut"}
)
ERRORS = {
    "401": "Unauthorized",
    "404": "Not Found",
    "409": "Conflict: terminated by other getUpdates request; make sure that only one bot instance "
    "is running",
    "500": "Internal Server Error",
    "502": "Bad Gateway",
}
BLOCKED = "bot was blocked by the user"


@dataclass
class Fault:
    """Spoil calls that match a regular expression, as `sendMessage 71`, a number of times.

    `400:<words>`, `401`, `403` (blocked), `403:<words>`, `404`, `409`, `429:<seconds>`, `500`,
    `502`, `html` (a proxy's page with 502), `timeout`: nothing is done; `slow:<seconds>` (done
    later), `silent` (done, then hangs), `lost` (done, the connection drops), `cut` (done, the
    answer breaks off).
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
        words = self.kind.partition(":")[2]
        if self.name == "429":
            return too_many_requests(int(self.seconds))
        if self.name == "400":
            return bad_request(words)
        if self.name == "403":
            return forbidden(words or BLOCKED)
        if self.name in ERRORS:
            return ApiError(int(self.name), ERRORS[self.name])
        return None


class Faults:
    """Keep the plan."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []

    def add(self, *, match: str, kind: str, times: int = 1) -> Fault:
        """Plan a fault for the next matching calls."""
        fault = Fault(match, kind, times)
        more = kind.partition(":")[2]
        if fault.name not in (NUMBERED | WORDED if more else PLAIN | NUMBERED):
            raise SandboxError(f"unknown kind of fault {kind!r}; known: {KINDS}")
        try:
            re.compile(match)
            float(more if more and fault.name in NUMBERED else 0)
        except (re.error, ValueError) as error:
            raise SandboxError(f"cannot plan {kind!r} for {match!r}: {error}") from None
        if times < 1:
            raise SandboxError("times must be at least 1")
        self.planned.append(fault)
        return fault

    def take(self, call: str) -> Fault | None:
        """Use up one turn of the first fault that fits a call: its method, and its chat if any."""
        for fault in self.planned:
            if fault.times > 0 and re.search(fault.match, call, re.IGNORECASE):
                fault.times -= 1
                return fault
        return None
