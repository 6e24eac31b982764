"""The chronicle: one line of the log for each step of a booking and of its money."""

from bot import logs
from db.trace import Trace, following
from db.witness import ClaimRefused, Fact

log = logs.get(__name__)


def write(fact: Fact, of: Trace | None) -> None:
    """Write down what was committed, under the trace that led to it."""
    with following(of):
        if isinstance(fact, ClaimRefused):
            log.info("time taken by somebody else")
            return
        known = {"booking": fact.reference} if fact.reference else {}
        amount = {"minor": fact.minor, "currency": fact.currency}
        log.info("%s %s", fact.what, fact.state, **known, **amount)
