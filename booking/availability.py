"""Availability: what the database says is taken, and what the schedule makes of it.

One range query a question; past rows are never touched.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

from booking import schedule, spread
from booking.catalog_store import shelf
from booking.free_days import FreeDays, count_free
from booking.ports import Environment
from booking.question import Question, question_of
from booking.schedule import Busy, Days, Occupied, Resource, Rules, Slot
from db.fields import from_ms
from db.occupancy import Kept, occupied

WEEK = timedelta(days=7)
CELL_SECONDS = 300
NEAR_DAYS = (1, 7, 31)
"""How far around a taken start its neighbours are looked for, in days, until enough are found."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a start can be claimed."""

    staff_key: str
    unit_id: int
    service_id: int
    free_seats: int


async def month(
    env: Environment,
    *,
    service_key: str,
    staff_key: str | None,
    first: date,
    last: date,
    seats: int = 1,
) -> dict[date, list[Slot]]:
    """Return the slots of each of the shop's days from first to last, both inclusive.

    `staff_key` None means any of them. An unknown service has no slots.
    """
    asked = await _asked(env, service_key, staff_key, _days(env, first, last), seats)
    return schedule.offered(*asked, seats=seats) if asked else {}


async def free_days(
    env: Environment,
    *,
    service_key: str,
    staff_key: str | None,
    first: date,
    last: date,
    seats: int = 1,
) -> FreeDays:
    """Count the free starts and places of each of the shop's days from first to last."""
    question = await question_of(env.shop, service_key, staff_key, seats)
    if question is None:
        return {}
    days = _days(env, first, last)
    kept = await occupied(question.units, schedule.busy_window(question.rules, days))
    return _counted(question, tuple(kept), _to_the_minute(days))


@lru_cache(maxsize=16)
def _counted(question: Question, kept: tuple[Kept, ...], days: Days) -> FreeDays:
    """Count once for everybody who asks the same of the same: the database was asked before."""
    counted = count_free(question.rules, question.staff, _busy_of(kept), days, seats=question.seats)
    return MappingProxyType(counted)


def _to_the_minute(days: Days) -> Days:
    """Return the same question for all instants of a minute: starts and notice are whole ones."""
    minute = days.now.replace(second=0, microsecond=0)
    if minute == days.now:
        return days
    next_one = minute + timedelta(minutes=1)
    same_day = next_one.astimezone(days.zone).date() == days.now.astimezone(days.zone).date()
    return replace(days, now=next_one) if same_day else days


async def day(
    env: Environment, *, service_key: str, staff_key: str | None, day: date, seats: int = 1
) -> list[Slot]:
    """Return the slots of one of the shop's days."""
    found = await month(
        env, service_key=service_key, staff_key=staff_key, first=day, last=day, seats=seats
    )
    return found.get(day, [])


async def at(
    env: Environment,
    *,
    service_key: str,
    staff_key: str | None,
    start: datetime,
    seats: int = 1,
    notice: bool = True,
) -> list[Place]:
    """Return where a start can be claimed, whoever has the least to do first.

    Empty when nobody offers that start: it is taken, closed, too soon, too far, or never was.
    Without `notice` it may begin as soon as it likes.
    """
    question = await question_of(env.shop, service_key, staff_key, seats)
    if question is None:
        return []
    if not notice:
        question = replace(question, rules=replace(question.rules, min_notice=0))
    local = start.astimezone(env.shop.timezone).date()
    days = _days(env, local, local)
    window = schedule.busy_window(question.rules, days)
    week = range(window.start, window.stop + int(WEEK.total_seconds()) // CELL_SECONDS)
    busy = await _busy(question, week if len(question.staff) > 1 else window)
    found = schedule.offered(question.rules, question.staff, busy, days, seats=seats)
    slots = [slot for slot in found.get(local, []) if slot.start == start]
    fair = _fair(slots, question, busy, window)
    service_id = (await shelf()).service_id(service_key)
    return [Place(slot.staff, slot.unit, service_id, slot.free_seats) for slot in fair]


def _fair(slots: Sequence[Slot], question: Question, busy: Busy, day: range) -> list[Slot]:
    """Sort the slots of one start: first whoever has the least to do that day, then that week."""
    if len(slots) <= 1:
        return list(slots)
    week = range(day.start, day.stop + int(WEEK.total_seconds()) // CELL_SECONDS)
    by_day = {one.key: spread.load(one, busy, day) for one in question.staff}
    by_week = {one.key: spread.load(one, busy, week) for one in question.staff}
    return sorted(slots, key=lambda slot: (by_day[slot.staff], by_week[slot.staff]))


async def nearest(
    env: Environment,
    *,
    service_key: str,
    staff_key: str | None,
    start: datetime,
    seats: int = 1,
    n: int = 3,
) -> list[datetime]:
    """Return the n free starts closest to a wanted one, the closest first."""
    wanted = start.astimezone(env.shop.timezone).date()
    found: list[Slot] = []
    for around in NEAR_DAYS:
        slots = await month(
            env,
            service_key=service_key,
            staff_key=staff_key,
            first=wanted - timedelta(days=around),
            last=wanted + timedelta(days=around),
            seats=seats,
        )
        found = spread.nearest((slot for one in slots.values() for slot in one), start, n)
        if len(found) == n:
            break
    return [slot.start for slot in found]


async def _asked(
    env: Environment, service_key: str, staff_key: str | None, days: Days, seats: int
) -> tuple[Rules, tuple[Resource, ...], Busy, Days] | None:
    """Return what the schedule works on; None for an unknown service."""
    question = await question_of(env.shop, service_key, staff_key, seats)
    if question is None:
        return None
    busy = await _busy(question, schedule.busy_window(question.rules, days))
    return question.rules, question.staff, busy, days


def _days(env: Environment, first: date, last: date) -> Days:
    return Days(first=first, last=last, zone=env.shop.timezone, now=env.clock.now())


async def _busy(question: Question, window: range) -> Busy:
    """Read what keeps cells of the question's units within a window, by unit."""
    return _busy_of(await occupied(question.units, window))


def _busy_of(kept: Iterable[Kept]) -> Busy:
    busy: dict[int, list[Occupied]] = {}
    for unit, first, last, service, start, seats, capacity in kept:
        taken = Occupied(first, last, service, from_ms(start), seats, capacity)
        busy.setdefault(unit, []).append(taken)
    return busy
