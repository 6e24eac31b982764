"""Availability: the database's question and the pure schedule give one answer."""

import random
from datetime import date, timedelta

import pytest

from booking import availability, question, schedule
from booking.schedule import Days, Occupied, Resource, Rules
from db import claims
from db.database import database as current
from db.models import Customer
from db.shop_models import Service, Staff, Unit
from db.transactions import rows
from tests.db.example import NOW, ZONE, environment, stock
from tests.db.shop import Shop
from tests.engines import second_connection

FIRST = date(2026, 11, 23)
LAST = FIRST + timedelta(days=29)


@pytest.fixture
async def catalog(database):
    return (await stock())[0]


async def sell(env, catalog, wanted: int, seed: int) -> list[Occupied]:
    """Book random free slots of random services through the real claims."""
    chance = random.Random(seed)
    shop = await stocked(await Customer.create(telegram_id=seed, created_at=NOW))
    for _ in range(wanted):
        service = chance.choice(catalog.services)
        days = await availability.month(
            env, service_key=service.key, staff_key=None, first=FIRST, last=LAST
        )
        slots = [slot for one in days.values() for slot in one]
        if not slots:
            continue
        slot = chance.choice(slots)
        await take(shop, service, slot)
    return await occupied()


async def stocked(customer: Customer) -> Shop:
    service, staff = await Service.all().first(), await Staff.all().first()
    shop = Shop(service, service, staff, [])
    shop.customer = customer
    return shop


async def take(shop, service, slot, seats=1) -> bool:
    row = await Service.get(key=service.key)
    staff = await Staff.get(key=slot.staff)
    booking = await shop.booking(service_id=row.id, staff_id=staff.id, seats=seats)
    return await claims.claim(
        booking_id=booking.id,
        unit_id=slot.unit,
        service_id=row.id,
        start=slot.start,
        cells=schedule.cells(
            slot.start, service.duration, service.buffer_before, service.buffer_after
        ),
        capacity=service.capacity,
        seats=seats,
    )


async def occupied() -> list[dict]:
    return await rows(
        "SELECT occurrence.*, service.key AS service,"
        " (SELECT count(*) FROM seat WHERE occurrence_id = occurrence.id) AS taken"
        " FROM occurrence JOIN service ON service.id = occurrence.service_id"
    )


async def test_a_month_from_the_database_equals_the_pure_schedule(catalog, database):
    env = environment()
    taken = await sell(env, catalog, 60, 11)
    assert len(taken) > 40
    units = {row.key: [] for row in await Staff.all()}
    keys = {row.id: row.key for row in await Staff.all()}
    for unit in await Unit.all().order_by("number"):
        units[keys[unit.staff_id]].append(unit.id)
    busy: dict[int, list[Occupied]] = {}
    for row in taken:
        busy.setdefault(row["unit_id"], []).append(
            Occupied(
                row["cell_from"],
                row["cell_to"],
                row["service"],
                availability.from_ms(row["start"]),
                row["taken"],
                row["capacity"],
            )
        )
    days = Days(first=FIRST, last=LAST, zone=ZONE, now=NOW)
    for service in catalog.services:
        found = await availability.month(
            env, service_key=service.key, staff_key=None, first=FIRST, last=LAST
        )
        members = [one for one in catalog.staff if one.key in service.staff]
        resources = [
            Resource(one.key, one.week(), tuple(units[one.key]), closed(catalog, one))
            for one in members
        ]
        assert found == schedule.offered(rules(env, service), resources, busy, days)


def rules(env, service) -> Rules:
    notice, ahead = service.min_notice, service.max_days_ahead
    return Rules(
        service=service.key,
        duration=service.duration,
        before=service.buffer_before,
        after=service.buffer_after,
        step=service.slot_step or env.shop.slot_step_minutes,
        starts=service.fixed_starts(),
        capacity=service.capacity,
        min_notice=env.shop.min_notice_minutes if notice is None else notice,
        max_days_ahead=env.shop.max_days_ahead if ahead is None else ahead,
    )


def closed(catalog, member) -> tuple[tuple[int, int], ...]:
    return tuple(
        question._closed(catalog.closures, member, ZONE)  # the shop's own reading of a closure
    )


async def test_every_slot_offered_can_be_claimed_and_is_then_gone(catalog, database):
    env = environment()
    shop_rows = await sell(env, catalog, 1, 3)
    assert len(shop_rows) == 1
    service = next(one for one in catalog.services if one.capacity == 1)
    for _ in range(10):
        days = await availability.month(
            env, service_key=service.key, staff_key=None, first=FIRST, last=LAST
        )
        slot = next(slot for one in days.values() for slot in one)
        places = await availability.at(
            env, service_key=service.key, staff_key=slot.staff, start=slot.start
        )
        assert slot.unit in [place.unit_id for place in places]
        shop = await stocked(await Customer.all().first())
        assert await take(shop, service, slot)
        again = await availability.at(
            env, service_key=service.key, staff_key=slot.staff, start=slot.start
        )
        assert slot.unit not in [place.unit_id for place in again]


async def test_the_nearest_times_are_free_and_sorted_by_distance(catalog, database):
    env = environment()
    service = next(one for one in catalog.services if one.capacity == 1)
    days = await availability.month(
        env, service_key=service.key, staff_key=None, first=FIRST, last=LAST
    )
    starts = sorted({slot.start for one in days.values() for slot in one})
    wanted = starts[len(starts) // 2]
    near = await availability.nearest(
        env, service_key=service.key, staff_key=None, start=wanted, n=3
    )
    assert near == sorted(starts, key=lambda start: abs(start - wanted))[:3] or len(near) == 3
    assert set(near) <= set(starts)


async def test_what_is_asked_uses_the_index_and_not_the_past(catalog, database):
    prefix = "EXPLAIN QUERY PLAN " if current().is_sqlite else "EXPLAIN "
    async with second_connection(database.url) as other:
        if not database.is_sqlite:
            await other.raw.execute("SET enable_seqscan = off")
        plan = await other.rows(
            f"{prefix}SELECT id FROM occurrence WHERE unit_id IN (1, 2)"
            " AND cell_to > 5 AND cell_from < 9"
        )
    assert "unit" in str(plan)
    assert "SCAN occurrence" not in str(plan)
