"""What is taken: occurrences with their seats, by units and cells."""

from collections.abc import Sequence
from datetime import datetime

from db.fields import to_ms
from db.states import KEEPS_SEATS
from db.transactions import Row, rows


async def occupied(unit_ids: Sequence[int], cells: range) -> list[Row]:
    """Return the occurrences that keep cells of these units within a range of cells.

    unit_id, cell_from, cell_to, service (key), start (epoch milliseconds), capacity, seats (taken).
    """
    if not unit_ids:
        return []
    return await rows(
        "SELECT o.unit_id, o.cell_from, o.cell_to, v.key AS service, o.start, o.capacity,"
        " COUNT(t.id) AS seats FROM occurrence o JOIN service v ON v.id = o.service_id"
        " LEFT JOIN seat t ON t.occurrence_id = o.id"
        f" WHERE o.unit_id IN ({marks(unit_ids)}) AND o.cell_to > ? AND o.cell_from < ?"
        " GROUP BY o.id, v.key",
        [*unit_ids, cells.start, cells.stop],
    )


async def sold_ahead(after: datetime) -> list[Row]:
    """Return what is sold after an instant: service, staff (keys), unit, bookings, seats."""
    return await rows(
        "SELECT v.key AS service, s.key AS staff, u.number AS unit,"
        " COUNT(DISTINCT b.id) AS bookings, COUNT(t.id) AS seats"
        " FROM occurrence o JOIN service v ON v.id = o.service_id JOIN unit u ON u.id = o.unit_id"
        " JOIN staff s ON s.id = u.staff_id JOIN seat t ON t.occurrence_id = o.id"
        f" JOIN booking b ON b.id = t.booking_id AND b.status IN ({marks(KEEPS_SEATS)})"
        " WHERE o.start > ? GROUP BY o.id, v.key, s.key, u.number",
        [*map(str, KEEPS_SEATS), to_ms(after)],
    )


def marks(values: Sequence[object]) -> str:
    """Return a placeholder for each value."""
    return ", ".join("?" * len(values))
