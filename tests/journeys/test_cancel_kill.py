"""kill -9 while a booking is cancelled: it is cancelled once, and the money goes back once."""

import asyncio

import pytest

from tests.crowd import sees, tap
from tests.journeys.test_conversation import ADA
from tests.journeys.test_kill import CATALOG, Reviver, book_and_pay
from tests.process import Bot, sandbox

ADMIN = 9
POINTS = [
    ("cancel", "customer"),
    ("cancel_by_shop", "shop"),
]


async def cancels(world, who: str) -> None:
    if who == "customer":
        await tap(world, ADA, "^Cancel booking", within=20)
        await tap(world, ADA, "^Yes", within=20)
        return
    await world.telegram.start(ADMIN)
    reference = world.stripe.ledger()["sessions"][0]["client_reference_id"]
    await world.telegram.say(ADMIN, f"/cancelbooking {reference} We are ill")
    await tap(world, ADMIN, "^Yes", within=20)


@pytest.mark.family("R1")
@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
@pytest.mark.parametrize(("point", "who"), POINTS)
async def test_a_kill_at_any_point_of_a_cancellation_cancels_once(
    tmp_path, database_url, point, who, moment, record_property
):
    record_property("runs", 1)
    policy = "cancellation = [ { hours = 1, refund = 50 } ]\n"
    async with sandbox() as world:
        bot = Bot(tmp_path, world, database_url)
        await bot.imports(CATALOG.replace('price = "50.00"\n', f'price = "50.00"\n{policy}', 1))
        await bot.start(module=("tests.victim", "--at", f"{point}.{moment}", "--nth", "1"))
        reviver = Reviver(bot)
        reviving = asyncio.ensure_future(reviver.run())
        try:
            await book_and_pay(world)
            await sees(world, ADA, "Receipt", within=30)
            await cancels(world, who)
            await sees(world, ADA, "issued a refund of", within=40)
        finally:
            reviving.cancel()
            await bot.stop()
        assert reviver.deaths == 1, "the process was never at this point"
        [booking] = await bot.rows("bookings")
        assert (booking["status"], booking["end_reason"]) == ("cancelled", who)
        back = 2500 if who == "customer" else 5000
        assert [one["amount"] for one in world.stripe.ledger()["refunds"]] == [back]
        assert booking["refunded_minor"] == back
        assert [row["action"] for row in await bot.rows("audit")].count("cancel") == 1
