"""What work is: what does it, how many at once, and how it says that it is not done."""

import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from db.jobs import Job

FIRST_RETRY_SECONDS: Final = 0.5
LONGEST_RETRY_SECONDS: Final = 30.0  # who waited for an outside is served soon after it is back
DONE: Final = "done"
Work = Callable[[Job], Awaitable[None]]
Alert = Callable[[Job, str], Awaitable[None]]


class Later(Exception):
    """The job is not done and asks to be run again after so many seconds; nothing is wrong."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class GiveUp(Exception):
    """The job can never be done: it is buried at once, with these words."""

    def __init__(self, words: str, *, alert: bool = True) -> None:
        super().__init__(words)
        self.words, self.alert = words, alert


def backoff(attempts: int) -> float:
    """Return the seconds until the next try: doubling, capped, between half and all of it."""
    ceiling = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * (1 << min(attempts - 1, 20)))
    return ceiling * (0.5 + secrets.randbelow(1000) / 2000)


@dataclass(frozen=True, slots=True)
class WorkClass:
    """Kinds of jobs that share a number of places, so that others do not wait for them."""

    name: str
    work: Mapping[str, Work]
    places: int
    seconds: float = 60
    """How long one run may take."""
    batch: int = 16

    @property
    def kinds(self) -> Collection[str]:
        """Return the kinds of jobs this class runs."""
        return self.work.keys()
