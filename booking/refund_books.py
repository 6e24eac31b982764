"""Refunds in our books: what Stripe says of one is written down and told, once a state."""

from datetime import timedelta
from typing import Final

from booking import notices, reviews
from booking.audit import record
from booking.payment import payment_of
from booking.ports import Environment, StripeRefund
from booking.refund import Because
from db import jobs
from db.locks import lock_attempts
from db.models import Booking
from db.money_models import Attempt, Refund
from db.moves import move_refund
from db.states import RefundState
from db.transactions import transactional

DASHBOARD: Final = "dashboard"
"""The reason of a refund that was made at Stripe and not by us."""
DISPUTED: Final = "charge_disputed"
GOT_ANYWAY: Final = frozenset({"charge_already_refunded", DISPUTED})
"""Stripe's codes of a refused refund whose money its buyer has, or is to have from their bank."""
LOOK_AGAIN: Final = timedelta(hours=6)
"""How often Stripe is asked about a refund that is not over, should its event be lost."""


@transactional
async def book(env: Environment, told: StripeRefund) -> bool:
    """Make our books agree with a refund just read from Stripe; False when it is not ours."""
    attempt = await payment_of(told)
    if attempt is None:
        return False
    await lock_attempts(attempt.booking_id)
    refund = await _known(told, attempt) or await _adopt(env, told, attempt)
    state = RefundState(told.status)
    if await move_refund(refund.id, state, refund_id=told.id):
        await _tell(env, attempt, refund, state, told)
        await reviews.close_gone(env, booking=attempt.booking, offers_only=True)
    return True


async def _known(told: StripeRefund, attempt: Attempt) -> Refund | None:
    """Find our row, also when the event overtook our own save."""
    known = await Refund.get_or_none(refund_id=told.id)
    if known is not None or not told.metadata.get("refund"):
        return known
    return await Refund.get_or_none(
        attempt_id=attempt.id,
        idempotency_key=told.metadata["refund"],
        refund_id=None,
        state=RefundState.ASKED,
    )


async def _adopt(env: Environment, told: StripeRefund, attempt: Attempt) -> Refund:
    """Write down a refund made in the Dashboard, or one of ours that was thought never made."""
    key = told.metadata.get("refund")
    ours = bool(key) and await Refund.exists(attempt_id=attempt.id, idempotency_key=key)
    return await Refund.create(
        attempt_id=attempt.id,
        idempotency_key=env.randomness.key(),
        amount_minor=told.amount,
        reason=Because.REQUESTED if ours else DASHBOARD,
        created_at=env.clock.now(),
    )


async def _tell(
    env: Environment, attempt: Attempt, refund: Refund, state: RefundState, told: StripeRefund
) -> None:
    booking = attempt.booking
    await _tell_customer(env, booking, refund, state)
    await notices.tell_admins(
        env,
        card=f"refund_{state}",
        about=str(refund.id),
        booking=booking.id,
        refund=refund.id,
        because=told.why,
    )
    await record(
        env,
        actor="stripe",
        action=f"refund {state}",
        reference=booking.reference,
        detail={
            "refund": told.id,
            "amount_minor": refund.amount_minor,
            "currency": attempt.currency,
            "why": told.why,
        },
    )
    if state.is_open:
        now = env.clock.now()
        await jobs.enqueue(
            kind="check_refund",
            key=f"check_refund:{refund.id}",
            payload={"refund": refund.id},
            now=now,
            run_at=now + LOOK_AGAIN,
        )


async def _tell_customer(
    env: Environment, booking: Booking, refund: Refund, state: RefundState
) -> None:
    await notices.tell(
        env,
        kind=f"refund_{state}",
        booking=booking,
        customer=booking.customer,
        event=str(refund.id),
        refund=refund.id,
    )


@transactional
async def refuse(env: Environment, *, refund: Refund, because: str, why: str) -> None:
    """Write down that Stripe refused: nothing was given back, and the admins are told why.

    The customer is when they were promised this money, unless they have got it another way: what an
    admin asked for by hand nobody had told them of.
    """
    if not await move_refund(refund.id, RefundState.FAILED, sources=[RefundState.ASKED]):
        return
    booking = refund.attempt.booking
    if refund.reason != Because.REQUESTED and because not in GOT_ANYWAY:
        await _tell_customer(env, booking, refund, RefundState.FAILED)
    await notices.tell_admins(
        env,
        card="refund_refused",
        about=str(refund.id),
        booking=booking.id,
        refund=refund.id,
        because=because,
        why=why,
    )
    await record(
        env,
        actor="stripe",
        action="refund refused",
        reference=booking.reference,
        detail={
            "amount_minor": refund.amount_minor,
            "currency": refund.attempt.currency,
            "why": because or why,
        },
    )
