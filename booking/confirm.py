"""Confirm: the one way money turns into a booking, whoever tells us that it was paid.

Webhook, success page, "I have paid", the end of a hold and reconciliation all end here; Stripe asks
for exactly this (docs.stripe.com/checkout/fulfillment): one function, safe when called many times
at once, that reads the session again and trusts nothing else.
"""

import asyncio

from booking import late, notices, reviews
from booking.errors import Unavailable, UnknownBooking
from booking.ports import CheckoutSession, Environment
from booking.standing import MONEY_CAME, Standing
from booking.welcome import welcome
from db import trace
from db.locks import lock_attempts, lock_session
from db.models import Booking
from db.money_models import Attempt
from db.moves import move, move_attempt
from db.points import reach
from db.quick import first_with
from db.states import AttemptState, BookingState
from db.transactions import transactional

__all__ = ["Standing", "confirm", "confirm_by_reference", "settle"]


async def confirm(env: Environment, session_id: str, *, seconds: float | None = None) -> Standing:
    """Read a Checkout session from Stripe and make our books agree with it.

    Raises Unavailable when Stripe has not answered after so many `seconds`.
    """
    try:
        async with asyncio.timeout(seconds):
            session = await env.payments.retrieve(session_id)
    except TimeoutError:
        raise Unavailable("Stripe does not answer in time") from None
    reach("confirm.after_retrieve")
    if session is None:
        known = await Attempt.exists(session_id=session_id)
        return Standing.MISSING if known else Standing.UNKNOWN
    return await settle(env, session)


async def settle(env: Environment, session: CheckoutSession) -> Standing:
    """Make our books agree with a session just read from Stripe, once, in one transaction."""
    with trace.following(trace.current()):  # the booking's own is joined once it is found
        standing = await _settle(env, session)
    reach("confirm.after_commit")
    return standing


@transactional
async def _settle(env: Environment, session: CheckoutSession) -> Standing:
    attempt = await _find(env, session)
    if attempt is None:
        return await _not_found(env, session)
    trace.join(attempt.booking.reference, attempt.booking.details)
    if session.status == "open":
        return Standing.OPEN
    if session.status == "expired":
        await move_attempt(attempt.id, AttemptState.EXPIRED)
        return Standing.EXPIRED
    return await _book(env, session, attempt)


async def _book(env: Environment, session: CheckoutSession, attempt: Attempt) -> Standing:
    """Book a session whose buyer is done."""
    await lock_attempts(attempt.booking_id)  # two sessions of one booking may be paid at once
    if session.is_paid and await late.was_paid_before(attempt):
        return await _book_second(env, session, attempt)
    misfit = _misfit(env, session, attempt)
    if misfit:
        return await _park_misfit(env, session, attempt, misfit)
    if not session.is_paid:
        return await _process(env, attempt)
    return await _book_payment(env, session, attempt)


async def _find(env: Environment, session: CheckoutSession) -> Attempt | None:
    """Find the attempt by its session, or adopt it when the event overtook our own save."""
    attempt = await _with_booking(session_id=session.id)
    if attempt is not None or not _ours(env, session):
        return attempt
    waiting = (
        await Attempt.filter(
            booking__reference=session.client_reference_id,
            session_id=None,
            state__in=[AttemptState.CREATED, AttemptState.EXPIRED],
        )
        .order_by("-number")
        .first()
    )
    if waiting is None:
        return None
    await Attempt.filter(id=waiting.id, session_id=None).update(
        session_id=session.id, url=session.url
    )
    return await _with_booking(session_id=session.id)


async def _with_booking(*, session_id: str) -> Attempt | None:
    return await first_with(Attempt, ("booking", "customer"), "attempt.session_id = ?", session_id)


def _ours(env: Environment, session: CheckoutSession) -> bool:
    data = session.metadata
    return data.get("app") == "booking-bot" and data.get("shop") == env.shop.id


async def _not_found(env: Environment, session: CheckoutSession) -> Standing:
    if not _ours(env, session) or session.status != "complete":
        return Standing.UNKNOWN
    await lock_session(session.id)
    booking = await Booking.get_or_none(reference=session.client_reference_id or "")
    if booking is not None:
        trace.join(booking.reference, booking.details)
        return await _park_stranger(env, session, booking)
    await reviews.park(env, kind=reviews.Kind.UNKNOWN_REFERENCE, session=session)
    return Standing.PARKED


async def _park_stranger(env: Environment, session: CheckoutSession, booking: Booking) -> Standing:
    """Book what was paid for a booking of ours on a session we never asked for, and park it."""
    if session.is_paid:
        await lock_attempts(booking.id)
        if await Attempt.exists(session_id=session.id):  # an event and a sweep at once
            return await _settle(env, session)
        attempt = await Attempt.create(
            booking_id=booking.id,
            number=await Attempt.filter(booking_id=booking.id).count() + 1,
            idempotency_key=env.randomness.key(),
            params={},
            amount_minor=session.amount_total,
            currency=session.currency,
            expires_at=session.expires_at,
            session_id=session.id,
            created_at=env.clock.now(),
        )
        if await late.was_paid_before(attempt):
            return await _book_second(env, session, attempt)
        await _succeed(env, session, attempt)
    await reviews.park(
        env, kind=reviews.Kind.MISMATCH, session=session, booking=booking, misfit="session"
    )
    return Standing.PARKED


def _misfit(env: Environment, session: CheckoutSession, attempt: Attempt) -> str:
    """Name what does not fit between what we asked and what was paid; "" when all does."""
    checks = {
        "amount": session.amount_total == attempt.amount_minor,
        "currency": session.currency == attempt.currency,
        "mode": session.mode == "payment",
        "livemode": session.livemode == env.shop.livemode,
        "reference": session.client_reference_id == attempt.booking.reference,
    }
    return ", ".join(name for name, fits in checks.items() if not fits)


async def _park_misfit(
    env: Environment, session: CheckoutSession, attempt: Attempt, misfit: str
) -> Standing:
    # money came or is coming: the slot stays until a person has looked at it
    if session.is_paid:
        moved = await _succeed(env, session, attempt)
    else:
        moved = await move_attempt(attempt.id, AttemptState.PROCESSING)
    if moved:
        await move(attempt.booking_id, BookingState.PROCESSING)
    await reviews.park(
        env,
        kind=reviews.Kind.MISMATCH,
        session=session,
        booking=attempt.booking,
        misfit=misfit,
    )
    return Standing.PARKED


async def _process(env: Environment, attempt: Attempt) -> Standing:
    booking = attempt.booking
    if await move_attempt(attempt.id, AttemptState.PROCESSING):
        await move(booking.id, BookingState.PROCESSING)
        await notices.show_booking(
            env, booking=booking, customer=booking.customer, event=f"processing:{attempt.id}"
        )
    return Standing.PROCESSING


async def _succeed(env: Environment, session: CheckoutSession, attempt: Attempt) -> bool:
    return await move_attempt(
        attempt.id,
        AttemptState.SUCCEEDED,
        payment_intent=session.payment_intent,
        charge=session.charge,
        receipt_url=session.receipt_url,
        paid_minor=session.amount_total,
        currency=session.currency,
        fee_minor=session.fee_minor,
        net_minor=session.net_minor,
        livemode=session.livemode,
        paid_at=env.clock.now(),
    )


async def _book_payment(env: Environment, session: CheckoutSession, attempt: Attempt) -> Standing:
    booking = attempt.booking
    if not await _succeed(env, session, attempt):
        return await late.known(attempt)
    if await welcome(env, booking=booking, customer=booking.customer):
        return Standing.PAID
    return await late.use_or_offer(env, session=session, attempt=attempt)


async def _book_second(env: Environment, session: CheckoutSession, attempt: Attempt) -> Standing:
    """Book a payment of what had been paid already, and send it back."""
    if not await _succeed(env, session, attempt):
        return await late.known(attempt)
    return await late.send_back(
        env, session=session, attempt=attempt, kind=reviews.Kind.SECOND_PAYMENT
    )


async def confirm_by_reference(
    env: Environment, reference: str, *, seconds: float | None = None
) -> Standing:
    """Ask Stripe about every session of a booking that may have been paid; return the best news.

    Each may take so many `seconds`. Raises UnknownBooking.
    """
    booking = await Booking.get_or_none(reference=reference)
    if booking is None:
        raise UnknownBooking
    standing = Standing.OPEN
    for attempt in await Attempt.filter(booking_id=booking.id).order_by("-number"):
        if attempt.session_id is None or attempt.state == AttemptState.FAILED:
            continue
        standing = await confirm(env, attempt.session_id, seconds=seconds)
        if standing in MONEY_CAME:
            return standing
    return standing
