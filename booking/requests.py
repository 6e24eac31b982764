"""What a customer asks of a booking that needs Stripe: written down, answered when known."""

from typing import Final

from booking import notices
from booking.confirm import confirm_by_reference
from booking.errors import Unavailable
from booking.patience import PEOPLE_WAIT, told_when_long
from booking.ports import Environment, PaymentRejected
from booking.release import let_go
from booking.standing import Standing
from booking.turn import Turn
from db import jobs
from db.lanes import is_waiting_in_lane
from db.models import Booking, Customer
from db.states import BookingState, EndReason
from db.transactions import transactional

STANDINGS: Final = {
    Standing.OPEN: "pay.not_yet",
    Standing.EXPIRED: "pay.not_yet",
    Standing.PROCESSING: "pay.processing",
    Standing.PARKED: "pay.parked",
    Standing.RETURNED: "pay.returned",
    Standing.MISSING: "pay.stripe_down",
}
"""What is said above a booking whose payment was asked about; else the booking says it."""


@transactional
async def ask(env: Environment, turn: Turn, *, booking: Booking, what: str) -> None:
    """Write down a wish, "check_payment" or "cancel_unpaid"; it stands in nobody's way.

    Of the first one is under way for a booking, and one waits, however often it is tapped.
    """
    lane = f"ask:{booking.reference}"
    if what == "check_payment" and await is_waiting_in_lane(lane):
        return
    await jobs.enqueue(
        kind=what,
        key=f"{what}:{booking.reference}:{turn.update_id}",
        lane=lane if what == "check_payment" else None,
        priority=2,
        now=env.clock.now(),
        payload={
            "reference": booking.reference,
            "customer": turn.customer.id,
            "message_id": turn.message_id,
            "update_id": turn.update_id,
        },
    )


async def check_payment(env: Environment, job: jobs.Job) -> None:
    """Ask Stripe whether a booking was paid, and tell the customer the truth."""
    try:
        reference = job.payload["reference"]
        standing = await confirm_by_reference(env, reference, seconds=PEOPLE_WAIT)
    except (Unavailable, PaymentRejected):
        await _answer(env, job, "pay.stripe_down")
        return
    await _answer(env, job, STANDINGS.get(standing))


async def cancel_unpaid(env: Environment, job: jobs.Job) -> None:
    """Cancel a booking nobody has paid; when it was paid meanwhile, say so instead."""
    booking = await Booking.get(reference=job.payload["reference"]).select_related("customer")
    if not booking.status.awaits_money:
        await _answer(env, job, None)
        return

    async def late() -> None:
        if job.attempts <= 1:
            await _answer(env, job, "pay.cancel_later")

    try:
        async with told_when_long(late):
            standing = await let_go(
                env,
                booking=booking,
                to=BookingState.CANCELLED,
                reason=EndReason.CUSTOMER,
                actor=f"customer:{booking.customer_id}",
            )
    except (Unavailable, PaymentRejected):
        await late()
        raise
    if standing != Standing.EXPIRED:
        await _answer(env, job, "pay.was_paid")


async def _answer(env: Environment, job: jobs.Job, remark: str | None) -> None:
    now = int(env.clock.now().timestamp())
    booking = await Booking.get(reference=job.payload["reference"])
    customer = await Customer.get(id=job.payload["customer"])
    await notices.show_booking(
        env,
        booking=booking,
        customer=customer,
        event=f"{job.kind}:{job.payload['update_id']}{':' if remark else ''}{remark or ''}",
        remark=notices.note(remark, at=now) if remark else None,
        message_id=job.payload["message_id"],
    )
