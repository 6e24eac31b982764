"""The work of refunds: Stripe is asked for them, and asked how they stand."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from booking import dispute, notices
from booking.errors import NotYet, Unavailable
from booking.idempotency import keys_of
from booking.payment import agree
from booking.ports import STORED_ERROR, Environment, PaymentRejected
from booking.refund import Because
from booking.refund_books import DISPUTED, GOT_ANYWAY, LOOK_AGAIN, book, refuse
from db.jobs import Job
from db.money_models import Refund
from db.states import RefundState

KEY_LASTS: Final = timedelta(hours=23)
"""How long Stripe surely knows an idempotency key (docs.stripe.com/api/idempotent_requests)."""
TOO_LARGE: Final = "too_large"


async def ask_refund(env: Environment, job: Job) -> None:
    """Ask Stripe for the refunds of a booking that are written down and not asked for yet.

    Safe to repeat: a refund's own idempotency key gives the same refund. While Stripe is down the
    admins are told once and the job is retried.
    """
    waiting = Refund.filter(attempt__booking_id=job.payload["booking"], state=RefundState.ASKED)
    for refund in await waiting.select_related("attempt__booking__customer").order_by("id"):
        try:
            await _ask(env, refund, run=job.attempts)
        except Unavailable as away:
            await notices.tell_admins(
                env,
                card="refund_waits",
                about=str(refund.id),
                booking=refund.attempt.booking_id,
                refund=refund.id,
                why=str(away),
            )
            raise


async def _ask(env: Environment, refund: Refund, *, run: int) -> None:
    if env.clock.now() - refund.created_at > KEY_LASTS and await _is_made(env, refund):
        return
    for key in keys_of(refund.idempotency_key, run=run):
        try:
            told = await env.payments.refund(_params(env, refund), idempotency_key=key)
        except PaymentRejected as rejected:
            if await _is_over(env, refund, rejected):
                return
        else:
            await book(env, told)
            return
    raise Unavailable("Stripe repeats an error")


async def _is_over(env: Environment, refund: Refund, rejected: PaymentRejected) -> bool:
    """Book what a refusal means; False when it may be asked once more, under another key."""
    if rejected.code == DISPUTED:  # the dispute's own event may have been lost
        await _book_disputes(env, refund)
    # a repeated error may hide that it was made, another that our books do not know of one
    if await _is_made(env, refund):
        return True
    if rejected.code == STORED_ERROR:
        return False
    await refuse(env, refund=refund, because=_because(rejected), why=rejected.message)
    return True


def _params(env: Environment, refund: Refund) -> Mapping[str, Any]:
    """Return the parameters of `POST /v1/refunds`."""
    attempt = refund.attempt
    return {
        "payment_intent": attempt.payment_intent,
        "amount": refund.amount_minor,
        # "fraudulent" would put the customer on Stripe's block lists
        "reason": "duplicate" if refund.reason == Because.SECOND else "requested_by_customer",
        "metadata": {
            "app": "booking-bot",
            "shop": env.shop.id,
            "booking": attempt.booking.reference,
            "refund": refund.idempotency_key,
        },
    }


async def _is_made(env: Environment, refund: Refund) -> bool:
    """Book every refund of the payment that Stripe has; tell whether this one is among them."""
    made = False
    for told in await env.payments.refunds_of(refund.attempt.payment_intent or ""):
        await book(env, told)
        made = made or told.metadata.get("refund") == refund.idempotency_key
    return made


async def _book_disputes(env: Environment, refund: Refund) -> None:
    for told in await env.payments.disputes_of(refund.attempt.payment_intent or ""):
        await dispute.book(env, told)


def _because(rejected: PaymentRejected) -> str:
    if rejected.code in GOT_ANYWAY:
        return rejected.code
    return TOO_LARGE if rejected.param == "amount" else ""


async def refresh(env: Environment, refund_id: str) -> None:
    """Read a refund from Stripe and make our books agree; what is not ours is left alone."""
    await agree(env, await env.payments.retrieve_refund(refund_id), book)


async def check_refund(env: Environment, job: Job) -> None:
    """Look at a refund that is not over; raise NotYet until it is."""
    refund = await Refund.get(id=job.payload["refund"])
    if refund.state.is_open and refund.refund_id:
        await refresh(env, refund.refund_id)
        await refund.refresh_from_db()
    if refund.state.is_open:
        raise NotYet(env.clock.now() + LOOK_AGAIN)
