"""Our books compared with Stripe because an admin asks: /reconcile, answered with Yes or No."""

from telegram import Update

from booking import sweeps
from handlers.context import Visit, answer, meet, show
from handlers.keyboards import decode
from handlers.screens.books import NO, YES


async def reconcile(update: Update, visit: Visit) -> None:
    """Ask before our books are compared with Stripe."""
    guest = await meet(update, visit)
    await show(visit, guest, "reconcile", str(guest.turn.update_id))


async def tapped(update: Update, visit: Visit) -> None:
    """Begin the comparison after "Yes", once a question; leave all as it is after "No"."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    said, _, number = tap.arg.partition(".")
    answer(update, visit)
    if said != YES or not number.isdecimal():
        await show(visit, guest, "reconcile", NO)
        return
    chat_id = guest.customer.telegram_id
    await sweeps.ask(visit.env, chat_id=chat_id, question=int(number), actor=f"admin:{chat_id}")
    await show(visit, guest, "reconcile", YES)
