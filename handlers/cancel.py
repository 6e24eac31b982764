"""The tap "Cancel booking": at once while it is unpaid, later after a question."""

from dataclasses import replace

from telegram import Update

from booking import cancel, notices, requests
from booking.errors import CancellationChanged, Refusal
from booking.refund import Wish
from db.models import Booking
from handlers import reading, refusals
from handlers.context import Guest, Visit, answer, meet, show
from handlers.keyboards import ANEW, NO, Tap, decode
from handlers.screens.refund import Question, read


async def tapped(update: Update, visit: Visit) -> None:
    """Cancel, ask whether to, or leave the booking alone, as it stands and as was answered."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    if tap.arg == ANEW:
        guest = replace(guest, turn=replace(guest.turn, message_id=None))
    booking = await reading.booking_of(guest.customer, tap.ref)
    if booking is None or not booking.status.keeps_seats:
        answer(update, visit, guest.words.plain("toast.old_menu"))
        await show(visit, guest, "booking", tap.ref)
    elif booking.status.awaits_money:
        answer(update, visit, guest.words.plain("toast.cancelling"))
        await requests.ask(visit.env, guest.turn, booking=booking, what="cancel_unpaid")
    else:
        await _confirmed(update, visit, guest, booking, tap)


async def _confirmed(
    update: Update, visit: Visit, guest: Guest, booking: Booking, tap: Tap
) -> None:
    question = read(tap.arg)
    if tap.arg == NO:
        answer(update, visit)
        kept = notices.note("cancel.kept")
        await show(visit, guest, "booking", booking.reference, remark=kept)
    elif question is None:
        answer(update, visit)
        await _ask(visit, guest, booking)
    else:
        answer(update, visit, guest.words.plain("toast.cancelling"))
        await _cancel(visit, guest, booking, question)


async def _ask(
    visit: Visit, guest: Guest, booking: Booking, because: Refusal | None = None
) -> None:
    remark = refusals.remark(guest.words, because) if because is not None else None
    asked = f"{booking.reference} {guest.turn.update_id}"
    await show(visit, guest, "cancel", asked, remark=remark)


async def _cancel(visit: Visit, guest: Guest, booking: Booking, question: Question) -> None:
    wish = Wish(
        amount=question.amount,
        given_back=question.given_back,
        question=question.number,
        actor=f"customer:{guest.customer.id}",
    )
    try:
        await cancel.cancel(visit.env, guest.turn, booking=booking, wish=wish)
    except CancellationChanged as changed:
        await _ask(visit, guest, booking, changed)
    except Refusal as refusal:
        contact = guest.words.shop.support or guest.words.shop.name
        remark = refusals.remark(guest.words, refusal, person=contact)
        await show(visit, guest, "booking", booking.reference, remark=remark)
