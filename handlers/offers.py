"""Taps on an offer: the money that came too late is used for another time, or goes back."""

from datetime import UTC, datetime
from typing import Final

from telegram import Update

from booking import notices
from booking import offer as offers
from booking.errors import OfferOver, SlotTaken
from handlers import reading
from handlers.context import Visit, answer, meet, show
from handlers.keyboards import OFFERED_WITHIN, decode
from handlers.screens.offer import NO

BASE: Final = 36


async def tapped(update: Update, visit: Visit) -> None:
    """Use the payment for the tapped time, or give it back; an offer is answered once."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    booking = await reading.booking_of(guest.customer, tap.ref)
    start = _start(tap.arg, visit.env.clock.now())
    if booking is None or (start is None and tap.arg != NO):
        answer(update, visit, guest.words.plain("toast.old_menu"))
        await show(visit, guest, "booking", tap.ref)
        return
    answer(update, visit)
    try:
        if start is None:
            await offers.decline(visit.env, guest.turn, booking=booking)
        else:
            await offers.use_payment(visit.env, guest.turn, booking=booking, start=start)
    except (OfferOver, SlotTaken) as refusal:
        remark = notices.refused(refusal)
        await show(visit, guest, "booking", booking.reference, remark=remark)


def _start(written: str, now: datetime) -> datetime | None:
    """Read the start a button stands for; None when no button of ours stands for it."""
    try:
        start = datetime.fromtimestamp(int(written, BASE), UTC) if written != NO else None
    except (ValueError, OverflowError, OSError):
        return None
    return start if start is not None and abs(start - now) <= OFFERED_WITHIN else None
