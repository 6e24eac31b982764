"""What happened, told to whoever counts or logs it once it is committed; nothing waits for them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from db import trace
from db.trace import Trace
from db.transactions import after_commit


@dataclass(frozen=True, slots=True)
class Moved:
    """A booking, payment, refund or dispute came into a state, or began in it."""

    what: str
    state: str
    currency: str
    minor: int
    reference: str
    """The booking's; "" where who tells does not know it."""


@dataclass(frozen=True, slots=True)
class ClaimRefused:
    """A customer did not get the time they chose: somebody was quicker."""


Fact = Moved | ClaimRefused
Witness = Callable[[Fact, Trace | None], None]
_witnesses: dict[Witness, None] = {}


def subscribe(witness: Witness) -> Callable[[], None]:
    """Call `witness` with every fact and the trace it belongs to; return an undo."""
    _witnesses[witness] = None

    def undo() -> None:
        _witnesses.pop(witness, None)

    return undo


def tell(fact: Fact) -> None:
    """Tell of a fact once the open transaction is committed; at once when none is open."""
    after_commit(partial(_tell, fact, trace.current()))


def _tell(fact: Fact, of: Trace | None) -> None:
    for witness in tuple(_witnesses):
        witness(fact, of)
