"""kill -9 while money is given back: it is given back once all the same."""

import asyncio

import pytest

from tests.crowd import sees, tap
from tests.journeys.test_conversation import ADA
from tests.journeys.test_kill import CATALOG, Reviver, book_and_pay
from tests.process import Bot, sandbox

ADMIN = 9
POINTS = ["refund.before_commit", "refund.after_commit", "book.before_commit", "book.after_commit"]


@pytest.mark.family("R1")
@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("point", POINTS)
async def test_a_kill_at_any_point_of_a_refund_gives_the_money_back_once(
    tmp_path, database_url, point, record_property
):
    record_property("runs", 1)
    async with sandbox() as world:
        bot = Bot(tmp_path, world, database_url)
        await bot.imports(CATALOG)
        await bot.start(module=("tests.victim", "--at", point, "--nth", "1"))
        reviver = Reviver(bot)
        reviving = asyncio.ensure_future(reviver.run())
        try:
            await book_and_pay(world)
            await sees(world, ADA, "Receipt", within=30)
            await world.telegram.start(ADMIN)
            reference = world.stripe.ledger()["sessions"][0]["client_reference_id"]
            await world.telegram.say(ADMIN, f"/refund {reference} 20")
            await tap(world, ADMIN, "^Yes", within=20)
            await sees(world, ADA, "issued a refund of €20.00", within=40)
            await sees(world, ADMIN, "A refund was issued", within=40)
        finally:
            reviving.cancel()
            await bot.stop()
        assert reviver.deaths == 1, "the process was never at this point"
        [payment] = await bot.rows("payments")
        assert [one["amount_minor"] for one in payment["refunds"]] == [2000]
        assert [one["amount"] for one in world.stripe.ledger()["refunds"]] == [2000]
