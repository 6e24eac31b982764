"""Let go of an unpaid hold: expired at Stripe first, so that nobody can pay for what is gone."""

from datetime import timedelta

from booking import coupons, notices, reviews
from booking.audit import record
from booking.confirm import confirm, settle
from booking.errors import NotYet
from booking.ports import Environment
from booking.standing import MONEY_CAME, Standing
from db import claims, job_facts, jobs
from db.locks import lock_attempts
from db.models import Booking
from db.money_models import Attempt
from db.moves import move, move_attempt
from db.points import reach
from db.states import AWAITS_MONEY, AttemptState, BookingState, EndReason
from db.transactions import transactional

PATIENCE = timedelta(minutes=15)
"""How much longer than promised a hold is kept while Stripe has not given us its link."""
LINK_RETRY = timedelta(seconds=30)
OWN_WORK = timedelta(seconds=10)
CANCELLING = ("cancel_unpaid", "close_and_cancel")
"""Jobs that expire the sessions of a booking before they end it for a reason of their own."""

NOTHING_KEPT = frozenset({Standing.EXPIRED, Standing.RETURNED})
"""Nobody paid, or all that was paid goes back."""


async def end_hold(env: Environment, job: jobs.Job) -> None:
    """End a hold whose time is over, unless it was paid; raise NotYet while it is not over."""
    booking = await Booking.get(id=job.payload["booking"]).select_related("customer")
    if not booking.status.awaits_money:
        return
    now = env.clock.now()
    if booking.held_until > now:
        raise NotYet(booking.held_until)
    asking = await Attempt.exists(booking_id=booking.id, state=AttemptState.CREATED)
    if asking and now < booking.held_until + PATIENCE:
        raise NotYet(now + LINK_RETRY)
    await let_go(env, booking=booking, to=BookingState.EXPIRED, reason=EndReason.PAYMENT_EXPIRED)


async def let_go(
    env: Environment,
    *,
    booking: Booking,
    to: BookingState,
    reason: EndReason,
    actor: str = "system",
) -> Standing:
    """Expire what could still be paid at Stripe, then free the seats and tell the customer.

    When Stripe says that it was paid after all, the booking is confirmed instead. Raises
    Unavailable while Stripe cannot be asked: then the seats stay held.
    """
    while (standing := await close(env, booking=booking)) in NOTHING_KEPT:
        if await _free(env, booking, to, reason, actor):
            break
    return standing


async def close(env: Environment, *, booking: Booking) -> Standing:
    """Expire what could still be paid at Stripe; return EXPIRED, or what was done about it before.

    Raises Unavailable while Stripe cannot be asked.
    """
    payable = await Attempt.filter(
        booking_id=booking.id, state__in=[AttemptState.CREATED, AttemptState.OPEN]
    )
    standing = Standing.EXPIRED
    for attempt in payable:
        if attempt.session_id is None:
            continue
        session = await env.payments.expire(attempt.session_id)
        if session is None:  # Stripe has no such session any more: nobody can pay it
            await move_attempt(attempt.id, AttemptState.EXPIRED)
            continue
        standing = await settle(env, session)
        if standing in MONEY_CAME and standing != Standing.RETURNED:
            return standing
    reach("release.after_expire")
    return standing if standing == Standing.RETURNED else Standing.EXPIRED


@transactional
async def _free(
    env: Environment, booking: Booking, to: BookingState, reason: EndReason, actor: str
) -> bool:
    """End an unpaid booking; False when a link that can be paid has come meanwhile."""
    await lock_attempts(booking.id)
    if await Attempt.exists(booking_id=booking.id, state=AttemptState.OPEN):
        return False
    ended = await move(
        booking.id, to, sources=AWAITS_MONEY, ended_at=env.clock.now(), end_reason=reason
    )
    if not ended:
        return True
    await clear(booking)
    await notices.show_booking(
        env, booking=booking, customer=booking.customer, event=f"ended:{reason}"
    )
    if reason == EndReason.PAYMENT_EXPIRED:
        await notices.tell(env, kind="hold_ended", booking=booking, customer=booking.customer)
    await record(
        env, actor=actor, action="release", reference=booking.reference, detail={"reason": reason}
    )
    return True


async def clear(booking: Booking) -> None:
    """Free what a booking that has ended kept, in the caller's transaction: seats, coupon, link."""
    for attempt in await Attempt.filter(booking_id=booking.id):
        if attempt.state.is_payable:
            await move_attempt(attempt.id, AttemptState.EXPIRED)
    await claims.release_seats(booking.id)
    await coupons.give_back(booking.id)


@transactional
async def give_up(env: Environment, *, attempt: Attempt, why: str) -> None:
    """End a booking whose payment page Stripe refuses to make, and tell everybody why."""
    booking = attempt.booking
    if not await move_attempt(attempt.id, AttemptState.FAILED):
        return
    await _free(env, booking, BookingState.EXPIRED, EndReason.PAYMENT_FAILED, "stripe")
    await notices.tell(env, kind="payment_page_refused", booking=booking, customer=booking.customer)
    await notices.tell_admins(
        env, card="checkout_refused", about=str(attempt.id), booking=booking.id, why=why
    )


async def session_expired(env: Environment, session_id: str) -> None:
    """Look again soon whether a hold has lost its link: somebody may have expired its session.

    Soon, because we expire sessions ourselves before we let a hold go, and Stripe tells us so, too:
    that work is given time to end.
    """
    if await confirm(env, session_id) == Standing.EXPIRED:
        await link_lost(env, session_id)


async def link_lost(env: Environment, session_id: str) -> None:
    """Look again soon whether the hold of a session that has expired can still be paid."""
    attempt = await Attempt.filter(session_id=session_id).select_related("booking").first()
    if attempt is not None and attempt.booking.status.awaits_money:
        await _look_again(env, attempt)


@transactional
async def _look_again(env: Environment, attempt: Attempt) -> None:
    now = env.clock.now()
    await jobs.enqueue(
        kind="end_dead_hold",
        key=f"dead:{attempt.id}",
        payload={"booking": attempt.booking.id},
        now=now,
        run_at=now + OWN_WORK,
    )


async def end_dead_hold(env: Environment, job: jobs.Job) -> None:
    """End a hold that nobody can pay any more, and that nobody is making a new link for.

    Raises NotYet while somebody is cancelling it: they say why it ends.
    """
    booking = await Booking.get(id=job.payload["booking"]).select_related("customer")
    payable = [AttemptState.CREATED, AttemptState.OPEN]
    if not booking.status.awaits_money:
        return
    if await Attempt.exists(booking_id=booking.id, state__in=payable):
        return
    for wish in CANCELLING:  # a kill may have put their work off for longer than OWN_WORK
        if await job_facts.is_open(wish, about=booking.reference):
            raise NotYet(env.clock.now() + OWN_WORK)
    await let_go(env, booking=booking, to=BookingState.EXPIRED, reason=EndReason.PAYMENT_EXPIRED)


async def payment_failed(env: Environment, session_id: str) -> Standing:
    """Handle a delayed payment that failed in the end: free the seats, unless Stripe says paid."""
    standing = await confirm(env, session_id)
    if standing in {Standing.PROCESSING, Standing.PARKED} and await fail(env, session_id):
        return Standing.EXPIRED
    return standing


@transactional
async def fail(env: Environment, session_id: str) -> bool:
    """Free the seats of a delayed payment that Stripe calls failed; False when it was not due."""
    found = Attempt.filter(session_id=session_id).select_related("booking__customer")
    attempt = await found.first()
    if attempt is None:
        return await reviews.never_came(env, session_id)  # on a session we never asked for
    if not await move_attempt(attempt.id, AttemptState.FAILED):
        return False
    await reviews.never_came(env, session_id)
    booking = attempt.booking
    ended = await move(
        booking.id,
        BookingState.EXPIRED,
        sources=[BookingState.PROCESSING],
        ended_at=env.clock.now(),
        end_reason=EndReason.PAYMENT_FAILED,
    )
    if not ended:
        return True
    await clear(booking)
    await notices.show_booking(
        env, booking=booking, customer=booking.customer, event=f"failed:{attempt.id}"
    )
    await notices.tell(env, kind="payment_failed", booking=booking, customer=booking.customer)
    await record(env, actor="stripe", action="payment failed", reference=booking.reference)
    return True
