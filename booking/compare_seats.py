"""Compare seats: a booking that lives has those it was promised, one that has ended has none."""

from booking.comparison import Comparison
from booking.report import Checked, Done, Found
from db import seat_facts


async def compare_seats(run: Comparison) -> None:
    """Look at every booking to come, and at every seat of one that has ended."""
    run.report.checked[Checked.BOOKINGS] += await seat_facts.ahead(run.report.at)
    for reference in await seat_facts.lacking(run.report.at):
        run.tell(Found.SEATS_LOST, Done.NOTHING, reference=reference)
    for booking_id, reference in await seat_facts.keeping():
        if not run.report.dry:
            await seat_facts.release_of_ended(booking_id)
        done = Done.WOULD if run.report.dry else Done.BOOKED
        run.tell(Found.SEATS_KEPT, done, reference=reference)
