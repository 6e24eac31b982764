"""What admins may look at: a day, and a booking."""

from dataclasses import replace

from telegram import Update

from booking import notices
from handlers.context import Visit, answer, meet, show
from handlers.keyboards import decode


async def today(update: Update, visit: Visit) -> None:
    """List today's bookings."""
    guest = await meet(update, visit)
    day = visit.env.clock.now().astimezone(visit.env.shop.timezone).date()
    await show(visit, guest, "today", day.isoformat())


async def booking(update: Update, visit: Visit) -> None:
    """Show everything about the booking whose reference follows the command."""
    guest = await meet(update, visit)
    if not visit.args:
        await show(visit, guest, "home", remark=notices.note("admin.booking_usage"))
        return
    await show(visit, guest, "any_booking", visit.args[0])


async def tapped(update: Update, visit: Visit) -> None:
    """Show the booking a card has a button for, below the card, which stays what it is."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    answer(update, visit)
    below = replace(guest, turn=replace(guest.turn, message_id=None))
    await show(visit, below, "any_booking", tap.ref)
