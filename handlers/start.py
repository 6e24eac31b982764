"""The front door: /start with its deep links, /cancel, and the way home."""

from typing import Final

from telegram import Update

from booking import draft as drafts
from booking import notices
from db.models import Draft
from db.states import BookingState
from handlers import reading
from handlers.context import Guest, Visit, answer, meet, show
from handlers.keyboard_release import release_keyboard
from handlers.written import clean

SERVICE: Final = "svc_"
BOOKING: Final = "b_"
CAMPAIGN: Final = "src_"


async def start(update: Update, visit: Visit) -> None:
    """Greet, or go where a deep link leads."""
    payload = clean(visit.args[0]) if visit.args else ""
    campaign = payload.removeprefix(CAMPAIGN) if payload.startswith(CAMPAIGN) else None
    guest = await meet(update, visit, campaign=campaign)
    draft = await reading.open_draft(guest.customer)
    if guest.already_answered(draft):
        return
    await release_keyboard(visit.env, guest, draft)
    if payload == "book":
        await drafts.begin(visit.env, guest.turn)
    elif payload.startswith(SERVICE):
        await drafts.begin(visit.env, guest.turn, service=payload.removeprefix(SERVICE))
    elif payload.startswith(BOOKING):
        await show(visit, guest, "booking", payload.removeprefix(BOOKING))
    else:
        await show(visit, guest, "home")


async def cancel(update: Update, visit: Visit) -> None:
    """Leave whatever is going on; nothing that was booked is cancelled by it."""
    guest = await meet(update, visit)
    draft = await reading.open_draft(guest.customer)
    await release_keyboard(visit.env, guest, draft)
    if draft is None or not await _left(visit, guest, draft):
        await _nothing_begun(visit, guest)


async def _nothing_begun(visit: Visit, guest: Guest) -> None:
    """Show the booking that is held, or those to come, for they are cancelled there."""
    waiting = await reading.waiting_for_payment(guest.customer)
    if waiting is not None:
        held = notices.note("cancel.held")
        await show(visit, guest, "booking", waiting.reference, remark=held)
        return
    now = visit.env.clock.now()
    known = await reading.bookings_of(guest.customer, now)
    if any(one.status == BookingState.CONFIRMED and one.start > now for one in known):
        await show(visit, guest, "bookings", remark=notices.note("cancel.choose"))
        return
    await show(visit, guest, "home", remark=notices.note("cancel.nothing"))


async def _left(visit: Visit, guest: Guest, draft: Draft) -> bool:
    remark = notices.note("cancel.done")
    return await drafts.leave(visit.env, guest.turn, draft=draft, remark=remark)


async def home(update: Update, visit: Visit) -> None:
    """Show the start in place of what was tapped."""
    guest = await meet(update, visit)
    answer(update, visit)
    await show(visit, guest, "home")
