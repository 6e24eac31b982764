"""Whoever floods the bot hurts nobody else: not the queue, not Stripe, not the calendar."""

import asyncio

import aiohttp
import pytest

from db.states import AWAITS_MONEY
from tests.crowd import tap, until
from tests.engines import second_connection
from tests.journeys.conftest import CATALOG, running_shop
from tests.journeys.test_conversation import ADA, to_summary
from tests.journeys.test_seeing import scraped
from tests.journeys.test_webhook import to_pay
from tests.process import TELEGRAM_SECRET

MALLORY, FLOOD = 666, 400
OPEN = "SELECT count(*) FROM job WHERE lane = '{}:{}' AND done_at IS NULL AND dead_at IS NULL"


@pytest.fixture
async def shop(tmp_path, database_url):
    """A shop whose chats get one message a second, as Telegram takes them."""
    async with running_shop(tmp_path, database_url, catalog=CATALOG) as running:
        yield running


async def waiting(shop, lane: str, user: int) -> int:
    url = shop.app._settings.database.url.get_secret_value()
    async with second_connection(url) as other:
        return await other.value(OPEN.format(lane, user))


async def asked(shop) -> float:
    """How often Stripe was asked anything."""
    now = await scraped(shop)
    return sum(count for name, count in now.items() if name[0] == "booking_bot_stripe_calls_total")


async def floods(shop, number: int) -> None:
    """Post so many messages of one person, as quickly as they are taken."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}
    who = {"id": MALLORY, "is_bot": False, "first_name": "M"}
    chat = {"id": MALLORY, "type": "private", "first_name": "M"}
    entities = [{"type": "bot_command", "offset": 0, "length": 6}]

    async def post(http, at: int) -> None:
        message = {"message_id": at, "date": 1, "chat": chat, "from": who, "text": "/start"}
        update = {"update_id": 800_000_000 + at, "message": message | {"entities": entities}}
        address = f"{shop.bot.url}/webhooks/telegram"
        async with http.post(address, json=update, headers=headers) as answer:
            assert answer.status == 200

    async with aiohttp.ClientSession() as http:
        for first in range(0, number, 20):
            await asyncio.gather(*(post(http, at) for at in range(first, first + 20)))


@pytest.mark.family("R20")
async def test_a_flood_of_one_piles_nothing_up_and_others_are_answered(shop, record_property):
    record_property("runs", FLOOD)
    shop.telegram.person(MALLORY, first_name="M")
    await shop.says(MALLORY, "/start")
    shop.telegram.faults.add(match=f"^sendMessage {MALLORY}$", kind="429:3600", times=1)
    flood = asyncio.ensure_future(floods(shop, FLOOD))
    await shop.telegram.say(ADA, "/start")
    await until(lambda: shop.reads(ADA, "Studio Nord"), within=30, what="an answer for Ada")
    await flood
    await shop.app.settle()
    assert await waiting(shop, "in", MALLORY) == 0
    assert 1 <= await waiting(shop, "out", MALLORY) <= 40
    await to_summary(shop, ADA)
    assert shop.reads(ADA, "check your booking")


@pytest.mark.family("R20")
async def test_whoever_flooded_is_answered_again_once_the_answers_have_left(shop):
    shop.telegram.person(MALLORY, first_name="M")
    await shop.says(MALLORY, "/start")
    shop.telegram.faults.add(match=f"^sendMessage {MALLORY}$", kind="429:30", times=1)
    await floods(shop, 100)
    await shop.settle()
    await shop.time_passes(31)
    await shop.time_passes(31)
    assert await waiting(shop, "out", MALLORY) == 0
    await shop.says(MALLORY, "/help")
    assert shop.reads(MALLORY, "/bookings")


@pytest.mark.family("R20")
async def test_stripe_is_asked_by_one_at_a_time_however_often_i_have_paid_is_tapped(shop):
    await to_pay(shop)
    shop.fails("GET /v1/checkout", "slow:1.5")
    before = await asked(shop)
    for _ in range(30):
        await tap(shop.world, ADA, "^I have paid")
    await shop.settle()
    assert 1 <= await asked(shop) - before <= 4


@pytest.mark.family("R20")
async def test_one_customer_holds_no_more_than_the_shop_allows(shop):
    for time in ("^10:00", "^11:00", "^12:00", "^13:00"):
        await shop.says(MALLORY, "/book")
        await shop.walks(MALLORY, "^Haircut", "^Any", r"\b2\b", time, "^Skip")
        if not any("Confirm" in label for label in shop.buttons(MALLORY)):
            await shop.shares_phone(MALLORY)
        await shop.taps(MALLORY, "^Confirm")
    rows = await shop.exported("bookings")
    assert sum(row["status"] in set(AWAITS_MONEY) for row in rows) == 3


@pytest.mark.family("R20")
async def test_a_crowd_on_one_page_is_one_look_at_stripe(shop):
    session = await to_pay(shop)
    before = await asked(shop)

    async def look(http) -> int:
        address = f"{shop.bot.url}/booking/success?session_id={session}"
        async with http.get(address) as answer:
            return answer.status

    async with aiohttp.ClientSession() as http:
        assert set(await asyncio.gather(*(look(http) for _ in range(200)))) == {200}
    assert await asked(shop) - before <= 2
