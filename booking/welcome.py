"""Welcome: a booking is confirmed, with all that follows from it."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from booking import notices, remind
from booking.audit import record
from booking.ports import Environment
from db.models import Booking, Customer
from db.moves import move
from db.states import BookingState, EndReason

UNPAID: Final = (BookingState.HELD, BookingState.AWAITING_PAYMENT, BookingState.PROCESSING)
ENDED: Final = (BookingState.CANCELLED, BookingState.EXPIRED)


async def welcome(
    env: Environment,
    *,
    booking: Booking,
    customer: Customer,
    sources: Collection[BookingState] = UNPAID,
    remark: Mapping[str, Any] | None = None,
) -> bool:
    """Confirm a booking in the caller's transaction, with receipt, card and reminders.

    Returns False when the booking does not stand where it could be confirmed. `remark` is said
    above the confirmation.
    """
    confirmed = await move(
        booking.id,
        BookingState.CONFIRMED,
        sources=sources,
        confirmed_at=env.clock.now(),
        ended_at=None,
        end_reason=EndReason.NONE,
    )
    if not confirmed:
        return False
    await notices.show_booking(
        env, booking=booking, customer=customer, event="confirmed", remark=remark
    )
    await notices.send_receipt(env, booking=booking, customer=customer)
    await notices.tell_admins(env, card="confirmed", about=booking.reference, booking=booking.id)
    await record(env, actor="system", action="confirm", reference=booking.reference)
    await remind.plan_appointment(env, booking=booking)
    return True
