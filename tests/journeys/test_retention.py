"""What is older than the shop keeps it is erased by itself, and the books stay."""

from contextlib import asynccontextmanager

import pytest

from tests.engines import second_connection
from tests.journeys.conftest import CATALOG, START, opened
from tests.journeys.test_conversation import ADA
from tests.journeys.test_forget import found_in
from tests.process import Bot, sandbox

DAY = 24 * 3600
ADMIN = 9


@asynccontextmanager
async def keeping(tmp_path, database_url, days: int):
    """A shop that keeps persons for so many days."""
    async with sandbox(start=START) as world:
        bot = Bot(tmp_path, world, database_url)
        bot.config.write_text(f"{bot.config.read_text()}\n[privacy]\nretention_days = {days}\n")
        async with opened(world, bot) as shop:
            await shop.imports(CATALOG)
            yield shop


async def books_as_quetzalina(shop, user=ADA) -> None:
    shop.telegram.person(user, first_name="Quetzalina", language_code="en")
    await shop.says(user, "/start")
    await shop.walks(user, "^Book", "^Haircut", "^Any", r"\b2\b", "^11:00")
    await shop.says(user, "Allergic to quinoa")
    await shop.shares_phone(user)
    await shop.taps(user, "^Confirm")
    await shop.pays(shop.sessions()[-1]["id"])


async def value(database_url, query: str):
    async with second_connection(database_url) as other:
        return await other.value(query)


@pytest.mark.family("R25")
async def test_persons_go_when_their_time_is_over_and_amounts_stay(tmp_path, database_url):
    async with keeping(tmp_path, database_url, 30) as shop:
        await books_as_quetzalina(shop)
        before = await shop.exported("payments")
        await shop.time_passes(25 * DAY)
        assert await found_in(shop, database_url)
        for _ in range(10):
            await shop.time_passes(DAY)
        assert await found_in(shop, database_url) == set()
        assert await value(database_url, "SELECT count(*) FROM customer WHERE telegram_id > 0") == 0
        assert await shop.exported("payments") == before
        [booking] = await shop.exported("bookings")
        assert (booking["paid_minor"], booking["customer_name"]) == (5000, "")
        [line] = [one for one in await shop.exported("audit") if one["action"] == "forget"]
        assert line["actor"] == "system"


@pytest.mark.family("R25")
async def test_a_refund_of_the_dashboard_long_after_is_booked_and_told_to_nobody(
    tmp_path, database_url
):
    async with keeping(tmp_path, database_url, 30) as shop:
        await books_as_quetzalina(shop)
        for _ in range(4):
            await shop.time_passes(10 * DAY)
        before = shop.chat(ADA)
        shop.stripe.refund(shop.stripe.ledger()["charges"][-1]["id"])
        await shop.time_passes(60)
        [payment] = await shop.exported("payments")
        assert [one["amount_minor"] for one in payment["refunds"]] == [5000]
        assert shop.chat(ADA) == before


@pytest.mark.family("R25")
async def test_whoever_comes_back_is_somebody_new(tmp_path, database_url):
    async with keeping(tmp_path, database_url, 30) as shop:
        await books_as_quetzalina(shop)
        for _ in range(4):
            await shop.time_passes(10 * DAY)
        await shop.says(ADA, "/bookings")
        assert shop.reads(ADA, "no bookings|No bookings|nothing")
        assert await value(database_url, "SELECT count(*) FROM customer") == 2


@pytest.mark.family("R25")
async def test_whoever_wrote_lately_is_not_forgotten_though_they_booked_nothing(
    tmp_path, database_url
):
    async with keeping(tmp_path, database_url, 30) as shop:
        await shop.says(ADMIN, "/start")
        await books_as_quetzalina(shop)
        await shop.time_passes(20 * DAY)
        await shop.says(ADMIN, "/today")
        await shop.says(ADA, "/bookings")
        for _ in range(3):
            await shop.time_passes(5 * DAY)
        assert await value(database_url, "SELECT count(*) FROM customer WHERE telegram_id > 0") == 2
        assert (await shop.exported("customers"))[0]["name"]
        for _ in range(4):
            await shop.time_passes(5 * DAY)
        assert await value(database_url, "SELECT count(*) FROM customer WHERE telegram_id > 0") == 0


@pytest.mark.family("R25")
async def test_what_waits_for_a_decision_about_money_waits(tmp_path, database_url):
    async with keeping(tmp_path, database_url, 3) as shop:
        await books_as_quetzalina(shop)
        shop.stripe.dispute(shop.stripe.ledger()["charges"][-1]["id"])
        for _ in range(6):
            await shop.time_passes(DAY)
        found = await found_in(shop, database_url)
        assert "booking.details: allergic to quinoa" in found


@pytest.mark.family("R25")
async def test_a_shop_that_keeps_everything_erases_nothing(tmp_path, database_url):
    async with keeping(tmp_path, database_url, 0) as shop:
        await books_as_quetzalina(shop)
        for _ in range(4):
            await shop.time_passes(100 * DAY)
        assert await found_in(shop, database_url)
