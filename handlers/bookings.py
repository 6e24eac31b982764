"""One's own bookings: the list, one of them, and the same again."""

from dataclasses import replace

from telegram import Update

from booking import draft as drafts
from handlers import reading
from handlers.context import Visit, answer, meet, show
from handlers.keyboards import ANEW, Verb, decode


async def bookings(update: Update, visit: Visit) -> None:
    """List the customer's bookings, by command or from the menu."""
    guest = await meet(update, visit)
    answer(update, visit)
    await show(visit, guest, "bookings")


async def tapped(update: Update, visit: Visit) -> None:
    """Show a booking, or begin the same one again."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    answer(update, visit)
    if tap.arg == ANEW:
        guest = replace(guest, turn=replace(guest.turn, message_id=None))
    if tap.verb == Verb.SHOW:
        await show(visit, guest, "booking", tap.ref)
        return
    if guest.already_answered(await reading.open_draft(guest.customer)):
        return
    booking = await reading.booking_of(guest.customer, tap.ref)
    await drafts.begin(
        visit.env,
        guest.turn,
        service=booking.service.key if booking else None,
        staff=await reading.wanted_staff(booking) if booking else None,
        answers=(booking.details or {}).get("answers") if booking else None,
    )
