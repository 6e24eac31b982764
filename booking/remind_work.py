"""The work of reminders: when one is due, look once more whether it still has anything to say."""

from datetime import timedelta
from typing import Final

from booking import notices
from booking.confirm import Standing, confirm
from booking.ports import Environment
from booking.remind import is_overtaken
from db.fields import to_ms
from db.jobs import Job
from db.models import Booking
from db.money_models import Attempt
from db.states import AttemptState, BookingState
from db.transactions import transactional

TOO_LATE: Final = timedelta(seconds=30)
"""So shortly before the end of a hold nobody is hurried to the payment page any more."""


async def remind_of_payment(env: Environment, job: Job) -> None:
    """Send an unpaid booking's link once more, if Stripe says that it can still be paid.

    When it was paid, this confirms it instead. Raises Unavailable while Stripe cannot be asked.
    """
    booking = await _booking(job)
    if not _can_be_paid(env, booking, job):
        return
    opened = Attempt.filter(booking_id=booking.id, state=AttemptState.OPEN)
    attempt = await opened.order_by("-number").first()
    if attempt is None or attempt.session_id is None:
        return
    if await confirm(env, attempt.session_id) == Standing.OPEN:
        await _send_payment(env, job)


def _can_be_paid(env: Environment, booking: Booking, job: Job) -> bool:
    now = env.clock.now()
    return (
        booking.status.awaits_money
        and booking.muted_at is None
        and now < booking.held_until - TOO_LATE
        and not is_overtaken(job.payload["until"], now)
    )


@transactional
async def _send_payment(env: Environment, job: Job) -> None:
    booking = await _booking(job)
    if _can_be_paid(env, booking, job):
        await notices.tell(
            env,
            kind="payment_reminder",
            booking=booking,
            customer=booking.customer,
            event=str(job.payload["number"]),
            until=job.payload["until"],
        )


@transactional
async def remind_of_appointment(env: Environment, job: Job) -> None:
    """Remind a customer of a confirmed booking that starts when it did as this was planned."""
    booking, now = await _booking(job), env.clock.now()
    confirmed = booking.status == BookingState.CONFIRMED
    start, until = job.payload["start"], job.payload["until"]
    if not confirmed or to_ms(booking.start) != start or is_overtaken(until, now):
        return
    if now < booking.start:
        await notices.tell(
            env,
            kind="appointment_reminder",
            booking=booking,
            customer=booking.customer,
            event=str(job.payload["at"]),
            start=start,
            until=until,
        )


async def _booking(job: Job) -> Booking:
    return await Booking.get(id=job.payload["booking"]).select_related("customer")
