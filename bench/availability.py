"""Measure a month of availability beside a plain datetime loop: `python -m bench.availability`.

Pure part only: what is taken is already in memory. The loop asks for each start of each day
whether a booking is in the way, as one writes it first; both must find the same starts.
"""

import statistics
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from time import perf_counter_ns
from zoneinfo import ZoneInfo

from booking import hours, openings
from booking.free_days import count_free
from booking.schedule import Busy, Days, Occupied, Resource, Rules, cells, offered

ZONE = ZoneInfo("Europe/Berlin")
RULES = Rules(service="cut", duration=45, after=15, step=15, min_notice=60, max_days_ahead=60)
WEEK = tuple((hours.OpenRange(540, 1080),) if day < 6 else () for day in range(7))
FIRST = date(2026, 12, 1)
MONTH = Days(
    first=FIRST,
    last=FIRST + timedelta(days=29),
    zone=ZONE,
    now=datetime(2026, 11, 25, 9, tzinfo=UTC),
)


def shop(staff: int, bookings: int) -> tuple[list[Resource], dict[int, list[Occupied]]]:
    """Make staff with so many bookings each, none overlapping, the same ones in every run."""
    random = Random(staff)
    members = [Resource(f"staff-{number}", WEEK, (number,)) for number in range(staff)]
    busy: dict[int, list[Occupied]] = {number: [] for number in range(staff)}
    for number in range(staff):
        found = offered(RULES, members[number : number + 1], {}, MONTH)
        starts = [slot.start for slots in found.values() for slot in slots]
        random.shuffle(starts)
        taken: set[int] = set()
        for start in starts:
            kept = cells(start, RULES.duration, RULES.before, RULES.after)
            if len(busy[number]) < bookings and taken.isdisjoint(kept):
                taken.update(kept)
                busy[number].append(Occupied(kept.start, kept.stop, "cut", start, 1, 1))
    return members, busy


def naive(staff: Iterable[Resource], busy: Busy) -> dict[date, list[tuple[datetime, str]]]:
    """Find the same starts by a loop over days, starts and bookings as aware datetimes."""
    found: dict[date, list[tuple[datetime, str]]] = {}
    earliest = MONTH.now + timedelta(minutes=RULES.min_notice)
    for number in range((MONTH.last - MONTH.first).days + 1):
        day = MONTH.first + timedelta(days=number)
        midnight = datetime.combine(day, time(), ZONE)
        found[day] = []
        for member in staff:
            taken = [
                (hours.instant_of(row.cell_from), hours.instant_of(row.cell_to))
                for row in busy[member.units[0]]
            ]
            for opens, closes in member.week[day.weekday()]:
                for minute in range(opens, closes - RULES.duration + 1, RULES.step):
                    start = (midnight + timedelta(minutes=minute)).astimezone(UTC)
                    end = start + timedelta(minutes=RULES.duration + RULES.after)
                    if start >= earliest and not any(a < end and start < b for a, b in taken):
                        found[day].append((start, member.key))
    return {day: sorted(starts) for day, starts in found.items()}


def typical(work: Callable[[], object], rounds: int) -> float:
    """Return the median microseconds of one call."""
    spent = []
    for _ in range(rounds):
        began = perf_counter_ns()
        work()
        spent.append((perf_counter_ns() - began) / 1000)
    return statistics.median(spent)


def cold(work: Callable[[], object]) -> Callable[[], object]:
    """Make a call forget the starts of days it has seen."""

    def call() -> object:
        openings.forget()
        return work()

    return call


def main() -> None:
    """Print microseconds for a month, and how many times faster than the loop."""
    print("30 days, 15-minute steps, 45-minute service, 15 after; median µs")
    print("staff bookings    slots |    loop    cold    warm    days | loop/cold loop/warm")
    for staff, bookings, rounds in ((1, 0, 50), (1, 150, 50), (10, 150, 20), (50, 150, 5)):
        members, busy = shop(staff, bookings)
        fast = offered(RULES, members, busy, MONTH)
        slow = naive(members, busy)
        same = {d: sorted((s.start, s.staff) for s in slots) for d, slots in fast.items()}
        if same != slow:
            raise SystemExit("the loop and the bitmaps disagree")
        ours = partial(offered, RULES, members, busy, MONTH)
        loop, first = typical(partial(naive, members, busy), 3), typical(cold(ours), rounds)
        warm = typical(ours, rounds)
        quick = typical(partial(count_free, RULES, members, busy, MONTH), rounds)
        taken, free = sum(map(len, busy.values())), sum(map(len, fast.values()))
        print(
            f"{staff:5} {taken:8} {free:8} | {loop:7.0f} {first:7.0f} {warm:7.0f} {quick:7.0f} |"
            f" {loop / first:9.0f} {loop / warm:9.0f}"
        )


if __name__ == "__main__":
    main()
