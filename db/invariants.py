"""What always holds in the books, as questions that name the bookings where it does not.

Whether Stripe agrees is another matter: that is compared by `reconcile`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from db.database import database
from db.fields import to_ms
from db.job_facts import RECEIPT
from db.seat_facts import ENDED, KEEPING, LACKING
from db.states import AttemptState, BookingState, RefundState, among
from db.transactions import rows

CELL_MS: Final = 300_000
SETTLING: Final = timedelta(minutes=5)
"""Work under way may take so long to say what becomes of money that came late."""
OUTBOX_KEPT: Final = timedelta(days=7)
"""A receipt is looked for so far back: later its job is forgotten, and so may its customer be."""


@dataclass(frozen=True, slots=True)
class Law:
    """What is wrong with a booking, and the question that finds such bookings."""

    wrong: str
    query: str
    since: timedelta | None = timedelta()
    """How long before now the instant lies that the question is asked with; None without one."""


_STATES: Final = among(BookingState)
_SERVED: Final = among((BookingState.CONFIRMED, BookingState.COMPLETED, BookingState.NO_SHOW))
_COUNTS: Final = among(one for one in RefundState if one.counts)
_PAYABLE: Final = among(one for one in AttemptState if one.is_payable)
_PAID: Final = "attempt.booking_id = booking.id AND attempt.state = 'succeeded'"
_BACK: Final = (
    "COALESCE((SELECT sum(amount_minor) FROM refund"
    f" WHERE refund.attempt_id = attempt.id AND refund.state IN {_COUNTS}), 0)"
)
_LOGGED: Final = "EXISTS (SELECT 1 FROM audit WHERE audit.reference = booking.reference AND action"
_REFUNDED: Final = (
    "EXISTS (SELECT 1 FROM attempt JOIN refund ON refund.attempt_id = attempt.id"
    " WHERE attempt.booking_id = booking.id)"
)
_RECEIPT: Final = ", ".join(f"'{one}:' || booking.id" for one in RECEIPT)
_IN_OCCURRENCE: Final = (
    "SELECT DISTINCT booking.reference FROM occurrence"
    " JOIN seat ON seat.occurrence_id = occurrence.id JOIN booking ON booking.id = seat.booking_id"
)

LAWS: Final = (
    Law("has not exactly the seats it booked", LACKING),
    Law("has ended and still takes seats", KEEPING, since=None),
    Law(
        "shares a start that has more seats taken than there are",
        f"{_IN_OCCURRENCE} WHERE (SELECT count(*) FROM seat AS each_seat"
        " WHERE each_seat.occurrence_id = occurrence.id) > occurrence.capacity",
        since=None,
    ),
    Law(
        "has a time that is not wholly claimed: it could be sold twice",
        f"{_IN_OCCURRENCE} WHERE occurrence.cell_to * {CELL_MS} > ? AND (SELECT count(*)"
        " FROM claim WHERE claim.occurrence_id = occurrence.id)"
        " <> occurrence.cell_to - occurrence.cell_from",
    ),
    Law(
        "has another time than its places",
        "SELECT DISTINCT reference FROM booking JOIN seat ON seat.booking_id = booking.id"
        " JOIN occurrence ON occurrence.id = seat.occurrence_id WHERE"
        f' occurrence.start <> booking.start OR booking."end" > occurrence.cell_to * {CELL_MS}',
        since=None,
    ),
    Law(
        "is confirmed though nothing was paid",
        f"SELECT reference FROM booking WHERE status IN {_SERVED} AND due_minor + tip_minor > 0"
        f" AND NOT EXISTS (SELECT 1 FROM attempt WHERE {_PAID})",
        since=None,
    ),
    Law(
        "is confirmed though something else was paid",
        "SELECT DISTINCT reference FROM booking JOIN attempt ON attempt.booking_id = booking.id"
        f" WHERE status IN {_SERVED} AND attempt.state = 'succeeded'"
        " AND (paid_minor <> due_minor + tip_minor OR attempt.currency <> booking.currency)"
        # what did not fit was shown to a person, who decided
        " AND NOT EXISTS (SELECT 1 FROM review WHERE review.session_id = attempt.session_id)",
        since=None,
    ),
    Law(
        "has more given back than was paid",
        "SELECT DISTINCT reference FROM attempt JOIN booking ON booking.id = attempt.booking_id"
        f" WHERE {_BACK} > paid_minor",
        since=None,
    ),
    Law(
        "has ended, and its money is neither on its way back nor waits for somebody",
        "SELECT DISTINCT reference FROM attempt JOIN booking ON booking.id = attempt.booking_id"
        f" WHERE attempt.state = 'succeeded' AND status IN {ENDED} AND paid_at < ?"
        # called off after it was confirmed: what goes back then was agreed to
        " AND NOT (end_reason IN ('customer', 'shop') AND confirmed_at IS NOT NULL)"
        f" AND {_BACK} < paid_minor"
        " AND NOT EXISTS (SELECT 1 FROM refund WHERE refund.attempt_id = attempt.id"
        " AND refund.state IN ('failed', 'canceled'))"
        " AND NOT EXISTS (SELECT 1 FROM dispute WHERE dispute.attempt_id = attempt.id)"
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
        "was told that money was given back, and none was",
        "SELECT DISTINCT reference FROM told JOIN booking ON booking.id = told.booking_id"
        " WHERE told.kind = 'refund_succeeded' AND NOT EXISTS (SELECT 1 FROM refund"
        " JOIN attempt ON attempt.id = refund.attempt_id WHERE attempt.booking_id = booking.id"
        " AND refund.state IN ('succeeded', 'failed', 'canceled'))",
        since=None,
    ),
    Law(
        "is of somebody who was erased and is named all the same",
        "SELECT reference FROM booking JOIN customer ON customer.id = booking.customer_id"
        " WHERE telegram_id < 0 AND (name IS NOT NULL OR phone IS NOT NULL OR email IS NOT NULL"
        " OR EXISTS (SELECT 1 FROM search_key WHERE search_key.customer_id = customer.id))",
        since=None,
    ),
    Law(
        "has an amount or a currency that can be none",
        "SELECT DISTINCT reference FROM booking JOIN attempt ON attempt.booking_id = booking.id"
        " WHERE attempt.amount_minor < 0 OR attempt.paid_minor < 0 OR price_minor < 0"
        " OR due_minor < 0 OR discount_minor < 0 OR length(attempt.currency) <> 3"
        " OR attempt.currency <> upper(attempt.currency)",
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
        f"SELECT reference FROM booking WHERE (status IN {_SERVED} AND confirmed_at IS NULL)"
        f" OR (status IN {ENDED}) <> (ended_at IS NOT NULL)"
        f" OR (status IN {ENDED}) <> (end_reason <> '') OR status NOT IN {_STATES}",
        since=None,
    ),
    Law(
        "has a change the audit log does not know",
        f"SELECT reference FROM booking WHERE NOT {_LOGGED} = 'hold')"
        f" OR (confirmed_at IS NOT NULL AND NOT {_LOGGED} = 'confirm'))"
        f" OR (status IN {ENDED} AND NOT {_LOGGED}"
        " IN ('release', 'cancel', 'payment failed', 'return payment')))"
        f" OR ({_REFUNDED} AND NOT {_LOGGED} LIKE 'refund%')"
        f" AND NOT {_LOGGED} IN ('cancel', 'return payment')))"
        f" OR (EXISTS (SELECT 1 FROM attempt WHERE {_PAID})"
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
)


async def broken(now: datetime) -> dict[str, list[str]]:
    """Return what is wrong, with the references of the bookings; nothing when all is well."""
    found = {}
    for law in LAWS:
        arguments = () if law.since is None else (to_ms(now - law.since),)
        if named := [row["reference"] for row in await rows(law.query, arguments)]:
            found[law.wrong] = sorted(named)
    return found


async def damage() -> list[str]:
    """Return what the database itself finds broken: rows without what they point to, bad pages."""
    if not database().is_sqlite:  # PostgreSQL never has the first, and looks at pages by itself
        return []
    orphans = await rows("PRAGMA foreign_key_check")
    found = [f"rows of {table} point to nothing" for table in sorted({o["table"] for o in orphans})]
    said = [next(iter(row.values())) for row in await rows("PRAGMA quick_check(3)")]
    return found + [f"the file is damaged: {word}" for word in said if word != "ok"]


async def bookings() -> int:
    """Return how many bookings there are."""
    return int((await rows("SELECT count(*) AS bookings FROM booking"))[0]["bookings"])
