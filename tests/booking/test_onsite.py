"""What was due on site is marked as paid there: asked once, done once, undone the same way."""

import asyncio

import pytest

from booking.errors import OnsiteChanged
from booking.money import Money
from booking.onsite import Mark, mark, times_marked
from db.models import Booking
from db.money_models import Audit
from db.states import BookingState
from tests.booking.test_refund import ENV
from tests.db.shop import NOW, open_shop

BOSS, OTHER = "admin:9", "admin:10"


@pytest.fixture
async def shop(database):
    return await open_shop()


async def confirmed(shop, **values):
    given = {"due_minor": 1000, "onsite_minor": 4000, "status": BookingState.CONFIRMED, **values}
    return await shop.booking(**given)


def paid(before=0, minor=4000):
    return Mark(amount=Money(minor, "EUR"), is_paid=True, before=before)


def not_paid(before):
    return Mark(amount=Money(4000, "EUR"), is_paid=False, before=before)


async def audit():
    return [(one.actor, one.action) for one in await Audit.all().order_by("id")]


async def when_paid(booking):
    return (await Booking.get(id=booking.id)).onsite_paid_at


async def test_it_is_marked_unmarked_and_marked_again_with_every_step_in_the_audit(shop):
    booking = await confirmed(shop)
    await mark(ENV, booking=booking, wish=paid(), actor=BOSS)
    assert await when_paid(booking) == NOW
    await mark(ENV, booking=booking, wish=not_paid(1), actor=OTHER)
    assert await when_paid(booking) is None
    await mark(ENV, booking=booking, wish=paid(2), actor=BOSS)
    assert await when_paid(booking) == NOW
    assert await audit() == [
        (BOSS, "paid on site"),
        (OTHER, "not paid on site after all"),
        (BOSS, "paid on site"),
    ]


async def test_the_same_answer_again_and_by_many_at_once_is_noted_once(shop):
    booking = await confirmed(shop)
    answers = (mark(ENV, booking=booking, wish=paid(), actor=BOSS) for _ in range(10))
    await asyncio.gather(*answers)
    await mark(ENV, booking=booking, wish=paid(), actor=BOSS)
    assert await times_marked(booking) == 1


async def test_an_old_question_changes_nothing(shop):
    booking = await confirmed(shop)
    await mark(ENV, booking=booking, wish=paid(), actor=BOSS)
    await mark(ENV, booking=booking, wish=not_paid(1), actor=BOSS)
    for old in (paid(), not_paid(2), paid(2, minor=3999)):
        with pytest.raises(OnsiteChanged):
            await mark(ENV, booking=booking, wish=old, actor=BOSS)
    assert await when_paid(booking) is None
    assert len(await audit()) == 2


@pytest.mark.parametrize("status", [BookingState.AWAITING_PAYMENT, BookingState.CANCELLED])
async def test_only_what_takes_place_can_be_marked(shop, status):
    booking = await confirmed(shop, status=status)
    with pytest.raises(OnsiteChanged):
        await mark(ENV, booking=booking, wish=paid(), actor=BOSS)
    assert await audit() == []
