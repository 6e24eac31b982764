"""Opening hours: from wall-clock times of the shop to instants, over both DST days."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES: Final = 24 * 60
WEEK_MINUTES: Final = 7 * DAY_MINUTES
CELL_MINUTES: Final = 5
CELL_SECONDS: Final = 60 * CELL_MINUTES

CLOCK: Final = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])", re.ASCII)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class OpenRange(NamedTuple):
    """Minutes after local midnight; `closes` is above 1440 when the range ends the next day."""

    opens: int
    closes: int


Week = tuple[tuple[OpenRange, ...], ...]
"""Seven days of ranges, Monday first."""


def parse_clock(text: str) -> int:
    """Return the minutes after midnight of "HH:MM", "24:00" included; raise ValueError."""
    match = CLOCK.fullmatch(text)
    minutes = int(match[1]) * 60 + int(match[2]) if match else DAY_MINUTES + 1
    if minutes > DAY_MINUTES:
        raise ValueError(f'{text!r} is not a time of day: write "09:00"')
    if minutes % CELL_MINUTES:
        raise ValueError(f"{text!r} is not a multiple of {CELL_MINUTES} minutes")
    return minutes


def parse_range(text: str) -> OpenRange:
    """Read "09:00-12:30"; "22:00-02:00" ends the next day. Raise ValueError."""
    left, dash, right = text.partition("-")
    if not dash:
        raise ValueError(f'{text!r} is not a range of hours: write "09:00-12:30"')
    opens, closes = parse_clock(left.strip()), parse_clock(right.strip())
    if opens == DAY_MINUTES:
        raise ValueError(f"{text!r} opens at 24:00: write it on the next day as 00:00")
    if opens == closes:
        raise ValueError(f'{text!r} opens and closes at once: all day is "00:00-24:00"')
    return OpenRange(opens, closes if closes > opens else closes + DAY_MINUTES)


def overlaps(week: Week) -> Iterator[tuple[int, OpenRange, int, OpenRange]]:
    """Yield pairs (weekday, range, weekday, range) that share time, Sunday night into Monday."""
    laid = sorted(
        (day * DAY_MINUTES + span.opens, day * DAY_MINUTES + span.closes, day, span)
        for day, ranges in enumerate(week)
        for span in ranges
    )
    around = [*laid, *((a + WEEK_MINUTES, b + WEEK_MINUTES, d, s) for a, b, d, s in laid[:1])]
    for index, (_, ends, day, span) in enumerate(laid):
        begins, _, next_day, next_span = around[index + 1]
        if begins < ends and len(laid) > 1:
            yield day, span, next_day, next_span


def cell_of(instant: datetime) -> int:
    """Return the number of the 5-minute cell an instant lies in, counted from the epoch."""
    return (instant - EPOCH) // timedelta(seconds=CELL_SECONDS)


def instant_of(cell: int) -> datetime:
    """Return the instant a cell begins, aware, in UTC."""
    return EPOCH + timedelta(seconds=CELL_SECONDS * cell)


def existing(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first instant a local clock shows this time; None when it is skipped."""
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    shown = instant.astimezone(zone).replace(tzinfo=None, fold=0)
    return instant if shown == wall else None


def border(wall: datetime, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """Return the instant of a local time; of one that is skipped, when the clock jumps over it.

    Of a time that happens twice it is the first, or the last when asked for.
    """
    first = wall.replace(tzinfo=zone).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _jump(second, first, zone) if second < first else (second if last else first)


def _jump(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """Find the minute in (low, high] at which the zone's offset changes."""
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) // timedelta(minutes=2) * timedelta(minutes=1)
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant a local day begins, also where midnight itself is skipped."""
    return border(datetime.combine(day, time()), zone)


class Grid(NamedTuple):
    """How starts are laid into a range: every `step` minutes, or at the fixed minutes."""

    duration: int
    step: int
    fixed: tuple[int, ...] = ()


def starts_on(
    day: date,
    yesterday: tuple[OpenRange, ...],
    today: tuple[OpenRange, ...],
    grid: Grid,
    zone: ZoneInfo,
) -> tuple[datetime, ...]:
    """Return the instants of one local day at which a service of this grid can begin.

    The whole of [start, start + duration) lies within one range; `yesterday`'s ranges count
    where they reach past midnight. Bookings and closures are not looked at.
    """
    found: set[datetime] = set()
    for span, opened in [(s, day - timedelta(days=1)) for s in yesterday] + [
        (s, day) for s in today
    ]:
        found.update(_starts_in(span, opened, day, grid, zone))
    return tuple(sorted(found))


def _starts_in(
    span: OpenRange, opened: date, day: date, grid: Grid, zone: ZoneInfo
) -> Iterator[datetime]:
    base = datetime.combine(opened, time())
    shift = (day - opened).days * DAY_MINUTES
    minutes = [
        minute
        for minute in _walls(span, grid, shift)
        if max(shift, span.opens) <= minute < min(shift + DAY_MINUTES, span.closes)
    ]
    if not minutes:
        return
    closes = border(base + timedelta(minutes=span.closes), zone)
    lasts = timedelta(minutes=grid.duration)
    for start in _instants(base, minutes, zone):
        if start + lasts <= closes:
            yield start


def _instants(base: datetime, minutes: list[int], zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the instants of wall-clock minutes after a midnight, those that exist."""
    offset, later = (zone.utcoffset(base + timedelta(days=days)) for days in (0, 2))
    if offset == later:  # no zone changes back within two days: plain arithmetic, ten times faster
        utc = base.replace(tzinfo=UTC) - (offset or timedelta())
        yield from (utc + timedelta(minutes=minute) for minute in minutes)
        return
    for minute in minutes:
        start = existing(base + timedelta(minutes=minute), zone)
        if start is not None:
            yield start


def _walls(span: OpenRange, grid: Grid, shift: int) -> Iterator[int]:
    if grid.fixed:
        return (shift + minute for minute in grid.fixed)
    return iter(range(span.opens, span.closes, grid.step))
