"""Questions about seats: which bookings lack what they were promised, which keep too long."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from db import claims
from db.database import database
from db.fields import to_ms
from db.states import KEEPS_SEATS, BookingState
from db.transactions import rows, transactional

ENDED: Final = tuple(state for state in BookingState if not state.keeps_seats)


def _among(states: Sequence[BookingState]) -> str:
    return f"status IN ({', '.join('?' * len(states))})"


_AHEAD: Final = f'FROM booking WHERE "end" > ? AND {_among(KEEPS_SEATS)}'
_HELD: Final = "(SELECT count(*) FROM seat WHERE booking_id = booking.id)"


async def ahead(now: datetime) -> int:
    """Return how many bookings that keep seats are not over."""
    found = await rows(f"SELECT count(*) AS bookings {_AHEAD}", (to_ms(now), *KEEPS_SEATS))
    return int(found[0]["bookings"])


async def lacking(now: datetime) -> list[str]:
    """Return the references of such bookings that have not exactly the seats they booked."""
    query = f"SELECT reference {_AHEAD} AND {_HELD} <> seats ORDER BY id"
    return [row["reference"] for row in await rows(query, (to_ms(now), *KEEPS_SEATS))]


async def keeping() -> list[tuple[int, str]]:
    """Return ids and references of bookings that have ended and still take seats."""
    query = f"SELECT id, reference FROM booking WHERE {_among(ENDED)} AND {_HELD} > 0 ORDER BY id"
    return [(row["id"], row["reference"]) for row in await rows(query, ENDED)]


@transactional
async def release_of_ended(booking_id: int) -> None:
    """Give the seats of a booking back if it has ended; a late payment may just revive it."""
    lock = "" if database().is_sqlite else " FOR UPDATE"
    query = f"SELECT id FROM booking WHERE id = ? AND {_among(ENDED)}{lock}"
    if await rows(query, (booking_id, *ENDED)):
        await claims.release_seats(booking_id)
