"""Money given back by an admin: asked for with /refund, answered with Yes or No."""

from telegram import Update

from booking import notices
from booking.errors import Refusal
from booking.money import Money
from booking.refund import Purse, Wish, purse_of
from booking.refund import refund as give_back
from db.models import Booking
from handlers import formats, reading, refusals
from handlers.admin.named import named_booking
from handlers.context import Guest, Visit, answer, meet, show
from handlers.keyboards import ASK, decode
from handlers.screens.refund import Question, read
from handlers.typed_values import read_amount


async def refund(update: Update, visit: Visit) -> None:
    """Ask before money is given back: all that is left, or the amount after the reference."""
    guest = await meet(update, visit)
    named = await named_booking(visit, guest, usage="refund.usage")
    if named is None:
        return
    booking, rest = named
    await _ask(visit, guest, booking, " ".join(rest))


async def _ask(visit: Visit, guest: Guest, booking: Booking, written: str = "") -> None:
    try:
        purse = await purse_of(booking)
        currency = purse.left.currency
        amount = read_amount(written, currency=currency) if written else purse.left
        if amount is None or not amount:
            remark = notices.note("refund.no_amount", left=formats.money(guest.words, purse.left))
            await show(visit, guest, "any_booking", booking.reference, remark=remark)
            return
        await show(visit, guest, "refund", _asked(booking.reference, purse, amount, guest))
    except Refusal as refusal:
        await _refuse(visit, guest, booking.reference, refusal)


def _asked(reference: str, purse: Purse, amount: Money, guest: Guest) -> str:
    """Return the question whether so much is given back; raise RefundTooLarge."""
    list(purse.split(amount))
    return f"{reference} {Question(amount, purse.spoken_for.minor, guest.turn.update_id)}"


async def tapped(update: Update, visit: Visit) -> None:
    """Give the money back after "Yes", leave it after "No"; a question is answered once."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    question = read(tap.arg)
    booking = await reading.any_booking(tap.ref)
    if tap.arg == ASK and booking is not None:
        answer(update, visit)
        await _ask(visit, guest, booking)
        return
    if question is None or booking is None:
        answer(update, visit)
        await show(visit, guest, "any_booking", tap.ref, remark=notices.note("refund.left_alone"))
        return
    answer(update, visit, guest.words.plain("toast.refunding"))
    wish = Wish(
        amount=question.amount,
        given_back=question.given_back,
        question=question.number,
        actor=f"admin:{guest.customer.telegram_id}",
    )
    try:
        await give_back(visit.env, booking=booking, wish=wish)
    except Refusal as refusal:
        await _refuse(visit, guest, booking.reference, refusal)
        return
    remark = notices.note("refund.asked", amount=formats.money(guest.words, question.amount))
    await show(visit, guest, "any_booking", booking.reference, remark=remark)


async def _refuse(visit: Visit, guest: Guest, reference: str, refusal: Refusal) -> None:
    """Say above the booking why nothing is given back."""
    remark = refusals.remark(guest.words, refusal)
    await show(visit, guest, "any_booking", reference, remark=remark)
