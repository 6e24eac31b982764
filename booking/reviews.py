"""Payments that need a person: parked with a card for the admins, never dropped, never guessed."""

from enum import StrEnum

from booking import notices
from booking.audit import record
from booking.ports import CheckoutSession, Environment
from db.models import Booking, Customer
from db.money_models import Review


class Kind(StrEnum):
    """Why a payment does not simply confirm its booking."""

    LATE_PAYMENT = "late_payment"
    """Paid after the hold had ended or the booking was cancelled."""
    SECOND_PAYMENT = "second_payment"
    """The booking had been paid already."""
    MISMATCH = "mismatch"
    """Amount, currency or mode are not what we asked for."""
    UNKNOWN_REFERENCE = "unknown_reference"
    """Carries our metadata, but no booking of ours."""


async def park(
    env: Environment,
    *,
    kind: Kind,
    session: CheckoutSession,
    booking: Booking | None = None,
    misfit: str = "",
) -> None:
    """Write down a payment for a person to look at, once, in the caller's transaction."""
    if await Review.exists(session_id=session.id, kind=kind):
        return
    review = await Review.create(
        kind=kind,
        session_id=session.id,
        booking_id=booking.id if booking else None,
        detail={
            "amount_minor": session.amount_total,
            "currency": session.currency,
            "payment_intent": session.payment_intent,
            "reference": session.client_reference_id,
            "misfit": misfit,
            "paid": session.is_paid,
        },
        opened_at=env.clock.now(),
    )
    await notices.tell_admins(env, card=kind, about=str(review.id), review=review.id)
    await record(
        env,
        actor="stripe",
        action=f"park {kind}",
        reference=booking.reference if booking else "",
        detail={"session": session.id, "misfit": misfit},
    )
    if booking is not None and session.is_paid:
        customer = await Customer.get(id=booking.customer_id)
        await notices.tell(
            env,
            kind="payment_parked",
            booking=booking,
            customer=customer,
            event=str(review.id),
            review=review.id,
        )


async def is_open(session_id: str) -> bool:
    """Tell whether a payment still waits for a person."""
    return await Review.exists(session_id=session_id, closed_at=None)
