"""The views only admins see: a day, a booking, the questions before something is done to it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Final

from booking.errors import NothingToRefund
from booking.refund import purse_of
from handlers import reading
from handlers.asked import Asked
from handlers.screens import admin, onsite, refund
from handlers.screens.screen import Screen


async def show_today(asked: Asked) -> Screen:
    """List the bookings of a day for an admin."""
    if not asked.is_admin:
        return admin.not_found(asked.words)
    on = date.fromisoformat(str(asked.ref))
    found = await reading.bookings_on(asked.door.env, on)
    return admin.today(asked.words, on, [await reading.view_of(asked.words, one) for one in found])


async def show_any_booking(asked: Asked) -> Screen:
    """Show an admin everything about a booking."""
    found = await reading.any_booking(str(asked.ref)) if asked.is_admin else None
    if found is None:
        return admin.not_found(asked.words)
    return admin.admin_booking(asked.words, await reading.view_of(asked.words, found))


async def show_refund(asked: Asked) -> Screen:
    """Ask an admin whether money is given back; show the booking when none can be any more."""
    reference, _, written = str(asked.ref).partition(" ")
    found = await reading.any_booking(reference) if asked.is_admin else None
    question = refund.read(written)
    if found is None or question is None:
        return admin.not_found(asked.words)
    view = await reading.view_of(asked.words, found)
    try:
        purse = await purse_of(found)
    except NothingToRefund:
        return admin.admin_booking(asked.words, view)
    return refund.refund(asked.words, view, purse, question)


async def show_onsite(asked: Asked) -> Screen:
    """Ask an admin whether the rest was paid on site."""
    reference, _, written = str(asked.ref).partition(" ")
    found = await reading.any_booking(reference) if asked.is_admin else None
    wish = onsite.read(written)
    if found is None or wish is None:
        return admin.not_found(asked.words)
    return onsite.onsite(asked.words, await reading.view_of(asked.words, found), wish)


VIEWS: Final[Mapping[str, Callable[[Asked], Awaitable[Screen]]]] = {
    "today": show_today,
    "any_booking": show_any_booking,
    "refund": show_refund,
    "onsite": show_onsite,
}
