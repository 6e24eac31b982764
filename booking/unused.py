"""Unused: a payment our books have, and that confirmed nothing, confirms its booking after all."""

from booking.ports import Environment
from booking.welcome import welcome
from db import attempt_facts, claims
from db.locks import lock_attempts
from db.money_models import Attempt
from db.transactions import transactional


@transactional
async def use(env: Environment, attempt_id: int) -> bool:
    """Confirm the booking of a payment that confirmed nothing; False when a person must look.

    That is so when the payment is not what the booking costs, or the booking has not its seats.
    """
    attempt = await Attempt.get(id=attempt_id).select_related("booking__customer")
    booking = attempt.booking
    await lock_attempts(booking.id)
    if not await attempt_facts.is_unused(attempt.id):
        return True  # somebody was quicker
    asked = (booking.asked_minor, booking.currency)
    if (attempt.paid_minor, attempt.currency) != asked:
        return False
    if await claims.holds_seats(booking.id) != booking.seats:
        return False
    return await welcome(env, booking=booking, customer=booking.customer)
