"""Coupons: however many want the last use at once, no more are used than there are."""

import asyncio

import pytest

from booking.catalog import Coupon
from booking.coupons import check_left, give_back, use
from booking.errors import CouponUsedUp
from db.models import Customer
from db.money_models import CouponUse
from db.shop_models import Coupon as CouponRow
from db.transactions import transactional
from tests.db.shop import NOW, open_shop


@pytest.fixture
async def shop(database):
    await CouponRow.create(code="TEN", position=0, spec={})
    return await open_shop()


def ten(**limits):
    return Coupon.model_validate({"code": "TEN", "percent": 10, **limits})


@transactional
async def booked(shop, coupon, customer_id) -> int:
    booking = await shop.booking(customer_id=customer_id)
    await use(coupon, booking=booking)
    return booking.id


async def at_once(shop, coupon, customers) -> list[int]:
    """Book with the coupon for each at the same moment; the bookings that got it."""
    tries = (booked(shop, coupon, customer) for customer in customers)
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert all(isinstance(one, int | CouponUsedUp) for one in done), done
    return [one for one in done if isinstance(one, int)]


async def people(number) -> list[int]:
    made = [await Customer.create(telegram_id=100 + n, created_at=NOW) for n in range(number)]
    return [one.id for one in made]


async def test_of_many_who_want_the_last_uses_at_once_exactly_so_many_get_them(shop):
    assert len(await at_once(shop, ten(max_uses=3), await people(20))) == 3
    assert await CouponUse.all().count() == 3


async def test_nobody_is_refused_at_once_while_there_are_uses_left(shop):
    assert len(await at_once(shop, ten(max_uses=20), await people(20))) == 20


async def test_one_customer_in_many_chats_at_once_gets_their_own_uses_and_no_more(shop):
    limits = ten(max_uses=10, max_uses_per_customer=2)
    first, second = await people(2)
    got = await at_once(shop, limits, [first] * 8 + [second] * 8)
    assert len(got) == 4
    taken = await CouponUse.all()
    assert sorted((one.customer_id, one.customer_number) for one in taken) == [
        (first, 1), (first, 2), (second, 1), (second, 2),
    ]  # fmt: skip


async def test_a_use_that_is_given_back_is_there_for_the_next(shop):
    once = ten(max_uses=1)
    first, second = await people(2)
    (booking,) = await at_once(shop, once, [first])
    with pytest.raises(CouponUsedUp):
        await check_left(once, customer_id=second)
    await give_back(booking)
    await give_back(booking)
    await check_left(once, customer_id=second)
    assert len(await at_once(shop, once, [second])) == 1


async def test_what_was_given_back_is_used_again_only_when_nothing_else_is_left(shop):
    limited, customers = ten(max_uses=4), await people(5)
    made = [(await at_once(shop, limited, [one]))[0] for one in customers[:3]]
    await give_back(made[1])
    assert len(await at_once(shop, limited, customers[3:])) == 2
    numbers = await CouponUse.all().order_by("id").values_list("number", flat=True)
    assert numbers == [1, 3, 4, 2]
    assert await at_once(shop, limited, customers[:1]) == []
