"""Laws about money: what is kept was paid for a booking, what is not kept goes back."""

from datetime import timedelta
from typing import Final

from db.attempt_facts import UNUSED
from db.law import BACK, IN_HAND, PAID, SERVED, Law
from db.seat_facts import ENDED
from db.states import AttemptState, among

SETTLING: Final = timedelta(minutes=5)
"""Work under way may take so long to say what becomes of money that came late."""
_PAYABLE: Final = among(one for one in AttemptState if one.is_payable)


def _no_currency(table: str) -> str:
    """Return the condition that a currency is not three capital letters."""
    currency = f"{table}.currency"
    strange = [f"substr({currency}, {place}, 1) NOT BETWEEN 'A' AND 'Z'" for place in (1, 2, 3)]
    wrong = [f"length({currency}) <> 3", f"{currency} <> upper({currency})", *strange]
    return f"({' OR '.join(wrong)})"


MONEY: Final = (
    Law(
        "is confirmed though nothing was paid",
        f"SELECT reference FROM booking WHERE status IN {SERVED} AND due_minor + tip_minor > 0"
        f" AND NOT EXISTS (SELECT 1 FROM attempt WHERE {PAID})",
        since=None,
    ),
    Law(
        "is confirmed though something else was paid",
        "SELECT DISTINCT reference FROM booking JOIN attempt ON attempt.booking_id = booking.id"
        f" WHERE status IN {SERVED} AND attempt.state = 'succeeded'"
        " AND (paid_minor <> due_minor + tip_minor OR attempt.currency <> booking.currency)"
        # what did not fit was shown to a person, who decided
        " AND NOT EXISTS (SELECT 1 FROM review WHERE review.session_id = attempt.session_id)",
        since=None,
    ),
    Law(
        "is paid and not confirmed",
        # both are one commit; what does not fit stands so until a person has answered
        "SELECT DISTINCT reference FROM attempt JOIN booking ON booking.id = attempt.booking_id"
        f" WHERE {UNUSED}",
        since=None,
    ),
    Law(
        "has more given back than was paid",
        "SELECT DISTINCT reference FROM attempt JOIN booking ON booking.id = attempt.booking_id"
        f" WHERE {BACK} > paid_minor",
        since=None,
    ),
    Law(
        "has ended, and its money is neither on its way back nor waits for somebody",
        "SELECT DISTINCT reference FROM attempt JOIN booking ON booking.id = attempt.booking_id"
        f" WHERE attempt.state = 'succeeded' AND status IN {ENDED} AND paid_at < ?"
        # called off after it was confirmed: what goes back then was agreed to
        " AND NOT (end_reason IN ('customer', 'shop') AND confirmed_at IS NOT NULL)"
        f" AND {BACK} < paid_minor"
        f" AND NOT {IN_HAND}"
        " AND NOT EXISTS (SELECT 1 FROM review WHERE review.session_id = attempt.session_id"
        " AND (closed_at IS NULL OR answer IN ('used', 'accepted')))",
        since=SETTLING,
    ),
    Law(
        "can be paid more than once",
        "SELECT reference FROM booking JOIN attempt ON attempt.booking_id = booking.id"
        f" WHERE attempt.state IN {_PAYABLE} GROUP BY reference HAVING count(*) > 1",
        since=None,
    ),
    Law(
        "was told that money was given back, and none was",
        "SELECT DISTINCT reference FROM told JOIN booking ON booking.id = told.booking_id"
        " WHERE told.kind = 'refund_succeeded' AND NOT EXISTS (SELECT 1 FROM refund"
        " JOIN attempt ON attempt.id = refund.attempt_id WHERE attempt.booking_id = booking.id"
        " AND refund.state IN ('succeeded', 'failed', 'canceled'))",
        since=None,
    ),
    Law(
        "has an amount or a currency that can be none",
        "SELECT DISTINCT reference FROM booking"
        " LEFT JOIN attempt ON attempt.booking_id = booking.id"
        " WHERE attempt.amount_minor < 0 OR attempt.paid_minor < 0 OR price_minor < 0"
        " OR due_minor < 0 OR discount_minor < 0 OR onsite_minor < 0 OR tip_minor < 0"
        f" OR {_no_currency('attempt')} OR {_no_currency('booking')}",
        since=None,
    ),
    Law(
        "has a payment of another amount than was asked",
        "SELECT DISTINCT reference FROM attempt JOIN booking ON booking.id = attempt.booking_id"
        " WHERE attempt.state = 'succeeded' AND paid_minor <> amount_minor AND NOT EXISTS"
        " (SELECT 1 FROM review WHERE review.session_id = attempt.session_id)",
        since=None,
    ),
    Law(
        "has a payment that does not say on which page it was made, or when",
        "SELECT DISTINCT reference FROM attempt JOIN booking ON booking.id = attempt.booking_id"
        " WHERE (attempt.state IN ('open', 'processing', 'succeeded') AND session_id IS NULL)"
        " OR (attempt.state = 'succeeded') <> (paid_at IS NOT NULL)",
        since=None,
    ),
)
