"""The views before a booking is cancelled: the customer's question, and the shop's."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from booking.cancel import terms_of
from booking.errors import Refusal
from booking.shop_cancel import reason_of, stake_of
from handlers import reading
from handlers.asked import Asked
from handlers.refusals import explanation
from handlers.screens import admin, booking, cancel
from handlers.screens.screen import Screen, lines


async def show_cancel(asked: Asked) -> Screen:
    """Ask a customer whether a booking is cancelled; say above it why it cannot be."""
    reference, _, number = str(asked.ref).partition(" ")
    words, now = asked.words, asked.door.env.clock.now()
    found = await reading.booking_of(asked.customer, reference)
    if found is None:
        return admin.not_found(words)
    view = await reading.view_of(words, found)
    try:
        terms = await terms_of(found, at=now)
    except Refusal as refusal:
        person = words("typed.person", contact=words.shop.support or words.shop.name)
        why = lines([explanation(words, refusal), person])
        return booking.booking(words, view, now=now).remarked(why)
    return cancel.cancel(words, view, terms, number=int(number))


async def show_shop_cancel(asked: Asked) -> Screen:
    """Ask an admin whether a booking is cancelled; say above it why it cannot be."""
    reference, _, number = str(asked.ref).partition(" ")
    found = await reading.any_booking(reference) if asked.is_admin else None
    if found is None:
        return admin.not_found(asked.words)
    view = await reading.view_of(asked.words, found)
    try:
        stake = await stake_of(found)
    except Refusal as refusal:
        shown = admin.admin_booking(asked.words, view)
        return shown.remarked(explanation(asked.words, refusal))
    reason = await reason_of(found, int(number))
    return cancel.shop_cancel(asked.words, view, stake, reason=reason, number=int(number))


VIEWS: Final[Mapping[str, Callable[[Asked], Awaitable[Screen]]]] = {
    "cancel": show_cancel,
    "shop_cancel": show_shop_cancel,
}
