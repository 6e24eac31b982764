"""What a comparison with Stripe found and did, as plain data: printed, sent, or kept."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

from booking.money import Money

MOST_LISTED: Final = 40
"""So many differences are listed one by one in what is sent or kept; all are counted."""


class Checked(StrEnum):
    """What was looked at."""

    PAYMENTS = "payments"
    REFUNDS = "refunds"
    EVENTS = "events"
    BOOKINGS = "bookings"


class Found(StrEnum):
    """How our books differed from what is true."""

    PAID = "paid"
    """Paid at Stripe, and our books did not know."""
    STRANGER = "stranger"
    """Paid at Stripe with our metadata, for a booking or on a session we do not know."""
    PROCESSING = "processing"
    """The buyer is done, and our books did not know."""
    FAILED = "failed"
    """A delayed payment has failed, and our books did not know."""
    EXPIRED = "expired"
    """The session has expired, and our books did not know."""
    UNSAVED = "unsaved"
    """Stripe made the session, and its answer was lost."""
    PAYABLE = "payable"
    """Can be paid at Stripe, though nobody is to pay it any more."""
    FEE = "fee"
    """Fee, net amount or charge were not known when the payment was."""
    UNUSED = "unused"
    """Paid in our books, too, and its booking is not confirmed."""
    MISSING = "missing"
    """Our books have a payment that Stripe does not have."""
    AMOUNT = "amount"
    """Stripe has another amount than our books."""
    REFUND = "refund"
    """A refund at Stripe is not in our books, or stands differently there."""
    REFUND_MISSING = "refund_missing"
    """Our books have a refund that Stripe does not have."""
    REFUND_UNASKED = "refund_unasked"
    """A refund was written down long ago, and Stripe has not been asked for it."""
    EVENT = "event"
    """An event was not delivered."""
    SEATS_LOST = "seats_lost"
    """A booking to come has not the seats it was promised."""
    SEATS_KEPT = "seats_kept"
    """A booking that has ended still takes seats."""


class Done(StrEnum):
    """What was done about a difference."""

    BOOKED = "booked"
    """Our books agree now."""
    PARKED = "parked"
    """Booked, and a person decides what becomes of it."""
    CLOSED = "closed"
    """Nobody can pay it any more."""
    TAKEN_IN = "taken_in"
    """Its work is under way."""
    NOTHING = "nothing"
    """A person must look at it."""
    WOULD = "would"
    """Nothing was changed: it was only looked at."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: what it was, of which booking, and what was done."""

    found: Found
    done: Done
    reference: str = ""
    about: str = ""
    """Its id at Stripe."""
    amount: Money | None = None

    @property
    def needs_person(self) -> bool:
        """Tell whether it could not be repaired without a person."""
        return self.done == Done.NOTHING

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        amount = (self.amount.minor, self.amount.currency) if self.amount else None
        return {
            "found": self.found,
            "done": self.done,
            "reference": self.reference,
            "about": self.about,
            "amount": amount,
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote."""
        amount = Money(*data["amount"]) if data["amount"] else None
        found, done = Found(data["found"]), Done(data["done"])
        return cls(found, done, data["reference"], data["about"], amount)


@dataclass(slots=True, kw_only=True)
class Report:
    """A comparison: filled in as it goes on, so that it says how far it got."""

    since: datetime
    at: datetime
    dry: bool = False
    checked: Counter[Checked] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    found: Counter[Found] = field(default_factory=Counter)
    drift: Counter[str] = field(default_factory=Counter)
    """Our books less Stripe's, paid less given back, in minor units by currency."""
    stopped: str = ""
    """Why it did not go to its end; "" when it did."""

    def tell(self, difference: Difference) -> None:
        """Add a difference."""
        self.found[difference.found] += 1
        self.differences.append(difference)

    def weigh(self, currency: str, *, ours: int, stripes: int) -> None:
        """Add what our books and Stripe's have of one payment or refund."""
        self.drift[currency] += ours - stripes

    def drifts(self, currency: str) -> list[Money]:
        """Return the drift in the shop's currency, and in others where there is any."""
        others = sorted(name for name, minor in self.drift.items() if minor and name != currency)
        return [Money(self.drift[name], name) for name in (currency, *others)]

    @property
    def agrees(self) -> bool:
        """Tell whether the comparison went to its end and our books agree with Stripe's."""
        return not self.stopped and not any(self.drift.values())

    def as_json(self) -> dict[str, Any]:
        """Return plain data: some differences, those for a person first, and the count of all."""
        urgent = sorted(self.differences, key=lambda one: not one.needs_person)
        return {
            "since": self.since.isoformat(),
            "at": self.at.isoformat(),
            "dry": self.dry,
            "checked": dict(self.checked),
            "differences": [one.as_json() for one in urgent[:MOST_LISTED]],
            "found": dict(self.found),
            "drift": dict(self.drift),
            "stopped": self.stopped,
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote."""
        return cls(
            since=datetime.fromisoformat(data["since"]),
            at=datetime.fromisoformat(data["at"]),
            dry=data["dry"],
            checked=Counter({Checked(name): many for name, many in data["checked"].items()}),
            differences=[Difference.of(one) for one in data["differences"]],
            found=Counter({Found(name): many for name, many in data["found"].items()}),
            drift=Counter(data["drift"]),
            stopped=data["stopped"],
        )
