"""Which of many slots: the nearest to a wanted start, and whom "Any" means."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from booking.hours import CELL_MINUTES
from booking.schedule import Busy, Resource, Slot


def nearest(slots: Iterable[Slot], start: datetime, n: int = 3) -> list[Slot]:
    """Return one slot for each of the n starts closest to a wanted one, earlier before later."""
    by_start: dict[datetime, Slot] = {}
    for slot in slots:
        by_start.setdefault(slot.start, slot)
    closest = sorted(by_start, key=lambda other: (abs(other - start), other))
    return [by_start[other] for other in closest[:n]]


def load(member: Resource, busy: Busy, window: range) -> int:
    """Return the booked minutes of a staff member within a window of cells, per unit."""
    taken = sum(
        max(0, min(row.cell_to, window.stop) - max(row.cell_from, window.start))
        for unit in member.units
        for row in busy.get(unit, ())
    )
    return taken * CELL_MINUTES // len(member.units)


def choose_staff(
    slots: Sequence[Slot], day: Mapping[str, int], week: Mapping[str, int] | None = None
) -> str:
    """Return whom "Any" means among the slots of one start: who has the fewest booked minutes.

    First those of that local day, then of the following week, then the order of the slots.
    """
    week = week or {}
    return min(slots, key=lambda slot: (day.get(slot.staff, 0), week.get(slot.staff, 0))).staff
