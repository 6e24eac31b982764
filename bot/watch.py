"""Who is told of what goes on here: nobody, unless the composition root brings somebody."""

from collections.abc import Callable

from bot.outside import Outcome
from db.jobs import Job
from db.trace import Trace

Calls = Callable[[str, Outcome, float], None]
"""Is told of a call to the outside: its method, how it ended, and the seconds it took."""
Count = Callable[[str], None]
"""Is told how something ended."""
Runs = Callable[[str, Job, str, float], None]
"""Is told of a job that was run: its class, itself, how it ended, and the seconds it took."""
Taps = Callable[[Trace | None], None]
"""Is told that what a trace began with has come so far."""


def nobody(*_: object) -> None:
    """Be told, and do nothing."""
