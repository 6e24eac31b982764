"""The booking an admin's command names, and the words after its reference."""

from booking import notices
from db.models import Booking
from handlers import reading
from handlers.context import Guest, Visit, show


async def named_booking(
    visit: Visit, guest: Guest, *, usage: str
) -> tuple[Booking, list[str]] | None:
    """Return the booking and the words after it; None when what is missing has been said."""
    if not visit.args:
        await show(visit, guest, "home", remark=notices.note(usage))
        return None
    reference, *words = visit.args
    booking = await reading.any_booking(reference)
    if booking is None:
        await show(visit, guest, "any_booking", reference)
        return None
    return booking, words
