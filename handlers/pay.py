"""The tap "I have paid" on a booking."""

from telegram import Update

from booking import requests
from handlers import reading
from handlers.context import Visit, answer, meet, show
from handlers.keyboards import decode


async def tapped(update: Update, visit: Visit) -> None:
    """Write down the wish; Stripe is asked later, the answer comes as a screen."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    booking = await reading.booking_of(guest.customer, tap.ref)
    if booking is None:
        answer(update, visit, guest.words.plain("toast.old_menu"))
        await show(visit, guest, "booking", tap.ref)
        return
    answer(update, visit, guest.words.plain("toast.checking"))
    await requests.ask(visit.env, guest.turn, booking=booking, what="check_payment")
