"""Payments that need a person: parked with a card for the admins, never dropped, never guessed."""

from datetime import datetime
from enum import StrEnum

from booking import notices
from booking.audit import record
from booking.disputed import blocking
from booking.money import Money
from booking.ports import CheckoutSession, Environment
from db.fields import to_ms
from db.models import Booking, Customer
from db.money_models import Attempt, Refund, Review
from db.states import AttemptState
from db.transactions import run


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


class Answer(StrEnum):
    """What became of a payment that did not simply confirm its booking."""

    RETURNED = "returned"
    """It is given back."""
    USED = "used"
    """The customer used it for another time."""
    ACCEPTED = "accepted"
    """An admin confirmed the booking all the same."""
    NEVER_CAME = "never_came"
    """The bank did not pay in the end: there is nothing to decide."""


async def park(
    env: Environment,
    *,
    kind: Kind,
    session: CheckoutSession,
    booking: Booking | None = None,
    misfit: str = "",
    offered_until: datetime | None = None,
    answer: Answer | None = None,
) -> Review | None:
    """Write down a payment that does not simply confirm its booking; once, None when known.

    With an `answer` it is settled already, else it waits for a person or, until `offered_until`,
    for the customer. The admins are told; so is the customer, unless an offer tells them more.
    """
    known = await Review.get_or_none(session_id=session.id, kind=kind)
    if known is not None:
        if session.is_paid and not known.detail["paid"]:
            await _now_paid(env, known, session, booking)
        return None
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
        offered_until=offered_until,
        closed_at=env.clock.now() if answer else None,
        answer=answer,
    )
    await notices.tell_admins(env, card=kind, about=str(review.id), review=review.id)
    await record(
        env,
        actor="stripe",
        action=f"park {kind}",
        reference=booking.reference if booking else "",
        detail={"session": session.id, "misfit": misfit, "answer": answer},
    )
    if booking is not None and session.is_paid and offered_until is None:
        await _tell(env, booking, review)
    return review


async def _now_paid(
    env: Environment, review: Review, session: CheckoutSession, booking: Booking | None
) -> None:
    """Note that the money of a delayed method has come: now it is decided about, and told."""
    intent = session.payment_intent
    review.detail = {**review.detail, "paid": True, "payment_intent": intent}
    if review.answer == Answer.NEVER_CAME:  # so the bank had said
        review.answer, review.closed_at = None, None
    await review.save(update_fields=["detail", "answer", "closed_at"])
    about = f"{review.id}:paid"
    await notices.tell_admins(env, card=review.kind, about=about, review=review.id)
    if booking is not None:
        await _tell(env, booking, review)


async def _tell(env: Environment, booking: Booking, review: Review) -> None:
    customer = await Customer.get(id=booking.customer_id)
    await notices.tell(
        env,
        kind="payment_parked",
        booking=booking,
        customer=customer,
        event=str(review.id),
        review=review.id,
    )


async def close(review: Review, *, answer: Answer, at: datetime) -> bool:
    """Settle a review in the caller's transaction; False when somebody else was quicker."""
    changed = await run(
        "UPDATE review SET closed_at = ?, answer = ? WHERE id = ? AND closed_at IS NULL",
        (to_ms(at), str(answer), review.id),
    )
    return changed == 1


async def left_of(review: Review) -> Money:
    """Return how much of a payment has neither gone back nor is on its way."""
    refunds = await Refund.filter(attempt__session_id=review.session_id)
    back = sum(one.amount_minor for one in refunds if one.state.counts)
    return Money(review.detail["amount_minor"] - back, review.detail["currency"])


async def never_came(env: Environment, session_id: str) -> bool:
    """Settle the review of a delayed payment that failed; False when there is none."""
    review = await open_of(session_id)
    if review is None or review.detail["paid"]:
        return False
    return await close(review, answer=Answer.NEVER_CAME, at=env.clock.now())


async def is_gone(review: Review) -> bool:
    """Tell whether all of a payment has gone back, or is going; the caller holds `lock_attempts`.

    An admin may have given it back by hand, here or in the Dashboard.
    """
    paid = await Attempt.get_or_none(session_id=review.session_id, state=AttemptState.SUCCEEDED)
    if paid is None:
        return False
    refunds = await Refund.filter(attempt_id=paid.id)
    back = sum(one.amount_minor for one in refunds if one.state.counts)
    return bool(0 < paid.paid_minor <= back)


async def close_gone(env: Environment, *, booking: Booking, offers_only: bool = False) -> None:
    """Settle what waits for a decision about money that has gone back, or is going."""
    waiting = Review.filter(booking_id=booking.id, closed_at=None)
    if offers_only:
        waiting = waiting.filter(offered_until__isnull=False)
    for review in await waiting.order_by("id"):
        if not await is_gone(review):
            continue
        closed = await close(review, answer=Answer.RETURNED, at=env.clock.now())
        if closed and review.offered_until is not None:
            customer = await Customer.get(id=booking.customer_id)
            event = f"offer over:{review.id}"
            await notices.show_booking(env, booking=booking, customer=customer, event=event)


async def open_of(session_id: str | None) -> Review | None:
    """Return the review of a payment that is not settled."""
    return await Review.filter(session_id=session_id, closed_at=None).first()


async def offer_to(booking: Booking, now: datetime) -> Review | None:
    """Return the payment of a booking that may still be used for another time.

    One that is disputed may not: a bank decides whose money it is.
    """
    waiting = Review.filter(booking_id=booking.id, closed_at=None, offered_until__gt=now)
    review = await waiting.order_by("-id").first()
    if review is None:
        return None
    paid = await Attempt.filter(session_id=review.session_id)
    return None if await blocking(one.id for one in paid) else review
