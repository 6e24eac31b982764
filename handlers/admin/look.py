"""What admins may look at: a day, and a booking."""

from telegram import Update

from booking import notices
from handlers.context import Visit, meet, show


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
