"""Claims: whoever comes first has the seat, and nobody else, however many come at once."""

import asyncio
import random

import pytest

from db import claims
from db.database import database as current
from db.transactions import run, transactional
from tests.db.shop import at, cells, open_shop
from tests.engines import second_connection

OVERLAPS = """
SELECT count(*) FROM occurrence AS a JOIN occurrence AS b
ON a.unit_id = b.unit_id AND a.id < b.id AND a.cell_from < b.cell_to AND b.cell_from < a.cell_to
"""


@pytest.fixture
async def shop(database):
    return await open_shop()


@transactional
async def hold(shop, *, minute=0, minutes=60, seats=1, capacity=1, unit=0, service=None, before=0):
    booking = await shop.booking(seats=seats)
    got = await claims.claim(
        booking_id=booking.id,
        unit_id=shop.units[unit].id,
        service_id=(service or shop.service).id,
        start=at(minute),
        cells=cells(minute - before, minutes + before),
        capacity=capacity,
        seats=seats,
    )
    return booking.id if got else None


async def test_200_at_once_for_one_slot_leave_one_winner(shop, database):
    results = await asyncio.gather(*(hold(shop) for _ in range(200)))
    assert len([one for one in results if one]) == 1
    async with second_connection(database.url) as other:
        assert await other.value("SELECT count(*) FROM seat") == 1
        assert await other.value("SELECT count(*) FROM claim") == 12


async def test_200_at_once_for_a_class_of_ten_leave_ten_winners(shop, database):
    results = await asyncio.gather(*(hold(shop, capacity=10) for _ in range(200)))
    assert len([one for one in results if one]) == 10
    async with second_connection(database.url) as other:
        assert await other.value("SELECT count(*) FROM occurrence") == 1
        assert await other.value("SELECT count(*) FROM seat") == 10


async def test_seats_of_several_sizes_never_exceed_the_capacity(shop, database):
    sizes = [random.Random(3).choice([1, 2, 3]) for _ in range(60)]
    results = await asyncio.gather(*(hold(shop, capacity=12, seats=size) for size in sizes))
    taken = sum(size for size, one in zip(sizes, results, strict=True) if one)
    assert 10 <= taken <= 12
    async with second_connection(database.url) as other:
        assert await other.value("SELECT count(*) FROM seat") == taken


async def test_overlapping_starts_lengths_and_buffers_never_share_a_unit(shop, database):
    chance = random.Random(5)
    wishes = [
        {
            "minute": chance.randrange(0, 600, 15),
            "minutes": chance.choice([30, 45, 90]),
            "before": chance.choice([0, 10]),
            "unit": chance.randrange(2),
            "service": chance.choice([shop.service, shop.other]),
        }
        for _ in range(200)
    ]
    results = await asyncio.gather(*(hold(shop, **wish) for wish in wishes))
    assert len([one for one in results if one]) > 10
    async with second_connection(database.url) as other:
        assert await other.value(OVERLAPS) == 0
        kept = await other.value("SELECT sum(cell_to - cell_from) FROM occurrence")
        assert await other.value("SELECT count(*) FROM claim") == kept


async def test_who_tries_several_units_in_any_order_never_deadlocks_into_failure(shop, database):
    @transactional
    async def anywhere(order):
        for unit in order:
            got = await hold(shop, unit=unit, minute=15 * (order[0] % 2))
            if got:
                return got
        return None

    orders = [[0, 1] if number % 2 else [1, 0] for number in range(60)]
    results = await asyncio.gather(*(anywhere(order) for order in orders))
    assert len([one for one in results if one]) == 2


async def test_a_lost_claim_leaves_nothing_behind(shop, database):
    assert await hold(shop, minute=30)
    assert await hold(shop, minute=0) is None
    async with second_connection(database.url) as other:
        assert await other.value("SELECT count(*) FROM occurrence") == 1
        assert await other.value("SELECT count(*) FROM claim") == 12


async def test_only_the_last_seat_frees_the_unit(shop, database):
    first = await hold(shop, capacity=2)
    second = await hold(shop, capacity=2)
    await claims.release_seats(first)
    async with second_connection(database.url) as other:
        assert await other.value("SELECT count(*) FROM claim") == 12
    assert await hold(shop, service=shop.other) is None
    await claims.release_seats(second)
    await claims.release_seats(second)
    async with second_connection(database.url) as other:
        assert await other.value("SELECT count(*) FROM claim") == 0
        assert await other.value("SELECT count(*) FROM occurrence") == 0
    assert await hold(shop, service=shop.other)


async def test_a_release_beside_claims_neither_loses_nor_doubles_a_seat(shop, database):
    for turn in range(15):
        holder = await hold(shop, minute=120 * turn, capacity=2)
        results = await asyncio.gather(
            claims.release_seats(holder),
            *(hold(shop, minute=120 * turn, capacity=2) for _ in range(4)),
        )
        winners = [one for one in results if one]
        held = sum([await claims.holds_seats(one) for one in winners])
        assert held == len(winners)
        assert 1 <= held <= 2
    async with second_connection(database.url) as other:
        assert await other.value(OVERLAPS) == 0
        orphans = "SELECT count(*) FROM occurrence WHERE id NOT IN (SELECT occurrence_id FROM seat)"
        assert await other.value(orphans) == 0


async def test_a_service_made_longer_keeps_its_later_guests_apart_from_others(shop, database):
    assert await hold(shop, capacity=3, minutes=45)
    assert await hold(shop, capacity=3, minutes=60)
    assert await hold(shop, minute=45, service=shop.other) is None
    async with second_connection(database.url) as other:
        assert await other.value("SELECT count(*) FROM claim") == 12


async def test_a_service_made_longer_does_not_push_a_neighbour_aside(shop, database):
    assert await hold(shop, capacity=3, minutes=45)
    assert await hold(shop, minute=45, minutes=30, service=shop.other)
    assert await hold(shop, capacity=3, minutes=60) is None
    async with second_connection(database.url) as other:
        assert await other.value(OVERLAPS) == 0


async def test_a_plain_read_sends_losers_away(shop, database):
    wish = {"unit_id": shop.units[0].id, "service_id": shop.service.id, "seats": 1, "capacity": 2}
    assert await claims.is_free(**wish, start=at(0), cells=cells(0, 60))
    await hold(shop, capacity=2)
    assert await claims.is_free(**wish, start=at(0), cells=cells(0, 60))
    await hold(shop, capacity=2)
    assert not await claims.is_free(**wish, start=at(0), cells=cells(0, 60))
    assert not await claims.is_free(**wish, start=at(15), cells=cells(15, 60))
    assert await claims.is_free(**wish, start=at(60), cells=cells(60, 60))


async def without_the_guard() -> None:
    """Make the three tables anew with every column and without a single unique constraint."""
    sqlite = "INTEGER PRIMARY KEY AUTOINCREMENT"
    for table in ("seat", "claim", "occurrence"):
        await run(f'DROP TABLE "{table}"')
    columns = {
        "occurrence": "unit_id INT, service_id INT, start BIGINT, cell_from BIGINT,"
        " cell_to BIGINT, capacity INT",
        "claim": "unit_id INT, cell BIGINT, occurrence_id INT",
        "seat": "occurrence_id INT, number INT, booking_id INT",
    }
    key = sqlite if current().is_sqlite else "BIGSERIAL PRIMARY KEY"
    for table, names in columns.items():
        await run(f'CREATE TABLE "{table}" (id {key}, {names})')


@pytest.mark.family("R7")
async def test_control_without_the_unique_constraints_the_same_race_overbooks(shop, database):
    await without_the_guard()
    results = await asyncio.gather(*(hold(shop) for _ in range(50)))
    assert len([one for one in results if one]) > 1
    async with second_connection(database.url) as other:
        assert await other.value(OVERLAPS) > 0
