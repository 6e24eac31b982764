"""Open a Checkout session for a held booking: written down first, asked second, saved third."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from booking import notices, remind
from booking.checkout_params import checkout_params
from booking.errors import Unavailable
from booking.patience import told_when_long
from booking.ports import (
    STORED_ERROR,
    CheckoutSession,
    Environment,
    PaymentRejected,
)
from booking.quiet import tell_of_late_links
from booking.release import give_up
from booking.welcome import welcome
from db import job_facts, jobs, witness
from db.models import Booking, Customer
from db.money_models import Attempt
from db.moves import move, move_attempt
from db.points import reach
from db.states import AttemptState, BookingState
from db.transactions import transactional

log = logging.getLogger(__name__)

LATE = "payment_link_late"
STRIPE_SHORTEST = timedelta(minutes=30)
STRIPE_LONGEST = timedelta(hours=24)
MOST_ATTEMPTS = 5
SLACK = timedelta(minutes=2)
PATIENCE = timedelta(minutes=15)
"""How much longer a hold is kept while Stripe is down."""
LONGEST_PAUSE = timedelta(seconds=30)
"""How long it takes at most until Stripe is asked anew for what it repeats an error about."""


async def open_attempt(
    env: Environment, *, booking: Booking, customer: Customer, after: timedelta = timedelta()
) -> Attempt:
    """Write down one try to be paid, with the exact words for Stripe, and the job that asks it.

    Belongs into the transaction that holds or resumes the booking. Stripe is asked `after` a while.
    """
    number = await Attempt.filter(booking_id=booking.id).count() + 1
    hold = timedelta(minutes=env.shop.hold_minutes)
    # a refused expires_at means that our clock and Stripe's differ: each attempt allows for more
    slack = SLACK * min(number, MOST_ATTEMPTS)
    lasts = max(hold, STRIPE_SHORTEST) + slack
    expires_at = env.clock.now() + min(lasts, STRIPE_LONGEST - slack)
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
        run_at=env.clock.now() + after,
        priority=2,
    )
    return attempt


async def create_checkout(env: Environment, job: jobs.Job) -> None:
    """Ask Stripe for the session of an attempt, save it, and show the customer where to pay.

    Safe to repeat: the attempt's own idempotency key gives the same session. While Stripe is down
    or silent the customer is told once, and the job is retried.
    """
    attempt = await Attempt.get(id=job.payload["attempt"]).select_related("booking__customer")
    if attempt.state != AttemptState.CREATED:
        await _make_unpayable(env, attempt, job)
        return
    reach("checkout.before_create")
    key, late = attempt.idempotency_key, partial(_tell_late, env, attempt.booking)
    try:
        async with told_when_long(late):
            session = await env.payments.create(attempt.params, idempotency_key=key)
    except PaymentRejected as rejected:
        await _rejected(env, attempt, rejected)
        return
    except Unavailable as away:
        await late()
        await tell_of_late_links(env, attempt, away)
        raise
    reach("checkout.after_create")
    if not await _save_session(env, attempt, session):
        # Cancelled while Stripe was asked: nobody may pay a session whose slot is given away.
        await Attempt.filter(id=attempt.id, session_id=None).update(session_id=session.id)
        await env.payments.expire(session.id)


async def _tell_late(env: Environment, booking: Booking) -> None:
    # cancelled while Stripe was asked: no place is kept, and no link comes
    if await Booking.exists(id=booking.id, status=BookingState.HELD):
        who = booking.customer
        await notices.tell(env, kind=LATE, booking=booking, customer=who)


async def _was_told_late(booking: Booking) -> bool:
    return bool(await job_facts.known([notices.key_of(LATE, booking)]))


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
        env,
        booking=booking,
        customer=booking.customer,
        event=f"link:{attempt.id}",
        aloud=await _was_told_late(booking),
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
    if rejected.code == STORED_ERROR:  # an outage: the hold's own end is the end of patience
        await _tell_late(env, attempt.booking)
        await _again(env, attempt, after=_pause(attempt.number))
        return
    if rejected.param == "expires_at" and attempt.number < MOST_ATTEMPTS:
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
async def _again(
    env: Environment,
    attempt: Attempt,
    *,
    with_email: bool = True,
    after: timedelta = timedelta(),
) -> None:
    if not await move_attempt(attempt.id, AttemptState.EXPIRED):
        return
    booking = await Booking.get(id=attempt.booking_id).select_related("customer")
    if not with_email:
        booking.details = {**booking.details, "email": None}
    hold = timedelta(minutes=env.shop.hold_minutes)
    latest = booking.created_at + hold + PATIENCE
    booking.held_until = max(booking.held_until, min(env.clock.now() + hold, latest))
    await booking.save(update_fields=["details", "held_until"])
    await open_attempt(env, booking=booking, customer=booking.customer, after=after)


def _pause(number: int) -> timedelta:
    """Return how long to wait after so many attempts: not at all, then longer and longer."""
    return min(LONGEST_PAUSE, timedelta(seconds=2 ** min(number, 10) - 2))


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
