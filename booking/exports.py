"""Exports: the rows an accountant, a migration or another program relies on.

Amounts in minor units, currency upper case, times ISO 8601 in UTC; columns as documented. A sum of
payments or refunds is in the booking's currency: money in another is in the export of payments.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from tortoise.models import Model
from tortoise.queryset import QuerySet

from booking.hours import midnight
from db.models import Booking, Customer
from db.money_models import Attempt, Audit, Refund
from db.states import AttemptState, RefundState
from db.unopened import Unopened, opened

M = TypeVar("M", bound=Model)
Row = dict[str, Any]
PAGE: Final = 500
ATTEMPT_WORDS: Final = {AttemptState.CREATED: "open"}
REFUND_WORDS: Final = {RefundState.ASKED: "pending"}

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "bookings": (
        "reference",
        "status",
        "service",
        "staff",
        "start",
        "end",
        "seats",
        "price_minor",
        "discount_minor",
        "due_minor",
        "onsite_minor",
        "paid_minor",
        "refunded_minor",
        "currency",
        "coupon",
        "session_ids",
        "payment_intent",
        "customer_telegram_id",
        "customer_name",
        "created_at",
        "confirmed_at",
        "ended_at",
        "end_reason",
    ),
    "payments": (
        "reference",
        "session_id",
        "payment_intent",
        "charge",
        "amount_minor",
        "fee_minor",
        "net_minor",
        "currency",
        "mode",
        "status",
        "created_at",
        "paid_at",
        "refunds",
    ),
    "customers": (
        "telegram_id",
        "name",
        "phone",
        "email",
        "language",
        "created_at",
        "bookings",
        "paid_minor",
        "blocked",
    ),
    "audit": ("at", "actor", "action", "reference", "detail"),
}
"""The columns of each export, in their order."""


class Span:
    """Days of the shop, both inclusive, as instants; None leaves an end open."""

    def __init__(self, since: date | None, until: date | None, zone: ZoneInfo) -> None:
        self.begin = midnight(since, zone) if since else None
        self.end = midnight(until + timedelta(days=1), zone) if until else None

    def within(self, query: QuerySet[M], column: str) -> QuerySet[M]:
        """Narrow a query to the span by one of its instants."""
        if self.begin is not None:
            query = query.filter(**{f"{column}__gte": self.begin})
        if self.end is not None:
            query = query.filter(**{f"{column}__lt": self.end})
        return query


def rows_of(what: str, span: Span, *, livemode: bool) -> AsyncIterator[Row]:
    """Yield the rows of "bookings", "payments", "customers" or "audit", oldest first.

    `livemode` is the mode of payments nobody has begun yet.
    """
    if what == "payments":
        return _payments(span, livemode=livemode)
    return {"bookings": _bookings, "customers": _customers, "audit": _audit}[what](span)


async def _pages(query: Callable[[], QuerySet[M]]) -> AsyncIterator[list[M]]:
    """Read a query page by page, by id, so that a large table needs little memory."""
    last = 0
    while page := await query().filter(id__gt=last).order_by("id").limit(PAGE):
        yield page
        last = page[-1].pk


def instant(value: datetime | None) -> str | None:
    """Return an instant as exports write it: 2026-12-04T14:30:00Z, with fractions if any."""
    if value is None:
        return None
    exact = "seconds" if value.microsecond == 0 else "milliseconds"
    return value.isoformat(timespec=exact).replace("+00:00", "Z")


async def _bookings(span: Span) -> AsyncIterator[Row]:
    async for page in _pages(
        lambda: span.within(
            Booking.all().select_related("customer", "service", "staff"), "created_at"
        )
    ):
        ids = [booking.id for booking in page]
        attempts = await Attempt.filter(booking_id__in=ids).order_by("number")
        refunds = await Refund.filter(attempt__booking_id__in=ids, state=RefundState.SUCCEEDED)
        for booking in page:
            own = [one for one in attempts if one.booking_id == booking.id]
            summed = {one.id for one in own if one.currency == booking.currency}
            back = sum(one.amount_minor for one in refunds if one.attempt_id in summed)
            yield _booking(booking, own, back)


def _booking(booking: Booking, attempts: Sequence[Attempt], refunded: int) -> Row:
    paid = [one for one in attempts if one.state == AttemptState.SUCCEEDED]
    details = opened(booking.details, Unopened("booking", booking.id, "details"))
    return {
        "reference": booking.reference,
        "status": str(booking.status),
        "service": booking.service.key,
        "staff": booking.staff.key,
        "start": instant(booking.start),
        "end": instant(booking.end),
        "seats": booking.seats,
        "price_minor": booking.price_minor,
        "discount_minor": booking.discount_minor,
        "due_minor": booking.asked_minor,
        "onsite_minor": booking.onsite_minor,
        "paid_minor": sum(one.paid_minor for one in paid if one.currency == booking.currency),
        "refunded_minor": refunded,
        "currency": booking.currency,
        "coupon": booking.coupon or "",
        "session_ids": [one.session_id for one in attempts if one.session_id],
        "payment_intent": paid[0].payment_intent if paid else None,
        "customer_telegram_id": booking.customer.telegram_id,
        "customer_name": None if details is None else details.get("name") or "",
        "created_at": instant(booking.created_at),
        "confirmed_at": instant(booking.confirmed_at),
        "ended_at": instant(booking.ended_at),
        "end_reason": str(booking.end_reason),
    }


async def _payments(span: Span, *, livemode: bool) -> AsyncIterator[Row]:
    async for page in _pages(
        lambda: span.within(Attempt.all().select_related("booking"), "created_at")
    ):
        ids = [one.id for one in page]
        refunds = await Refund.filter(attempt_id__in=ids).order_by("id")
        for attempt in page:
            own = [one for one in refunds if one.attempt_id == attempt.id]
            yield _payment(attempt, own, livemode=livemode)


def _payment(attempt: Attempt, refunds: Sequence[Refund], *, livemode: bool) -> Row:
    live = livemode if attempt.livemode is None else attempt.livemode
    return {
        "reference": attempt.booking.reference,
        "session_id": attempt.session_id,
        "payment_intent": attempt.payment_intent,
        "charge": attempt.charge,
        "amount_minor": attempt.paid_minor or attempt.amount_minor,
        "fee_minor": attempt.fee_minor,
        "net_minor": attempt.net_minor,
        "currency": attempt.currency,
        "mode": "live" if live else "test",
        "status": ATTEMPT_WORDS.get(attempt.state, str(attempt.state)),
        "created_at": instant(attempt.created_at),
        "paid_at": instant(attempt.paid_at),
        "refunds": [
            {
                "id": one.refund_id,
                "amount_minor": one.amount_minor,
                "status": REFUND_WORDS.get(one.state, str(one.state)),
                "reason": one.reason,
                "created_at": instant(one.created_at),
            }
            for one in refunds
        ],
    }


async def _customers(span: Span) -> AsyncIterator[Row]:
    async for page in _pages(lambda: span.within(Customer.all(), "created_at")):
        ids = [customer.id for customer in page]
        bookings = await Booking.filter(customer_id__in=ids)
        paid = await Attempt.filter(
            booking__customer_id__in=ids, state=AttemptState.SUCCEEDED
        ).select_related("booking")
        for customer in page:
            yield {
                "telegram_id": customer.telegram_id,
                "name": _told(customer.name, customer.id, "name"),
                "phone": _told(customer.phone, customer.id, "phone"),
                "email": _told(customer.email, customer.id, "email"),
                "language": customer.language or "",
                "created_at": instant(customer.created_at),
                "bookings": sum(one.customer_id == customer.id for one in bookings),
                "paid_minor": sum(
                    one.paid_minor
                    for one in paid
                    if one.booking.customer_id == customer.id
                    and one.currency == one.booking.currency
                ),
                "blocked": customer.blocked_at is not None,
            }


def _told(value: str | None, customer: int, column: str) -> str | None:
    return opened(value or "", Unopened("customer", customer, column))


async def _audit(span: Span) -> AsyncIterator[Row]:
    async for page in _pages(lambda: span.within(Audit.all(), "at")):
        for entry in page:
            yield {
                "at": instant(entry.at),
                "actor": entry.actor,
                "action": entry.action,
                "reference": entry.reference,
                "detail": opened(entry.detail, Unopened("audit", entry.id, "detail")),
            }
