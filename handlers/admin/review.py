"""A payment that does not fit, decided about by an admin: asked, then done."""

from telegram import Update

from booking import mismatch, notices
from booking.errors import Refusal
from handlers.context import Guest, Visit, answer, meet, show
from handlers.keyboards import NONE, decode
from handlers.screens.review import Choice, Decision


async def tapped(update: Update, visit: Visit) -> None:
    """Ask before a payment is accepted or given back; do it after "Yes"."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    answer(update, visit)
    decision = Decision.read(tap.arg)
    if decision is None:
        await _show(visit, guest, tap.ref, notices.note("review.left_alone"))
        return
    try:
        await mismatch.to_decide(decision.review_id)
        if decision.choice == Choice.NO:
            await _show(visit, guest, tap.ref, notices.note("review.left_alone"))
            return
        if not decision.sure:
            await show(visit, guest, "review", str(decision))
            return
        await _do(visit, guest, decision)
    except Refusal as refusal:
        await _show(visit, guest, tap.ref, notices.refused(refusal))
        return
    await _show(visit, guest, tap.ref, notices.note(f"review.{decision.choice}ed"))


async def _do(visit: Visit, guest: Guest, decision: Decision) -> None:
    act = mismatch.accept if decision.choice == Choice.ACCEPT else mismatch.give_back
    actor = f"admin:{guest.customer.telegram_id}"
    await act(visit.env, review_id=decision.review_id, actor=actor)


async def _show(visit: Visit, guest: Guest, reference: str, remark: dict[str, object]) -> None:
    if reference == NONE:
        await show(visit, guest, "home", remark=remark)
    else:
        await show(visit, guest, "any_booking", reference, remark=remark)
