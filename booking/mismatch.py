"""Mismatch: a payment that is not what was asked for is accepted or given back by an admin."""

from datetime import timedelta
from typing import Any, Final

from booking import coupons, late, notices, reviews
from booking.audit import record
from booking.errors import (
    AlreadyEnded,
    AlreadyPaid,
    NotPaidYet,
    NotYet,
    PaymentReturned,
    PaymentSettled,
    SlotTaken,
    Unavailable,
)
from booking.idempotency import keys_of
from booking.ports import STORED_ERROR, Environment, PaymentRejected, StripeRefund
from booking.refund import Because, return_payment
from booking.refund_books import LOOK_AGAIN
from booking.reviews import Answer, Kind
from booking.welcome import welcome
from db import claims, jobs
from db.locks import lock_attempts
from db.models import Booking
from db.money_models import Attempt, Review
from db.moves import move
from db.states import AttemptState, BookingState, EndReason, RefundState
from db.transactions import transactional

KEY_LASTS: Final = timedelta(hours=23)
"""How long Stripe surely knows an idempotency key (docs.stripe.com/api/idempotent_requests)."""
TO_DECIDE: Final = frozenset({Kind.MISMATCH, Kind.UNKNOWN_REFERENCE})
"""What an admin decides about; the rest goes its way by itself."""


UNCONFIRMED: Final = (BookingState.HELD, BookingState.AWAITING_PAYMENT, BookingState.PROCESSING)
TO_BE_PAID: Final = (AttemptState.CREATED, AttemptState.OPEN, AttemptState.PROCESSING)


async def to_decide(review_id: int) -> Review:
    """Return a payment that waits for an admin; raise PaymentSettled or NotPaidYet."""
    review = await Review.filter(id=review_id).select_related("booking__customer").first()
    if review is None or review.closed_at is not None or Kind(review.kind) not in TO_DECIDE:
        raise PaymentSettled
    if not review.detail["paid"]:
        raise NotPaidYet
    return review


def may_be_confirmed(booking: Booking) -> bool:
    """Tell whether a payment can still confirm a booking: not once it was called off for good."""
    ended_by_shop = booking.end_reason == EndReason.SHOP
    called_off = booking.status == BookingState.CANCELLED and booking.confirmed_at is not None
    return not (ended_by_shop or called_off)


async def waiting_for(booking: Booking) -> list[Review]:
    """Return the payments of a booking that wait for an admin, the oldest first."""
    kinds = [str(kind) for kind in TO_DECIDE]
    return await Review.filter(booking_id=booking.id, closed_at=None, kind__in=kinds).order_by("id")


@transactional
async def accept(env: Environment, *, review_id: int, actor: str) -> None:
    """Confirm the booking although its payment does not fit.

    Raises PaymentSettled, PaymentReturned, NotPaidYet, AlreadyPaid, AlreadyEnded when it was called
    off, and SlotTaken when the place is gone.
    """
    review = await to_decide(review_id)
    booking = review.booking
    if booking is None:
        raise PaymentSettled
    await lock_attempts(booking.id)
    if await reviews.is_gone(review):  # given back by another way: nobody comes for nothing
        raise PaymentReturned
    await _close(env, review, Answer.ACCEPTED)
    booking = await Booking.get(id=booking.id).select_related("customer")
    if not may_be_confirmed(booking):
        raise AlreadyEnded
    if not await welcome(env, booking=booking, customer=booking.customer):
        if booking.status.keeps_seats:
            raise AlreadyPaid
        if not await late.claim_again(env, booking):
            raise SlotTaken
    await _record(env, review, actor=actor, action="accept payment")


@transactional
async def give_back(env: Environment, *, review_id: int, actor: str) -> None:
    """Give a payment that does not fit back, and its place free; raise PaymentSettled, NotPaidYet.

    Of a payment for a booking we do not know nothing but its id at Stripe is known.
    """
    review = await to_decide(review_id)
    await _close(env, review, Answer.RETURNED)
    await _record(env, review, actor=actor, action="return payment")
    if review.booking is None:
        await jobs.enqueue(
            kind="return_stray",
            key=f"return_stray:{review.id}",
            payload={"review": review.id, "idempotency_key": env.randomness.key()},
            now=env.clock.now(),
            priority=2,
        )
        return
    booking = review.booking
    attempt = await Attempt.get(session_id=review.session_id)
    await return_payment(
        env, booking=booking, attempt=attempt, because=Because.MISMATCH, actor=actor
    )
    await _end(env, booking)


async def ends_without(booking: Booking) -> bool:
    """Tell whether a booking ends when a payment of it that does not fit goes back.

    One that is confirmed stays, and so does one that is still to be paid on a session of its own.
    """
    if booking.status not in UNCONFIRMED:
        return False
    return not await Attempt.exists(booking_id=booking.id, state__in=TO_BE_PAID)


async def _end(env: Environment, booking: Booking) -> None:
    """End the booking whose only payment did not fit, and give its place free."""
    if not await ends_without(booking):
        return
    ended = await move(
        booking.id,
        BookingState.CANCELLED,
        sources=UNCONFIRMED,
        ended_at=env.clock.now(),
        end_reason=EndReason.SHOP,
    )
    if not ended:
        return
    await claims.release_seats(booking.id)
    await coupons.give_back(booking.id)
    event, customer = "mismatch returned", booking.customer
    await notices.show_booking(env, booking=booking, customer=customer, event=event)
    await notices.tell(
        env, kind="cancelled_by_shop", booking=booking, customer=customer, event=event, why=""
    )


async def _close(env: Environment, review: Review, answer: Answer) -> None:
    if not await reviews.close(review, answer=answer, at=env.clock.now()):
        raise PaymentSettled


async def _record(env: Environment, review: Review, *, actor: str, action: str) -> None:
    await record(
        env,
        actor=actor,
        action=action,
        reference=review.booking.reference if review.booking else "",
        detail={"session": review.session_id, "misfit": review.detail["misfit"]},
    )


async def return_stray(env: Environment, job: jobs.Job) -> None:
    """Ask Stripe to give back a payment of which we know no booking; the admins are told.

    No event of it is known as ours: raises NotYet until it is over.
    """
    review = await Review.get(id=job.payload["review"])
    key = job.payload["idempotency_key"]
    # the same key would only repeat what Stripe said at first, and only for a day
    again = job.attempts > 1 or env.clock.now() - job.created_at > KEY_LASTS
    made = await _made(env, review) if again else []
    try:
        refund = made[0] if made else await _refunded(env, review, key, run=job.attempts)
    except PaymentRejected as rejected:
        await notices.tell_admins(
            env, card="stray_refused", about=str(review.id), review=review.id, why=rejected.message
        )
        return
    await _tell_stray(env, review, refund)


async def _refunded(env: Environment, review: Review, key: str, *, run: int) -> StripeRefund:
    """Ask for it; under another key when Stripe repeats an error and has made none."""
    for each in keys_of(key, run=run):
        try:
            return await env.payments.refund(_params(review), idempotency_key=each)
        except PaymentRejected as rejected:
            if rejected.code != STORED_ERROR:
                raise
            if made := await _made(env, review):
                return made[0]
    raise Unavailable("Stripe repeats an error")


async def _made(env: Environment, review: Review) -> list[StripeRefund]:
    refunds = await env.payments.refunds_of(review.detail["payment_intent"] or "")
    return [one for one in refunds if one.amount == review.detail["amount_minor"]]


def _params(review: Review) -> dict[str, Any]:
    """Return the parameters of `POST /v1/refunds`: all of the payment."""
    return {
        "payment_intent": review.detail["payment_intent"],
        "reason": "requested_by_customer",
    }


async def _tell_stray(env: Environment, review: Review, refund: StripeRefund) -> None:
    state = RefundState(refund.status)
    card = "stray_returning" if state.is_open else "stray_returned"
    more = {}
    if not state.counts:
        card, more = "stray_refused", {"why": refund.why}
    await notices.tell_admins(env, card=card, about=str(review.id), review=review.id, **more)
    if state.is_open:
        raise NotYet(env.clock.now() + LOOK_AGAIN)
