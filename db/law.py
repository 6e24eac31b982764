"""What a law of the books is, and the words its questions share."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from db.states import BookingState, RefundState, among

CELL_MS: Final = 300_000


@dataclass(frozen=True, slots=True)
class Law:
    """What is wrong with a booking, and the question that finds such bookings."""

    wrong: str
    query: str
    since: timedelta | None = timedelta()
    """How long before now the instant lies that the question is asked with; None without one."""


SERVED: Final = among((BookingState.CONFIRMED, BookingState.COMPLETED, BookingState.NO_SHOW))
UNCONFIRMED: Final = among(
    (BookingState.HELD, BookingState.AWAITING_PAYMENT, BookingState.PROCESSING)
)
PAID: Final = "attempt.booking_id = booking.id AND attempt.state = 'succeeded'"
_COUNTS: Final = among(one for one in RefundState if one.counts)
BACK: Final = (
    "COALESCE((SELECT sum(amount_minor) FROM refund"
    f" WHERE refund.attempt_id = attempt.id AND refund.state IN {_COUNTS}), 0)"
)
"""What of a payment has gone back, or is on its way."""
IN_HAND: Final = (
    "(EXISTS (SELECT 1 FROM refund WHERE refund.attempt_id = attempt.id"
    " AND refund.state IN ('failed', 'canceled'))"
    " OR EXISTS (SELECT 1 FROM dispute WHERE dispute.attempt_id = attempt.id))"
)
"""Money that could not go back, or that a bank decides about: a person knows of it."""
