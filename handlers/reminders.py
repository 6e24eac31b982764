"""Taps on a reminder: "Stop reminding" and "I'll be there"."""

from telegram import Update

from booking import remind
from db.states import BookingState
from handlers import reading
from handlers.context import Visit, answer, meet, show
from handlers.keyboards import Verb, decode


async def tapped(update: Update, visit: Visit) -> None:
    """Do what was asked; the message itself says so, without that button."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    booking = await reading.booking_of(guest.customer, tap.ref)
    now = visit.env.clock.now()
    expected = (
        booking is not None and booking.status == BookingState.CONFIRMED and now < booking.start
    )
    if booking is None or not (expected or tap.verb == Verb.MUTE):
        answer(update, visit, guest.words.plain("toast.old_menu"))
        await show(visit, guest, "booking", tap.ref)
        return
    muting = tap.verb == Verb.MUTE
    answer(update, visit, guest.words.plain("toast.muted" if muting else "toast.coming"))
    await (remind.mute if muting else remind.promise)(visit.env, guest.turn, booking=booking)
