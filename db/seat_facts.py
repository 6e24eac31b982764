"""Questions about seats: which bookings lack what they were promised, which keep too long."""

from datetime import datetime
from typing import Final

from db import claims
from db.database import database
from db.fields import to_ms
from db.states import KEEPS_SEATS, BookingState, among
from db.transactions import rows, transactional

ENDED: Final = among(state for state in BookingState if not state.keeps_seats)
_AHEAD: Final = f'FROM booking WHERE "end" > ? AND status IN {among(KEEPS_SEATS)}'
_HELD: Final = "(SELECT count(*) FROM seat WHERE booking_id = booking.id)"
LACKING: Final = f"SELECT id, reference {_AHEAD} AND {_HELD} <> seats"
"""Bookings that end after an instant and have not exactly the seats they booked."""
KEEPING: Final = f"SELECT id, reference FROM booking WHERE status IN {ENDED} AND {_HELD} > 0"
"""Bookings that have ended and still take seats."""

FORSAKEN: Final = (
    "SELECT unit_id, start FROM occurrence WHERE NOT EXISTS"
    " (SELECT 1 FROM seat WHERE seat.occurrence_id = occurrence.id) ORDER BY start"
)
"""Times that nobody has and nobody can have: they go with their last seat."""


async def ahead(now: datetime) -> int:
    """Return how many bookings that keep seats are not over."""
    found = await rows(f"SELECT count(*) AS bookings {_AHEAD}", (to_ms(now),))
    return int(found[0]["bookings"])


async def lacking(now: datetime) -> list[str]:
    """Return the references of such bookings that have not exactly the seats they booked."""
    found = await rows(f"{LACKING} ORDER BY id", (to_ms(now),))
    return [row["reference"] for row in found]


async def keeping() -> list[tuple[int, str]]:
    """Return ids and references of bookings that have ended and still take seats."""
    return [(row["id"], row["reference"]) for row in await rows(f"{KEEPING} ORDER BY id")]


@transactional
async def release_of_ended(booking_id: int) -> None:
    """Give the seats of a booking back if it has ended; a late payment may just revive it."""
    lock = "" if database().is_sqlite else " FOR UPDATE"
    query = f"SELECT id FROM booking WHERE id = ? AND status IN {ENDED}{lock}"
    if await rows(query, (booking_id,)):
        await claims.release_seats(booking_id)
