"""Bookings cancelled by the shop: asked for with /cancelbooking, answered with Yes or No."""

from typing import Final

from telegram import Update

from booking import notices, shop_cancel
from booking.errors import CancellationChanged, Refusal
from booking.refund import Wish
from db.models import Booking
from handlers import formats, reading, refusals
from handlers.admin.named import named_booking
from handlers.context import Guest, Visit, answer, meet, show
from handlers.keyboards import ASK, NO, decode
from handlers.screens.cancel import KEEP
from handlers.screens.refund import Question, read
from handlers.screens.screen import short
from handlers.written import clean

LONGEST_REASON: Final = 500


async def cancelbooking(update: Update, visit: Visit) -> None:
    """Ask before a booking is cancelled; the words after the reference are the reason."""
    guest = await meet(update, visit)
    named = await named_booking(visit, guest, usage="shop_cancel.usage")
    if named is None:
        return
    booking, words = named
    if words:
        await shop_cancel.note_reason(
            visit.env,
            booking=booking,
            question=guest.turn.update_id,
            reason=short(clean(" ".join(words)), LONGEST_REASON),
            actor=_actor(guest),
        )
    await _ask(visit, guest, booking)


async def tapped(update: Update, visit: Visit) -> None:
    """Ask, cancel after "Yes", leave the booking alone after "No"; once a question."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    booking = await reading.any_booking(tap.ref)
    question = read(tap.arg.removeprefix(KEEP))
    if booking is None or (question is None and tap.arg != ASK):
        answer(update, visit)
        remark = notices.note("shop_cancel.left_alone") if tap.arg == NO else None
        await show(visit, guest, "any_booking", tap.ref, remark=remark)
    elif question is None:
        answer(update, visit)
        await _ask(visit, guest, booking)
    else:
        answer(update, visit, guest.words.plain("toast.cancelling"))
        await _cancel(visit, guest, booking, question, keep=tap.arg.startswith(KEEP))


async def _cancel(
    visit: Visit, guest: Guest, booking: Booking, question: Question, *, keep: bool
) -> None:
    wish = Wish(
        amount=question.amount,
        given_back=question.given_back,
        question=question.number,
        actor=_actor(guest),
    )
    try:
        done = await shop_cancel.cancel_by_shop(visit.env, booking=booking, wish=wish, keep=keep)
    except CancellationChanged as changed:
        await shop_cancel.move_reason(
            visit.env,
            booking=booking,
            question=question.number,
            to=guest.turn.update_id,
            actor=_actor(guest),
        )
        await _ask(visit, guest, booking, changed)
        return
    except Refusal as refusal:
        remark = refusals.remark(guest.words, refusal)
        await show(visit, guest, "any_booking", booking.reference, remark=remark)
        return
    if not done:
        remark = notices.note("shop_cancel.closing")
    elif keep or not question.amount:
        remark = notices.note("shop_cancel.done")
    else:
        amount = formats.money(guest.words, question.amount)
        remark = notices.note("shop_cancel.done_back", amount=amount)
    await show(visit, guest, "any_booking", booking.reference, remark=remark)


async def _ask(
    visit: Visit, guest: Guest, booking: Booking, because: Refusal | None = None
) -> None:
    remark = refusals.remark(guest.words, because) if because is not None else None
    asked = f"{booking.reference} {guest.turn.update_id}"
    await show(visit, guest, "shop_cancel", asked, remark=remark)


def _actor(guest: Guest) -> str:
    return f"admin:{guest.customer.telegram_id}"
