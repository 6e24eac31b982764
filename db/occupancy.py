"""What is taken: occurrences with their seats, by units and cells."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from db.fields import to_ms
from db.states import KEEPS_SEATS
from db.transactions import Row, look, rows

Kept = tuple[int, int, int, str, int, int, int]


async def occupied(unit_ids: Sequence[int], cells: range) -> list[Kept]:
    """Return the occurrences that keep cells of these units within a range of cells.

    Unit id, cell_from, cell_to, service (key), start (epoch milliseconds), seats taken, capacity.
    """
    if not unit_ids:
        return []
    # CROSS JOIN keeps SQLite from reading the range once a service; a single seat needs no count.
    found = await look(
        "SELECT o.unit_id, o.cell_from, o.cell_to, v.key, o.start,"
        " CASE WHEN o.capacity = 1 THEN 1 ELSE"
        " (SELECT COUNT(*) FROM seat t WHERE t.occurrence_id = o.id) END, o.capacity"
        " FROM occurrence o CROSS JOIN service v WHERE v.id = o.service_id"
        f" AND o.unit_id IN ({marks(unit_ids)}) AND o.cell_to > ? AND o.cell_from < ?",
        [*unit_ids, cells.start, cells.stop],
    )
    return cast("list[Kept]", found)


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
