"""What was due on site is marked as paid there by an admin: asked first, answered Yes or No."""

from telegram import Update

from booking import notices
from booking.errors import Refusal
from booking.money import Money
from booking.onsite import Mark, can_be_marked, mark, times_marked
from db.models import Booking
from handlers import formats, reading
from handlers.context import Guest, Visit, answer, meet, show
from handlers.keyboards import decode
from handlers.screens.onsite import NOT_PAID, PAID, read, write


async def tapped(update: Update, visit: Visit) -> None:
    """Ask after the mark was tapped; do it after "Yes", leave it after "No"."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    answer(update, visit)
    booking = await reading.any_booking(tap.ref)
    if booking is None:
        await show(visit, guest, "any_booking", tap.ref)
        return
    if tap.arg in {PAID, NOT_PAID}:
        await _ask(visit, guest, booking, is_paid=tap.arg == PAID)
        return
    wish = read(tap.arg)
    remark = notices.note("onsite.left_alone")
    if wish is not None:
        remark = await _mark(visit, guest, booking, wish)
    await show(visit, guest, "any_booking", booking.reference, remark=remark)


async def _ask(visit: Visit, guest: Guest, booking: Booking, *, is_paid: bool) -> None:
    if not can_be_marked(booking, is_paid=is_paid):  # somebody else was quicker
        await show(visit, guest, "any_booking", booking.reference)
        return
    amount = Money(booking.onsite_minor, booking.currency)
    wish = Mark(amount=amount, is_paid=is_paid, before=await times_marked(booking))
    await show(visit, guest, "onsite", f"{booking.reference} {write(wish)}")


async def _mark(visit: Visit, guest: Guest, booking: Booking, wish: Mark) -> dict[str, object]:
    """Do what was agreed to; return what is said above the booking then."""
    actor = f"admin:{guest.customer.telegram_id}"
    try:
        await mark(visit.env, booking=booking, wish=wish, actor=actor)
    except Refusal as refusal:
        return notices.refused(refusal)
    key = "onsite.marked" if wish.is_paid else "onsite.unmarked"
    return notices.note(key, amount=formats.money(guest.words, wish.amount))
