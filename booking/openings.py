"""The starts opening hours give, as bits of 5-minute cells, kept once computed."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from booking.hours import Grid, OpenRange, Week, cell_of, midnight, starts_on


class DayStarts(NamedTuple):
    """A local day: its first cell, its starts as bits from there on, and each bit's instant."""

    day: date
    cell: int
    bits: int
    starts: tuple[tuple[int, datetime], ...]


@lru_cache(maxsize=1024)
def openings(
    first: date, last: date, week: Week, grid: Grid, zone: ZoneInfo
) -> tuple[DayStarts, ...]:
    """Return the days of a range, both inclusive, on which a service of this grid can begin.

    Bookings, closures, notice and horizon are not looked at.
    """
    each = (first + timedelta(days=number) for number in range((last - first).days + 1))
    found = (_day(day, week[day.weekday() - 1], week[day.weekday()], grid, zone) for day in each)
    return tuple(day for day in found if day.bits)


@lru_cache(maxsize=16384)
def _day(
    day: date,
    yesterday: tuple[OpenRange, ...],
    today: tuple[OpenRange, ...],
    grid: Grid,
    zone: ZoneInfo,
) -> DayStarts:
    base = cell_of(midnight(day, zone))
    starts = tuple(
        (1 << cell_of(start) - base, start)
        for start in starts_on(day, yesterday, today, grid, zone)
    )
    return DayStarts(day, base, sum(mask for mask, _ in starts), starts)


def forget() -> None:
    """Drop what was kept, to measure a first call."""
    openings.cache_clear()
    _day.cache_clear()
