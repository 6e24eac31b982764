"""On site: what was left to be paid at the shop is marked as paid there, and unmarked."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from booking.audit import record
from booking.errors import OnsiteChanged
from booking.money import Money
from booking.ports import Environment
from db.models import Booking
from db.money_models import Audit
from db.states import BookingState
from db.transactions import transactional

MARKABLE: Final[Collection[BookingState]] = (BookingState.CONFIRMED, BookingState.COMPLETED)
PAID: Final = "paid on site"
NOT_PAID: Final = "not paid on site after all"


@dataclass(frozen=True, slots=True)
class Mark:
    """Whether an amount was paid on site, and how often that had been said before."""

    amount: Money
    is_paid: bool
    before: int


async def times_marked(booking: Booking) -> int:
    """Return how often a booking was marked as paid on site, or unmarked."""
    return await Audit.filter(reference=booking.reference, action__in=[PAID, NOT_PAID]).count()


def can_be_marked(booking: Booking, *, is_paid: bool) -> bool:
    """Tell whether something of a booking can be marked so."""
    if not booking.onsite_minor or booking.status not in MARKABLE:
        return False
    return (booking.onsite_paid_at is not None) != is_paid


@transactional
async def mark(env: Environment, *, booking: Booking, wish: Mark, actor: str) -> None:
    """Mark what is due on site as paid, or as not paid after all; once a question.

    Raises OnsiteChanged when the question was about another effect than this.
    """
    amount = wish.amount
    if amount.currency != booking.currency:
        raise OnsiteChanged
    changed = await Booking.filter(
        id=booking.id,
        status__in=list(MARKABLE),
        onsite_minor=amount.minor,
        onsite_paid_at__isnull=wish.is_paid,
    ).update(onsite_paid_at=env.clock.now() if wish.is_paid else None)
    before = await times_marked(booking)
    if not changed and before == wish.before + 1 and await _is_so(booking, wish):
        return  # the same answer again
    if not changed or before != wish.before:
        raise OnsiteChanged
    await record(
        env,
        actor=actor,
        action=PAID if wish.is_paid else NOT_PAID,
        reference=booking.reference,
        detail={"amount_minor": amount.minor, "currency": amount.currency},
    )


async def _is_so(booking: Booking, wish: Mark) -> bool:
    now = await Booking.get(id=booking.id)
    return (now.onsite_paid_at is not None) == wish.is_paid
