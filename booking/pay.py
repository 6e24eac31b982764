"""Open a Checkout session for a held booking: written down first, asked second, saved third."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from booking import notices, remind
from booking.checkout_lines import line_items
from booking.errors import Unavailable
from booking.ports import (
    STORED_ERROR,
    CheckoutSession,
    CheckoutSubject,
    CheckoutWords,
    Environment,
    PaymentRejected,
)
from booking.release import give_up
from booking.welcome import welcome
from db import jobs, witness
from db.models import Booking, Customer
from db.money_models import Attempt
from db.moves import move, move_attempt
from db.points import reach
from db.states import AttemptState, BookingState
from db.transactions import transactional

log = logging.getLogger(__name__)

STRIPE_SHORTEST = timedelta(minutes=30)
STRIPE_LONGEST = timedelta(hours=24)
MOST_ATTEMPTS = 5
SLACK = timedelta(minutes=2)
PATIENCE = timedelta(minutes=15)
"""How much longer a hold is kept while Stripe is down."""


async def open_attempt(env: Environment, *, booking: Booking, customer: Customer) -> Attempt:
    """Write down one try to be paid, with the exact words for Stripe, and the job that asks it.

    Belongs into the transaction that holds or resumes the booking.
    """
    number = await Attempt.filter(booking_id=booking.id).count() + 1
    hold = timedelta(minutes=env.shop.hold_minutes)
    # a refused expires_at means that our clock and Stripe's differ: each attempt allows for more
    lasts = max(hold, STRIPE_SHORTEST) + SLACK * number
    expires_at = env.clock.now() + min(lasts, STRIPE_LONGEST - SLACK * number)
    attempt = await Attempt.create(
        booking_id=booking.id,
        number=number,
        idempotency_key=env.randomness.key(),
        params=checkout_params(env, booking, customer, expires_at),
        amount_minor=booking.asked_minor,
        currency=booking.currency,
        expires_at=expires_at,
        created_at=env.clock.now(),
    )
    asked = (attempt.state, attempt.currency, attempt.amount_minor, booking.reference)
    witness.tell(witness.Moved("payment", *asked))
    await jobs.enqueue(
        kind="create_checkout",
        key=f"checkout:{attempt.id}",
        payload={"attempt": attempt.id},
        now=env.clock.now(),
        priority=2,
    )
    return attempt


def checkout_params(
    env: Environment, booking: Booking, customer: Customer, expires_at: datetime
) -> dict[str, Any]:
    """Return the parameters of `POST /v1/checkout/sessions` for a booking (hosted page)."""
    words = env.wording.checkout(_subject(env, booking, customer))
    metadata = {"app": "booking-bot", "shop": env.shop.id, "booking": booking.reference}
    params: dict[str, Any] = {
        "mode": "payment",
        "submit_type": "book",
        "line_items": line_items(booking, words),
        "client_reference_id": booking.reference,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata, "description": _description(booking, words)},
        "locale": words.locale,
        "billing_address_collection": "auto",
        "custom_text": {"submit": {"message": words.submit}},
        "adaptive_pricing": {"enabled": False},
        "success_url": f"{env.shop.public_url}/booking/success?session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": words.cancel_url,
        "expires_at": int(expires_at.timestamp()),
    }
    email = booking.details.get("email")
    if email:
        params["customer_email"] = email
    if env.shop.terms_consent:
        params["consent_collection"] = {"terms_of_service": "required"}
    return params


def _description(booking: Booking, words: CheckoutWords) -> str:
    return f"{booking.reference} · {words.product}"[:1000]


def _subject(env: Environment, booking: Booking, customer: Customer) -> CheckoutSubject:
    return CheckoutSubject(
        reference=booking.reference,
        language=customer.language or env.shop.default_language,
        service=booking.snapshot["service"],
        staff=booking.snapshot["staff"],
        start=booking.start,
        held_until=booking.held_until,
        seats=booking.seats,
        due_minor=booking.due_minor,
        onsite_minor=booking.onsite_minor,
        discount_minor=booking.discount_minor,
        coupon=booking.coupon,
        currency=booking.currency,
    )


async def create_checkout(env: Environment, job: jobs.Job) -> None:
    """Ask Stripe for the session of an attempt, save it, and show the customer where to pay.

    Safe to repeat: the attempt's own idempotency key gives the same session. While Stripe is down
    the customer is told once and the job is retried.
    """
    attempt = await Attempt.get(id=job.payload["attempt"]).select_related("booking__customer")
    if attempt.state != AttemptState.CREATED:
        await _make_unpayable(env, attempt, job)
        return
    reach("checkout.before_create")
    try:
        session = await env.payments.create(attempt.params, idempotency_key=attempt.idempotency_key)
    except PaymentRejected as rejected:
        await _rejected(env, attempt, rejected)
        return
    except Unavailable:
        await notices.tell(
            env,
            kind="payment_link_late",
            booking=attempt.booking,
            customer=attempt.booking.customer,
        )
        raise
    reach("checkout.after_create")
    if not await _save_session(env, attempt, session):
        # Cancelled while Stripe was asked: nobody may pay a session whose slot is given away.
        await Attempt.filter(id=attempt.id, session_id=None).update(session_id=session.id)
        await env.payments.expire(session.id)


async def _make_unpayable(env: Environment, attempt: Attempt, job: jobs.Job) -> None:
    """Expire what an earlier run of this job may have created for an attempt since given up."""
    if attempt.state != AttemptState.EXPIRED or job.attempts <= 1:
        return
    if attempt.session_id is None:
        with suppress(PaymentRejected):
            key = attempt.idempotency_key
            session = await env.payments.create(attempt.params, idempotency_key=key)
            await Attempt.filter(id=attempt.id, session_id=None).update(session_id=session.id)
            await env.payments.expire(session.id)
    else:
        await env.payments.expire(attempt.session_id)


@transactional
async def _save_session(env: Environment, attempt: Attempt, session: CheckoutSession) -> bool:
    opened = await move_attempt(
        attempt.id, AttemptState.OPEN, session_id=session.id, url=session.url
    )
    if not opened:
        return False
    booking = attempt.booking
    await move(
        booking.id, BookingState.AWAITING_PAYMENT, held_until=_held_until(env, booking, session)
    )
    await notices.show_booking(
        env, booking=booking, customer=booking.customer, event=f"link:{attempt.id}"
    )
    await remind.plan_payment(env, booking=booking)
    return True


def _held_until(env: Environment, booking: Booking, session: CheckoutSession) -> datetime:
    """Give a link that came late its time to be paid, within what was promised and Stripe allows.

    The hold ends before the session does, so that it always ends through us.
    """
    hold = timedelta(minutes=env.shop.hold_minutes)
    latest = min(booking.created_at + hold + PATIENCE, session.expires_at - SLACK / 2)
    late = env.clock.now() - booking.created_at > timedelta(minutes=1)
    return min(env.clock.now() + hold, latest) if late else min(booking.held_until, latest)


async def _rejected(env: Environment, attempt: Attempt, rejected: PaymentRejected) -> None:
    """Handle Stripe's refusal: nothing was created, so a new attempt may ask anew."""
    _log(attempt, rejected)
    again = rejected.param == "expires_at" or rejected.code == STORED_ERROR
    if again and attempt.number < MOST_ATTEMPTS:
        await _again(env, attempt)
        return
    if rejected.code == "amount_too_small":
        await _due_on_site(env, attempt)
        return
    if rejected.param == "customer_email":
        await _again(env, attempt, with_email=False)
        return
    await give_up(env, attempt=attempt, why=rejected.message)


def _log(attempt: Attempt, rejected: PaymentRejected) -> None:
    # without Stripe's message, which may repeat an e-mail address
    said = {"booking": attempt.booking.reference, "code": rejected.code, "param": rejected.param}
    log.warning("Stripe refused a Checkout session", extra=said)


@transactional
async def _again(env: Environment, attempt: Attempt, *, with_email: bool = True) -> None:
    if not await move_attempt(attempt.id, AttemptState.EXPIRED):
        return
    booking = await Booking.get(id=attempt.booking_id).select_related("customer")
    if not with_email:
        booking.details = {**booking.details, "email": None}
    hold = timedelta(minutes=env.shop.hold_minutes)
    latest = booking.created_at + hold + PATIENCE
    booking.held_until = max(booking.held_until, min(env.clock.now() + hold, latest))
    await booking.save(update_fields=["details", "held_until"])
    await open_attempt(env, booking=booking, customer=booking.customer)


@transactional
async def _due_on_site(env: Environment, attempt: Attempt) -> None:
    """Confirm a booking whose amount Stripe finds too small: it is paid at the shop instead.

    A tip is not: it was offered on top of what is paid online.
    """
    if not await move_attempt(attempt.id, AttemptState.EXPIRED):
        return
    booking = await Booking.get(id=attempt.booking_id).select_related("customer")
    tip = booking.tip_minor
    booking.onsite_minor += booking.due_minor
    booking.due_minor = booking.tip_minor = 0
    await booking.save(update_fields=["onsite_minor", "due_minor", "tip_minor"])
    customer = booking.customer
    if await welcome(env, booking=booking, customer=customer):
        await notices.tell(
            env, kind="due_on_site", booking=booking, customer=customer, tip_minor=tip
        )
