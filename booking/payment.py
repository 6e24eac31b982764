"""A payment of ours that Stripe tells something about: a refund of it, a dispute over it."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from booking.confirm import confirm_by_reference
from booking.errors import UnknownBooking, Vanished
from booking.ports import Environment, StripeDispute, StripeRefund
from db.money_models import Attempt

Told = TypeVar("Told", StripeRefund, StripeDispute)


async def payment_of(told: StripeRefund | StripeDispute) -> Attempt | None:
    """Return the payment that is told about, with its booking; None when it is not ours."""
    if told.payment_intent:
        found = Attempt.filter(payment_intent=told.payment_intent)
    elif told.charge:
        found = Attempt.filter(charge=told.charge)
    else:
        return None
    return await found.select_related("booking__customer").first()


async def agree(
    env: Environment, told: Told | None, book: Callable[[Environment, Told], Awaitable[bool]]
) -> None:
    """Make our books agree with what was just read from Stripe; what is not ours is left alone.

    A payment of ours that nobody has told us of yet is confirmed first. Raises Vanished when there
    is nothing to be read, though Stripe itself had named it.
    """
    if told is None:
        raise Vanished("Stripe named it, and has none")
    if await book(env, told) or not env.shop.owns(told.payment_metadata):
        return
    with suppress(UnknownBooking):
        await confirm_by_reference(env, told.payment_metadata.get("booking", ""))
        await book(env, told)
