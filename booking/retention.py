"""Retention: what is older than the shop wants to keep it is erased, and the books stay."""

from datetime import datetime, timedelta
from typing import Any, Final

from booking.customers import erase
from booking.ports import Environment
from db import installation
from db.fields import to_ms
from db.models import Booking, Customer, Draft
from db.money_models import Attempt
from db.transactions import rows, transactional

PAGE: Final = 200

# money that is still being decided about needs to know whose it is
_UNDECIDED: Final = (
    "(EXISTS (SELECT 1 FROM review WHERE review.booking_id = booking.id AND answer IS NULL)"
    " OR EXISTS (SELECT 1 FROM attempt WHERE attempt.booking_id = booking.id"
    " AND (attempt.state IN ('created', 'open', 'processing')"
    " OR EXISTS (SELECT 1 FROM refund WHERE refund.attempt_id = attempt.id"
    " AND refund.state IN ('asked', 'pending', 'requires_action'))"
    " OR EXISTS (SELECT 1 FROM dispute WHERE dispute.attempt_id = attempt.id"
    " AND dispute.closed_at IS NULL))))"
)
_OLD: Final = (
    'SELECT id, "end" AS ended, CASE WHEN UNDECIDED THEN 1 ELSE 0 END AS undecided'
    ' FROM booking WHERE "end" >= ? AND "end" < ? AND id > ? ORDER BY id LIMIT ?'
).replace("UNDECIDED", _UNDECIDED)
_GONE: Final = (
    "SELECT id FROM customer WHERE COALESCE(seen_at, created_at) < ? AND telegram_id > 0"
    ' AND NOT EXISTS (SELECT 1 FROM booking WHERE customer_id = customer.id AND ("end" >= ?'
    " OR UNDECIDED))"
    " AND NOT EXISTS (SELECT 1 FROM draft WHERE customer_id = customer.id)"
    " ORDER BY id LIMIT ?"
).replace("UNDECIDED", _UNDECIDED)


async def erase_old(env: Environment) -> tuple[int, int]:
    """Erase what is older than `retention_days`; return how many bookings and customers it was.

    Names, contacts and answers go; amounts and times stay. Whoever was not here since loses the
    Telegram id, too, so that the row is nobody's. What waits for a decision about money waits.
    """
    if not env.shop.retention_days:
        return 0, 0
    before = env.clock.now() - timedelta(days=env.shop.retention_days)
    await Draft.filter(updated_at__lt=before).delete()
    bookings = await _bookings(before)
    customers = 0
    while found := await rows(_GONE, (to_ms(before), to_ms(before), PAGE)):
        for row in found:
            await _nobody(env, row["id"])
        customers += len(found)
    return bookings, customers


async def _bookings(before: datetime) -> int:
    """Erase the persons of bookings that ended before; go on where the last time ended."""
    kept = await installation.get(installation.ERASED_UNTIL)
    since, until, erased, last = int(kept or 0), to_ms(before), 0, 0
    while found := await rows(_OLD, (since, to_ms(before), last, PAGE)):
        last = found[-1]["id"]
        over = [row["id"] for row in found if not row["undecided"]]
        until = min([until, *(row["ended"] for row in found if row["undecided"])])
        await _persons(over)
        erased += len(over)
    await installation.put(installation.ERASED_UNTIL, str(until))
    return erased


@transactional
async def _persons(ids: list[Any]) -> None:
    await Booking.filter(id__in=ids).update(details={})
    await Attempt.filter(booking_id__in=ids).update(params={})


@transactional
async def _nobody(env: Environment, customer_id: int) -> None:
    customer = await Customer.get(id=customer_id)
    await erase(env, customer=customer, actor="system")
    # blocked: what Stripe may still lead to is told to nobody
    now = env.clock.now()
    await Customer.filter(id=customer_id).update(telegram_id=-customer_id, blocked_at=now)
