"""What a cancellation gives back, and until when."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from booking.money import Money, percent_of, round_chargeable


class Step(Protocol):
    """At least `hours` before the start, `refund` per cent is given back."""

    @property
    def hours(self) -> int:
        """Hours of notice, counted in elapsed time."""
        ...

    @property
    def refund(self) -> int:
        """Per cent of what was paid."""
        ...


class Deadline(NamedTuple):
    """Up to and including `until`, a cancellation gives `percent` back."""

    until: datetime
    percent: int


class Accepted(NamedTuple):
    """A step as a booking remembers it: what the shop changes later does not count."""

    hours: int
    refund: int


def accepted(snapshot: Mapping[str, Any]) -> list[Accepted]:
    """Return the policy the customer accepted, from the snapshot of their booking."""
    return [Accepted(hours, refund) for hours, refund in snapshot.get("policy", ())]


def explain(steps: Sequence[Step], start: datetime) -> list[Deadline]:
    """Return the deadlines of a start (UTC), the earliest first; after the last one it is 0 %."""
    return sorted(Deadline(start - timedelta(hours=step.hours), step.refund) for step in steps)


def refund_percent(steps: Sequence[Step], start: datetime, at: datetime) -> int:
    """Return the per cent given back when a booking is cancelled at a moment."""
    return next((percent for until, percent in explain(steps, start) if at <= until), 0)


def refund_amount(paid: Money, percent: int) -> Money:
    """Return what a per cent of a payment is, as an amount Stripe can give back."""
    return min(round_chargeable(percent_of(paid, percent)), paid)
