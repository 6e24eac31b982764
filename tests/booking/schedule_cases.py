"""Shops, days and bookings for the schedule to be tried on."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from booking.hours import OpenRange, cell_of
from booking.schedule import Days, Occupied, Resource, Rules, cells

CHANGES = {
    "Europe/Berlin": ["2026-03-29", "2026-10-25"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],  # half an hour
    "America/Havana": ["2026-03-08", "2026-11-01"],  # midnight is skipped, then repeated
    "Asia/Beirut": ["2026-03-29", "2026-10-25"],  # as above, the evening before repeated
    "Africa/Casablanca": ["2026-02-15", "2026-03-22"],
    "Pacific/Apia": ["2011-12-30"],  # a day that did not exist
    "Asia/Kathmandu": ["2026-12-01"],
    "Australia/Eucla": ["2026-12-01"],
    "UTC": ["2026-12-31"],
}
fives = st.integers(0, 24).map(lambda n: 5 * n)


@st.composite
def weeks(draw):
    def day():
        spans = []
        for _ in range(draw(st.sampled_from([0, 1, 1, 2]))):
            opens = 5 * draw(st.integers(0, 287))
            spans.append(OpenRange(opens, opens + 5 * draw(st.integers(1, 216))))
        return tuple(spans)

    return tuple(day() for _ in range(7))


@st.composite
def all_rules(draw):
    return Rules(
        service="this",
        duration=5 * draw(st.integers(1, 30)),
        before=draw(fives),
        after=draw(fives),
        step=draw(st.sampled_from([5, 10, 15, 20, 30, 45, 60, 90])),
        starts=tuple(sorted(draw(st.sets(st.integers(0, 287).map(lambda n: 5 * n), max_size=4)))),
        capacity=draw(st.sampled_from([1, 1, 4])),
        min_notice=draw(st.sampled_from([0, 7, 60, 1500])),
        max_days_ahead=draw(st.sampled_from([0, 1, 2, 60])),
    )


@st.composite
def all_days(draw):
    name = draw(st.sampled_from(sorted(CHANGES)))
    zone = ZoneInfo(name)
    change = date.fromisoformat(draw(st.sampled_from(CHANGES[name])))
    first = change - timedelta(days=draw(st.integers(0, 1)))
    last = first + timedelta(days=draw(st.integers(0, 2)))
    minutes = draw(st.integers(-2000, 1500))
    now = datetime.combine(first, time(), UTC) + timedelta(minutes=minutes)
    return Days(first=first, last=last, zone=zone, now=now)


@st.composite
def occupied(draw, rules, days):
    """Occurrences of this and another service that do not overlap at a unit."""
    base, rows = datetime.combine(days.first, time(), UTC) - timedelta(days=1), []
    for _ in range(draw(st.integers(0, 6))):
        start = base + timedelta(minutes=5 * draw(st.integers(0, 1100)))
        ours = draw(st.booleans())
        length = rules.duration if ours else 5 * draw(st.integers(1, 60))
        before, after = (rules.before, rules.after) if ours else (draw(fives), 0)
        kept = cells(start, length, before, after)
        capacity = draw(st.integers(1, 4)) if ours else 1
        row = Occupied(
            kept.start, kept.stop, "this" if ours else "other", start,
            draw(st.integers(1, capacity)), capacity,
        )  # fmt: skip
        if all(kept.stop <= r.cell_from or r.cell_to <= kept.start for r in rows):
            rows.append(row)
    return rows


@st.composite
def shops(draw):
    """Rules, staff, what is taken, and the days asked about."""
    rules, days = draw(all_rules()), draw(all_days())
    base = cell_of(datetime.combine(days.first, time(), UTC))
    staff, unit = [], 0
    for key in draw(st.sampled_from([("a",), ("a",), ("a", "b")])):
        units = tuple(range(unit, unit := unit + draw(st.integers(1, 2))))
        closed = draw(st.lists(st.tuples(st.integers(-200, 900), st.integers(1, 200)), max_size=1))
        closures = tuple((base + at, base + at + length) for at, length in closed)
        staff.append(Resource(key, draw(weeks()), units, closures))
    busy = {number: draw(occupied(rules, days)) for number in range(unit)}
    return rules, staff, busy, days
