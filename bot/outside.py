"""How an outside does: whether its last call went well, since when, and what went wrong last."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from booking.ports import Clock


class Outcome(StrEnum):
    """How a call to Telegram or Stripe ended."""

    OK = "ok"
    REFUSED = "refused"
    """It answered, and did not do it: 4xx."""
    LIMITED = "limited"
    """It asks us to slow down: 429."""
    UNAUTHORIZED = "unauthorized"
    """It does not know our token or key: 401."""
    FAILED = "failed"
    """It answered with an error of its own: 5xx."""
    UNSENT = "unsent"
    """It could not be reached: nothing was sent."""
    TIMEOUT = "timeout"
    """It did not answer in time: what became of the call is unknown."""
    CUT = "cut"
    """The connection broke: what became of the call is unknown."""


ANSWERS: Final = (Outcome.OK, Outcome.REFUSED, Outcome.LIMITED)
"""Outcomes of an outside that is there and works for us."""
UNAUTHORIZED: Final = 401
LIMITED: Final = 429
WRONG: Final = 400
BROKEN: Final = 500


def outcome_of(status: int) -> Outcome:
    """Return the outcome an HTTP status stands for."""
    if status < WRONG:
        return Outcome.OK
    if status >= BROKEN:
        return Outcome.FAILED
    named = {UNAUTHORIZED: Outcome.UNAUTHORIZED, LIMITED: Outcome.LIMITED}
    return named.get(status, Outcome.REFUSED)


@dataclass(slots=True)
class Outside:
    """Keep how one outside does, and tell `then` of every call, too."""

    clock: Clock
    then: Callable[[str, Outcome, float], None]
    state: str = "unknown"
    since: datetime | None = None
    last_error: Outcome | None = None
    last_error_at: datetime | None = None

    def __call__(self, method: str, outcome: Outcome, seconds: float) -> None:
        """Note how a call went."""
        self.then(method, outcome, seconds)
        state = "ok" if outcome in ANSWERS else "down"
        if state == "down":
            self.last_error, self.last_error_at = outcome, self.clock.now()
        if state != self.state:
            self.state, self.since = state, self.clock.now()

    def as_json(self) -> dict[str, Any]:
        """Return plain data; nothing in it is secret."""
        error = None
        if self.last_error is not None and self.last_error_at is not None:
            error = {"kind": self.last_error, "at": self.last_error_at.isoformat()}
        since = self.since.isoformat() if self.since else None
        return {"state": self.state, "since": since, "last_error": error}
