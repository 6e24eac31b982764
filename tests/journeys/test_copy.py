"""A stopped shop is moved to another database, and nobody in a chat notices."""

import pytest

from tests.engines import second_connection
from tests.journeys.conftest import CATALOG, START, opened
from tests.journeys.test_conversation import ADA, BELA, to_summary
from tests.journeys.test_webhook import to_pay
from tests.process import Bot, sandbox

ADMIN, CARL = 9, 79
WAYS = [("sqlite", "postgres"), ("postgres", "sqlite")]
EXPORTS = ("bookings", "payments", "customers", "audit")


@pytest.fixture(params=WAYS, ids=" to ".join)
def move(request):
    """The URL of a database with a shop in it and of an empty one on the other engine."""
    old, new = (request.getfixturevalue(f"{name}_engine") for name in request.param)
    urls = old.fresh(), new.empty()
    yield urls
    old.drop(urls[0])
    new.drop(urls[1])


async def everything(shop) -> dict[str, list[dict]]:
    return {what: await shop.exported(what) for what in EXPORTS}


async def test_links_and_buttons_given_out_before_the_move_work_after_it(tmp_path, move):
    source, target = move
    async with sandbox(start=START) as world:
        bot = Bot(tmp_path, world, source)
        async with opened(world, bot) as shop:
            await shop.imports(CATALOG)
            await shop.telegram.start(ADMIN)
            await shop.pays(await to_pay(shop, ADA))
            await to_summary(shop, BELA, "^13:00")
            await shop.taps(BELA, "^Confirm")
            waiting = shop.sessions()[-1]["id"]
            await to_summary(shop, CARL, "^15:00")
            before = await everything(shop)

        code, out, err = await bot.command("copy", "--to", target)
        assert code == 0, out + err
        assert "bookings: 2 rows, the same in both" in out
        assert "job: " in err
        bot.config.write_text(bot.config.read_text().replace(source, target))

        async with opened(world, bot, dice=2) as shop:
            assert await everything(shop) == before
            await shop.pays(waiting)
            await shop.taps(ADA, "^Cancel booking")
            await shop.taps(ADA, "^Yes")
            await shop.taps(CARL, "^Confirm")
            await shop.pays(shop.sessions()[-1]["id"])
            rows = await shop.exported("bookings")
            assert [row["status"] for row in rows] == ["cancelled", "confirmed", "confirmed"]
            [refund] = (await shop.exported("payments"))[0]["refunds"]
            assert (refund["amount_minor"], refund["status"]) == (5000, "succeeded")
            assert shop.reads(BELA, "Paid|paid")
        async with second_connection(target) as other:
            late = "SELECT count(*) FROM job WHERE dead_at IS NOT NULL"
            assert await other.value(late) == 0
