"""Taps on a booking that waits for its payment: "I have paid" and "Cancel booking"."""

from telegram import Update

from booking import requests
from handlers import reading
from handlers.context import Visit, answer, meet, show
from handlers.keyboards import Verb, decode


async def tapped(update: Update, visit: Visit) -> None:
    """Write down the wish; Stripe is asked later, the answer comes as a screen."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    booking = await reading.booking_of(guest.customer, tap.ref)
    if booking is None or not (booking.status.awaits_money or tap.verb == Verb.PAID):
        answer(update, visit, guest.words.plain("toast.old_menu"))
        await show(visit, guest, "booking", tap.ref)
        return
    asking = tap.verb == Verb.PAID
    answer(update, visit, guest.words.plain("toast.checking" if asking else "toast.cancelling"))
    what = "check_payment" if asking else "cancel_unpaid"
    await requests.ask(visit.env, guest.turn, booking=booking, what=what)
