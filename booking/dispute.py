"""Dispute: a buyer asked their bank for the money; what Stripe says of it is booked and told.

The admins are told at every state, and reminded while an answer is due; the customer is not. What
is disputed is not given back as well (`booking/disputed.py`).
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from booking import notices
from booking.audit import record
from booking.errors import NotYet, Unavailable
from booking.payment import agree, payment_of
from booking.ports import Environment, StripeDispute
from db import jobs, witness
from db.jobs import Job
from db.locks import lock_attempts
from db.money_models import Attempt, Dispute
from db.moves import move_dispute
from db.states import DisputeState
from db.transactions import transactional

REMIND: Final = timedelta(days=1)
"""How long before Stripe stops to take evidence the admins are reminded."""
REASON: Final = 60
"""So many characters of Stripe's word for a reason are kept."""


async def refresh(env: Environment, dispute_id: str) -> None:
    """Read a dispute from Stripe and make our books agree; what is not ours is left alone."""
    await agree(env, await env.payments.retrieve_dispute(dispute_id), book)


@transactional
async def book(env: Environment, told: StripeDispute) -> bool:
    """Make our books agree with a dispute just read from Stripe; False when it is not ours."""
    attempt = await payment_of(told)
    if attempt is None:
        return False
    await lock_attempts(attempt.booking_id)
    state = DisputeState(told.status)
    known = await Dispute.get_or_none(dispute_id=told.id)
    if known is None:
        known = await _open(env, told, attempt, state)
        await _tell(env, attempt, known, "")
        return True
    if await move_dispute(known.id, state, closed_at=_closed_at(env, state)):
        await _keep(known, told)
        await _tell(env, attempt, known, known.state)
    elif known.state == state:
        await _keep(known, told)
        await _remind(env, known)
    return True


def _closed_at(env: Environment, state: DisputeState) -> datetime | None:
    return env.clock.now() if state.is_closed else None


async def _open(
    env: Environment, told: StripeDispute, attempt: Attempt, state: DisputeState
) -> Dispute:
    money = (told.currency, told.amount, attempt.booking.reference)
    witness.tell(witness.Moved("dispute", state, *money))
    return await Dispute.create(
        attempt_id=attempt.id,
        dispute_id=told.id,
        state=state,
        amount_minor=told.amount,
        currency=told.currency,
        reason=told.reason[:REASON],
        due_by=told.due_by,
        opened_at=told.created,
        closed_at=_closed_at(env, state),
    )


async def _keep(known: Dispute, told: StripeDispute) -> None:
    """Take over what may change of a dispute besides its state."""
    known.amount_minor, known.currency = told.amount, told.currency
    known.reason, known.due_by = told.reason[:REASON], told.due_by
    await known.save(update_fields=["amount_minor", "currency", "reason", "due_by"])


async def _tell(env: Environment, attempt: Attempt, dispute: Dispute, before: str) -> None:
    """Tell the admins how a dispute stands now, once for each way it came there."""
    await dispute.refresh_from_db()
    await notices.tell_admins(
        env,
        card=f"dispute_{dispute.state}",
        about=f"{dispute.id}:{before}",
        booking=attempt.booking_id,
        dispute=dispute.id,
    )
    await record(
        env,
        actor="stripe",
        action=f"dispute {dispute.state}",
        reference=attempt.booking.reference,
        detail={
            "dispute": dispute.dispute_id,
            "amount_minor": dispute.amount_minor,
            "currency": dispute.currency,
            "reason": dispute.reason,
        },
    )
    await _remind(env, dispute)


async def _remind(env: Environment, dispute: Dispute) -> None:
    """Have the admins reminded of an answer that is due; a deadline that moved has its own job."""
    due = dispute.due_by
    if due is None or not DisputeState(dispute.state).needs_response:
        return
    if due - REMIND <= env.clock.now():  # the card of this moment says it
        return
    await jobs.enqueue(
        kind="remind_dispute",
        key=f"dispute:{dispute.id}:{dispute.state}:{int(due.timestamp())}",
        payload={"dispute": dispute.id},
        now=env.clock.now(),
        run_at=due - REMIND,
    )


async def remind_dispute(env: Environment, job: Job) -> None:
    """Remind the admins of a dispute that still waits for their answer a day before it is late."""
    dispute = await Dispute.get(id=job.payload["dispute"]).select_related("attempt")
    if dispute.due_by is not None and env.clock.now() < dispute.due_by - REMIND:
        raise NotYet(dispute.due_by - REMIND)
    with suppress(Unavailable):  # an event may have been lost; but the deadline does not wait
        await refresh(env, dispute.dispute_id)
    await _remind_now(env, dispute)


@transactional
async def _remind_now(env: Environment, dispute: Dispute) -> None:
    await dispute.refresh_from_db(fields=["state", "due_by"])
    due, now = dispute.due_by, env.clock.now()
    asked = DisputeState(dispute.state).needs_response
    if due is None or not asked or not due - REMIND <= now < due:
        return
    await notices.tell_admins(
        env,
        card="dispute_due",
        about=f"{dispute.id}:{int(due.timestamp())}",
        booking=dispute.attempt.booking_id,
        dispute=dispute.id,
    )
