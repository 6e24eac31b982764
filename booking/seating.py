"""Seating: a booking takes one of the places where its start is free."""

from collections.abc import Sequence

from booking.availability import Place
from booking.catalog import Service
from booking.catalog_store import Shelf
from booking.errors import SlotTaken
from booking.schedule import cells
from db import claims
from db.models import Booking


def cells_of(service: Service, booking: Booking) -> range:
    """Return the cells a booking's start needs, buffers included."""
    return cells(booking.start, service.duration, service.buffer_before, service.buffer_after)


async def take_a_place(
    now_shelf: Shelf, *, service: Service, places: Sequence[Place], booking: Booking
) -> None:
    """Claim the first place that is free, in the caller's transaction; raise SlotTaken."""
    for place in places:
        got = await claims.claim(
            booking_id=booking.id,
            unit_id=place.unit_id,
            service_id=booking.service_id,
            start=booking.start,
            cells=cells_of(service, booking),
            capacity=service.capacity,
            seats=booking.seats,
        )
        if got:
            await _sit_with(now_shelf, booking, place, service.key)
            return
    raise SlotTaken


async def _sit_with(now_shelf: Shelf, booking: Booking, place: Place, service_key: str) -> None:
    staff_id = now_shelf.staff_id(place.staff_key)
    if booking.staff_id == staff_id:
        return
    names = now_shelf.snapshot(service_key, place.staff_key)
    booking.staff_id = staff_id
    # the policy and the names that were accepted stay; only who it is with is new
    with_whom = {key: names[key] for key in ("staff", "staff_key")}
    booking.snapshot = {**booking.snapshot, **with_whom}
    await booking.save(update_fields=["staff_id", "snapshot"])
