"""What admins may look at: a day, and a booking."""

from datetime import date
from typing import Final

from telegram import Update

from booking import notices
from handlers.context import Visit, answer, meet, show
from handlers.keyboards import Verb, decode
from handlers.typed_values import read_date

YEARS: Final = 100


async def today(update: Update, visit: Visit) -> None:
    """List today's bookings."""
    guest = await meet(update, visit)
    await show(visit, guest, "today", _today(visit).isoformat())


async def day(update: Update, visit: Visit) -> None:
    """List the bookings of the day that follows the command; today's when it names none."""
    guest = await meet(update, visit)
    on = _read_day(" ".join(visit.args or ()), today=_today(visit))
    remark = None if on else notices.note("admin.day_usage")
    await show(visit, guest, "today", (on or _today(visit)).isoformat(), remark=remark)


def _read_day(written: str, *, today: date) -> date | None:
    """Read a day that a shop can have: those at either end of the calendar have no neighbours."""
    on = read_date(written, today=today)
    return on if on is not None and abs(on.year - today.year) <= YEARS else None


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
        await show(visit, guest, "any_booking", tap.ref)
        return
    on = _read_day(tap.arg, today=_today(visit)) or _today(visit)
    await show(visit, guest, "today", on.isoformat())
