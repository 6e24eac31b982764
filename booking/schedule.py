"""Availability: which starts a service has, computed on bitmaps of 5-minute cells.

One Python int per unit, a bit per cell (epoch seconds // 300). Pure: rows of what is taken go
in, slots come out; the database stays the judge of who gets one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from booking.bitmap import bitmap, smear
from booking.hours import CELL_MINUTES, EPOCH, Grid, Week, cell_of, midnight
from booking.openings import openings

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a service asks of a start; minutes, except `max_days_ahead` in days of the shop."""

    service: str
    duration: int
    before: int = 0
    after: int = 0
    step: int = 15
    starts: tuple[int, ...] = ()
    """Fixed starts, minutes after local midnight, instead of the grid."""
    capacity: int = 1
    min_notice: int = 0
    max_days_ahead: int = 60

    @property
    def grid(self) -> Grid:
        """How starts are laid into opening hours."""
        return Grid(self.duration, self.step, self.starts)


@dataclass(frozen=True, slots=True)
class Resource:
    """A staff member as something to be booked; closures are ranges of cells."""

    key: str
    week: Week
    units: tuple[int, ...]
    """Ids of the identical units behind it, the preferred one first."""
    closures: tuple[tuple[int, int], ...] = ()


class Occupied(NamedTuple):
    """One occurrence at a unit: the cells [cell_from, cell_to) it keeps, and its seats.

    `capacity` is what it was made with; new seats go by the service's present one.
    """

    cell_from: int
    cell_to: int
    service: str
    start: datetime
    seats_taken: int
    capacity: int


class Slot(NamedTuple):
    """A start (aware, UTC) somebody can take at a staff member.

    `unit` is the one to claim: a running occurrence with room first, else the first free one.
    `free_seats` is the most that one booking could take there.
    """

    start: datetime
    staff: str
    unit: int
    free_seats: int


Busy = Mapping[int, Sequence[Occupied]]
"""By unit id, whatever keeps cells of it within `busy_window`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A range of local days, both inclusive, looked at from an instant."""

    first: date
    last: date
    zone: ZoneInfo
    now: datetime


def cells(start: datetime, duration: int, before: int, after: int) -> range:
    """Return the cells a booking keeps: those of [start - before, end + after)."""
    begin = start - timedelta(minutes=before)
    end = start + timedelta(minutes=duration + after)
    return range(cell_of(begin), cell_of(end - timedelta(microseconds=1)) + 1)


def busy_window(rules: Rules, days: Days) -> range:
    """Return the cells whose occupation matters for these days."""
    begin, end = midnight(days.first, days.zone), midnight(days.last + DAY, days.zone)
    margin = rules.duration + rules.after
    return range(cell_of(begin) - rules.before // CELL_MINUTES,
                 cell_of(end) + margin // CELL_MINUTES)  # fmt: skip


def offered(
    rules: Rules, staff: Sequence[Resource], busy: Busy, days: Days, *, seats: int = 1
) -> dict[date, list[Slot]]:
    """Return the slots of each local day, by start, then by the order of `staff`.

    Every day of the range is a key. A staff member has one slot for a start if one of its units
    can seat so many.
    """
    found: dict[date, list[Slot]] = {day: [] for day in each_day(days)}
    for member in staff:
        units = units_of(rules, member, busy, busy_window(rules, days), seats)
        for day, bits, shift, starts in open_days(rules, member, days):
            found[day].extend(_day_slots(rules, member, units, bits, shift, starts))
    if len(staff) > 1:
        for slots in found.values():
            slots.sort(key=_by_start)
    return found


class Unit(NamedTuple):
    """A unit in the window: where starts are refused, and the seats left in what runs."""

    id: int
    refused: int
    rooms: Mapping[datetime, int]


OpenDay = tuple[date, int, int, tuple[tuple[int, datetime], ...]]


def _by_start(slot: Slot) -> datetime:
    return slot.start


def each_day(days: Days) -> Iterator[date]:
    """Yield the local days of a range."""
    return (days.first + DAY * number for number in range((days.last - days.first).days + 1))


def open_days(rules: Rules, member: Resource, days: Days) -> Iterator[OpenDay]:
    """Yield each day with starts: their bits after notice, horizon and closures."""
    window = busy_window(rules, days)
    origin = window.start
    earliest = -cell_of(EPOCH - (days.now - EPOCH) - timedelta(minutes=rules.min_notice))
    horizon = days.now.astimezone(days.zone).date() + DAY * rules.max_days_ahead
    closed = smear(bitmap(member.closures, window), rules.duration // CELL_MINUTES)
    last = min(days.last, horizon)
    for day, base, bits, starts in openings(days.first, last, member.week, rules.grid, days.zone):
        left = bits & ~(closed >> base - origin)
        past = max(earliest - base, 0)
        left = left >> past << past
        if left:
            yield day, left, base - origin, starts


def units_of(rules: Rules, member: Resource, busy: Busy, window: range, seats: int) -> list[Unit]:
    """Return a staff member's units as they are in a window of cells, for so many seats."""
    before, origin = rules.before // CELL_MINUTES, window.start
    width = (rules.before + rules.duration + rules.after) // CELL_MINUTES
    units = []
    for unit in member.units:
        rows = busy.get(unit, ())
        blocked = smear(bitmap((row[:2] for row in rows), window), width) << before
        rooms = _rooms(rules, rows, seats)
        joinable = sum(1 << cell_of(start) - origin for start in rooms if cell_of(start) >= origin)
        refused = -1 if seats > rules.capacity else blocked
        units.append(Unit(unit, refused & ~joinable, rooms))
    return units


def _rooms(rules: Rules, rows: Sequence[Occupied], seats: int) -> dict[datetime, int]:
    """Return the seats left in occurrences of this service that can still seat so many.

    One sold before the service was made longer keeps its shorter time, and nobody joins it.
    """
    if rules.capacity == 1:
        return {}
    left = {
        row.start: rules.capacity - row.seats_taken
        for row in rows
        if row.service == rules.service and _covers(row, rules)
    }
    return {start: room for start, room in left.items() if room >= seats}


def _covers(row: Occupied, rules: Rules) -> bool:
    wanted = cells(row.start, rules.duration, rules.before, rules.after)
    return row.cell_from <= wanted.start and row.cell_to >= wanted.stop


def _day_slots(
    rules: Rules,
    member: Resource,
    units: Sequence[Unit],
    bits: int,
    shift: int,
    starts: tuple[tuple[int, datetime], ...],
) -> Iterator[Slot]:
    free = [(unit, bits & ~(unit.refused >> shift)) for unit in units]
    if len(free) == 1 and not free[0][0].rooms:
        unit, taken = free[0][0].id, free[0][1]
        key, capacity = member.key, rules.capacity
        return (Slot(start, key, unit, capacity) for mask, start in starts if taken & mask)
    return (
        _slot(start, member.key, [unit for unit, taken in free if taken & mask], rules.capacity)
        for mask, start in starts
        if any(taken & mask for _, taken in free)
    )


def _slot(start: datetime, staff: str, units: Sequence[Unit], capacity: int) -> Slot:
    running = [unit for unit in units if start in unit.rooms]
    chosen = min(running, key=lambda unit: unit.rooms[start]) if running else units[0]
    return Slot(start, staff, chosen.id, max(unit.rooms.get(start, capacity) for unit in units))
