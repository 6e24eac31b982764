"""Laws about states, messages and the record: nothing waits for ever, and all is written down."""

from datetime import timedelta
from typing import Final

from db.job_facts import RECEIPT
from db.law import PAID, SERVED, UNCONFIRMED, Law
from db.seat_facts import ENDED
from db.states import BookingState, among

OUTBOX_KEPT: Final = timedelta(days=7)
"""A receipt is looked for so far back: later its job is forgotten, and so may its customer be."""
_STATES: Final = among(BookingState)
_LOGGED: Final = "EXISTS (SELECT 1 FROM audit WHERE audit.reference = booking.reference AND action"
_REFUNDED: Final = (
    "EXISTS (SELECT 1 FROM attempt JOIN refund ON refund.attempt_id = attempt.id"
    " WHERE attempt.booking_id = booking.id)"
)
_RECEIPT: Final = ", ".join(f"'{one}:' || booking.id" for one in RECEIPT)

STATES: Final = (
    Law(
        "waits for its payment, and nothing will ever let it go",
        "SELECT reference FROM booking WHERE status IN ('held', 'awaiting_payment') AND NOT EXISTS"
        " (SELECT 1 FROM job WHERE key = 'hold:' || booking.id AND done_at IS NULL"
        " AND dead_at IS NULL)",
        since=None,
    ),
    Law(
        "is held a day longer than it was promised",
        "SELECT reference FROM booking WHERE status IN ('held', 'awaiting_payment')"
        " AND held_until < ?",
        since=timedelta(days=1),
    ),
    Law(
        "is of somebody who was erased and is named all the same",
        "SELECT reference FROM booking JOIN customer ON customer.id = booking.customer_id"
        " WHERE telegram_id < 0 AND (name IS NOT NULL OR phone IS NOT NULL OR email IS NOT NULL"
        " OR EXISTS (SELECT 1 FROM search_key WHERE search_key.customer_id = customer.id))",
        since=None,
    ),
    Law(
        "is confirmed, and no receipt was ever written",
        "SELECT reference FROM booking WHERE confirmed_at > ? AND status = 'confirmed'"
        " AND NOT EXISTS (SELECT 1 FROM job WHERE key = 'receipt_text:' || booking.id)"
        " AND NOT EXISTS (SELECT 1 FROM told WHERE told.booking_id = booking.id"
        " AND told.kind = 'receipt_text')",
        since=OUTBOX_KEPT,
    ),
    Law(
        "stands where nothing says when and why it came there",
        f"SELECT reference FROM booking WHERE (status IN {SERVED} AND confirmed_at IS NULL)"
        f" OR (status IN {ENDED}) <> (ended_at IS NOT NULL)"
        f" OR (status IN {ENDED}) <> (end_reason <> '') OR status NOT IN {_STATES}",
        since=None,
    ),
    Law(
        "has a change the audit log does not know",
        f"SELECT reference FROM booking WHERE NOT {_LOGGED} = 'hold')"
        f" OR (confirmed_at IS NOT NULL AND NOT {_LOGGED} = 'confirm'))"
        f" OR (status = 'completed' AND NOT {_LOGGED} = 'complete'))"
        f" OR (status IN {ENDED} AND NOT {_LOGGED}"
        " IN ('release', 'cancel', 'payment failed', 'return payment')))"
        f" OR ({_REFUNDED} AND NOT {_LOGGED} LIKE 'refund%')"
        f" AND NOT {_LOGGED} IN ('cancel', 'return payment')))"
        f" OR (EXISTS (SELECT 1 FROM attempt WHERE {PAID})"
        f" AND NOT {_LOGGED} = 'confirm') AND NOT {_LOGGED} LIKE 'park %'))",
        since=None,
    ),
    Law(
        "has its receipt in somebody else's chat",
        "SELECT DISTINCT reference FROM booking JOIN customer ON customer.id = booking.customer_id"
        f" JOIN job ON job.key IN ({_RECEIPT}) WHERE telegram_id > 0"
        " AND job.lane <> 'out:' || telegram_id",
        since=None,
    ),
    Law(
        "is not confirmed and says when it was",
        f"SELECT reference FROM booking WHERE confirmed_at IS NOT NULL AND status IN {UNCONFIRMED}",
        since=None,
    ),
    Law(
        "took place before its time was over",
        "SELECT DISTINCT booking.reference FROM booking"
        " JOIN audit ON audit.reference = booking.reference"
        " WHERE status = 'completed' AND action = 'complete' AND audit.at < booking.\"end\"",
        since=None,
    ),
    Law(
        "is of somebody whom no search finds",
        "SELECT reference FROM booking JOIN customer ON customer.id = booking.customer_id"
        " WHERE (phone IS NOT NULL OR email IS NOT NULL) AND NOT EXISTS"
        " (SELECT 1 FROM search_key WHERE search_key.customer_id = customer.id)",
        since=None,
    ),
)
