"""How much is free on each day, for a month to choose from; pure, on the same bitmaps."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from booking.hours import CELL_MINUTES, EPOCH
from booking.schedule import (
    Busy,
    Days,
    Resource,
    Rules,
    Slot,
    busy_window,
    each_day,
    offered,
    open_days,
    units_of,
)

CELL: Final = timedelta(minutes=CELL_MINUTES)


class FreeDay(NamedTuple):
    """How many starts of a day are free, and how many places they have together."""

    times: int
    places: int
    only: datetime | None = None
    """The one free start, where there is no other."""


FreeDays = Mapping[date, FreeDay]


def count_free(
    rules: Rules, staff: Sequence[Resource], busy: Busy, days: Days, *, seats: int = 1
) -> dict[date, FreeDay]:
    """Count what each local day offers; every day of the range is a key.

    A start that several staff members have counts once, with the places of the emptiest.
    """
    if rules.capacity > 1:
        slots = offered(rules, staff, busy, days, seats=seats)
        return {day: _of_slots(some) for day, some in slots.items()}
    window = busy_window(rules, days)
    free = dict.fromkeys(each_day(days), 0)
    for member in staff:
        units = units_of(rules, member, busy, window, seats)
        for day, bits, shift, _ in open_days(rules, member, days):
            for unit in units:
                free[day] |= (bits & ~(unit.refused >> shift)) << shift
    return {day: _of_bits(bits, window.start) for day, bits in free.items()}


def _of_bits(bits: int, origin: int) -> FreeDay:
    times = bits.bit_count()
    only = EPOCH + CELL * (origin + bits.bit_length() - 1) if times == 1 else None
    return FreeDay(times, times, only)


def _of_slots(slots: Sequence[Slot]) -> FreeDay:
    places = best_places(slots)
    return FreeDay(
        len(places), sum(places.values()), next(iter(places)) if len(places) == 1 else None
    )


def best_places(slots: Sequence[Slot]) -> dict[datetime, int]:
    """Return each start once, with the seats left at the emptiest place."""
    left: dict[datetime, int] = {}
    for slot in slots:
        left[slot.start] = max(left.get(slot.start, 0), slot.free_seats)
    return left
