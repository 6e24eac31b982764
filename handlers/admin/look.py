"""What admins may look at: a day, and a booking."""

from datetime import date

from telegram import Update

from booking import notices
from handlers.context import Visit, answer, meet, show
from handlers.keyboards import Verb, decode
from handlers.screens.admin_buttons import EVIDENCE
from handlers.typed_values import read_date


async def today(update: Update, visit: Visit) -> None:
    """List today's bookings."""
    guest = await meet(update, visit)
    await show(visit, guest, "today", _today(visit).isoformat())


async def day(update: Update, visit: Visit) -> None:
    """List the bookings of the day that follows the command; today's when it names none."""
    guest = await meet(update, visit)
    on = read_date(" ".join(visit.args or ()), today=_today(visit))
    remark = None if on else notices.note("admin.day_usage")
    await show(visit, guest, "today", (on or _today(visit)).isoformat(), remark=remark)


def _today(visit: Visit) -> date:
    return visit.env.clock.now().astimezone(visit.env.shop.timezone).date()


async def booking(update: Update, visit: Visit) -> None:
    """Show everything about the booking whose reference follows the command."""
    guest = await meet(update, visit)
    if not visit.args:
        await show(visit, guest, "home", remark=notices.note("admin.booking_usage"))
        return
    await show(visit, guest, "any_booking", visit.args[0])


async def tapped(update: Update, visit: Visit) -> None:
    """Show the booking, or the day, a button is for."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    answer(update, visit)
    if tap.verb == Verb.LOOK:
        view = "evidence" if tap.arg == EVIDENCE else "any_booking"
        await show(visit, guest, view, tap.ref)
        return
    on = read_date(tap.arg, today=_today(visit)) or _today(visit)
    await show(visit, guest, "today", on.isoformat())
