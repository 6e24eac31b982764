"""Confirm: the one way money turns into a booking, whoever tells us that it was paid.

Webhook, success page, "I have paid", the end of a hold and reconciliation all end here; Stripe asks
for exactly this (docs.stripe.com/checkout/fulfillment): one function, safe when called many times
at once, that reads the session again and trusts nothing else.
"""

from collections.abc import Collection
from enum import StrEnum

from booking import notices, remind, reviews
from booking.audit import record
from booking.errors import UnknownBooking
from booking.ports import CheckoutSession, Environment
from db.models import Booking, Customer
from db.money_models import Attempt
from db.moves import move, move_attempt
from db.points import reach
from db.states import AttemptState, BookingState
from db.transactions import transactional

UNPAID = (BookingState.HELD, BookingState.AWAITING_PAYMENT, BookingState.PROCESSING)


class Standing(StrEnum):
    """What is true of a Checkout session and its booking."""

    PAID = "paid"
    """The booking is confirmed."""
    PROCESSING = "processing"
    """The buyer is done, the money is on its way; the slot is kept."""
    OPEN = "open"
    """Nobody has paid yet; the session can be paid."""
    EXPIRED = "expired"
    """Nobody paid, and nobody can any more."""
    PARKED = "parked"
    """Money came that does not confirm this booking; a person looks at it."""
    UNKNOWN = "unknown"
    """Not ours."""


async def confirm(env: Environment, session_id: str) -> Standing:
    """Read a Checkout session from Stripe and make our books agree with it."""
    session = await env.payments.retrieve(session_id)
    reach("confirm.after_retrieve")
    if session is None:
        return Standing.UNKNOWN
    return await settle(env, session)


async def settle(env: Environment, session: CheckoutSession) -> Standing:
    """Make our books agree with a session just read from Stripe, once, in one transaction."""
    standing = await _settle(env, session)
    reach("confirm.after_commit")
    return standing


@transactional
async def _settle(env: Environment, session: CheckoutSession) -> Standing:
    attempt = await _find(env, session)
    if attempt is None:
        return await _not_found(env, session)
    if session.status == "open":
        return Standing.OPEN
    if session.status == "expired":
        await move_attempt(attempt.id, AttemptState.EXPIRED)
        return Standing.EXPIRED
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
    return await Attempt.filter(session_id=session_id).select_related("booking__customer").first()


def _ours(env: Environment, session: CheckoutSession) -> bool:
    data = session.metadata
    return data.get("app") == "booking-bot" and data.get("shop") == env.shop.id


async def _not_found(env: Environment, session: CheckoutSession) -> Standing:
    if not _ours(env, session) or session.status != "complete":
        return Standing.UNKNOWN
    booking = await Booking.get_or_none(reference=session.client_reference_id or "")
    if booking is None:
        await reviews.park(env, kind=reviews.Kind.UNKNOWN_REFERENCE, session=session)
    else:
        await _park_stranger(env, session, booking)
    return Standing.PARKED


async def _park_stranger(env: Environment, session: CheckoutSession, booking: Booking) -> None:
    """Book and park what was paid for a booking of ours on a session we never asked for."""
    if session.is_paid:
        number = await Attempt.filter(booking_id=booking.id).count() + 1
        attempt = await Attempt.create(
            booking_id=booking.id,
            number=number,
            idempotency_key=env.randomness.key(),
            params={},
            amount_minor=session.amount_total,
            currency=session.currency,
            expires_at=session.expires_at,
            session_id=session.id,
            created_at=env.clock.now(),
        )
        await _succeed(env, session, attempt)
    paid_before = booking.status.keeps_seats and not booking.status.awaits_money
    kind = reviews.Kind.SECOND_PAYMENT if paid_before else reviews.Kind.MISMATCH
    await reviews.park(env, kind=kind, session=session, booking=booking, misfit="session")


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
        fee_minor=session.fee_minor,
        net_minor=session.net_minor,
        livemode=session.livemode,
        paid_at=env.clock.now(),
    )


async def _book_payment(env: Environment, session: CheckoutSession, attempt: Attempt) -> Standing:
    booking = attempt.booking
    first = await _succeed(env, session, attempt)
    if not first:
        parked = await reviews.is_open(session.id)
        return Standing.PARKED if parked else Standing.PAID
    if await welcome(env, booking=booking, customer=booking.customer, sources=UNPAID):
        return Standing.PAID
    now = await Booking.get(id=booking.id)
    kind = reviews.Kind.SECOND_PAYMENT if now.status.keeps_seats else reviews.Kind.LATE_PAYMENT
    await reviews.park(env, kind=kind, session=session, booking=now)
    return Standing.PARKED


async def welcome(
    env: Environment,
    *,
    booking: Booking,
    customer: Customer,
    sources: Collection[BookingState] = UNPAID,
) -> bool:
    """Confirm a booking in the caller's transaction, with receipt, card and reminders.

    Returns False when the booking does not stand where it could be confirmed.
    """
    confirmed = await move(
        booking.id, BookingState.CONFIRMED, sources=sources, confirmed_at=env.clock.now()
    )
    if not confirmed:
        return False
    await notices.show_booking(env, booking=booking, customer=customer, event="confirmed")
    await notices.send_receipt(env, booking=booking, customer=customer)
    await notices.tell_admins(env, card="confirmed", about=booking.reference, booking=booking.id)
    await record(env, actor="system", action="confirm", reference=booking.reference)
    await remind.plan_appointment(env, booking=booking)
    return True


async def confirm_by_reference(env: Environment, reference: str) -> Standing:
    """Ask Stripe about every session of a booking that may have been paid; return the best news.

    Raises UnknownBooking.
    """
    booking = await Booking.get_or_none(reference=reference)
    if booking is None:
        raise UnknownBooking
    standing = Standing.OPEN
    for attempt in await Attempt.filter(booking_id=booking.id).order_by("-number"):
        if attempt.session_id is None or attempt.state == AttemptState.FAILED:
            continue
        standing = await confirm(env, attempt.session_id)
        if standing in {Standing.PAID, Standing.PROCESSING, Standing.PARKED}:
            return standing
    return standing
