"""Every secret can be changed: nothing is lost meanwhile, and what was given out stays good."""

import base64
from contextlib import asynccontextmanager

import pytest

from bot.config import read
from bot.keys import key_file, privacy_key
from tests.journeys.conftest import CATALOG, START, opened
from tests.journeys.test_conversation import ADA, BELA, to_summary
from tests.journeys.test_seeing import fetch
from tests.journeys.test_webhook import event, post, signed, to_pay
from tests.process import WEBHOOK_SECRET, Bot, sandbox

ADMIN, CLEO = 9, 73
NEW = base64.b64encode(b"n" * 32).decode()


@pytest.fixture
async def house(tmp_path, database_url):
    """A sandbox and a configuration that may be changed between two runs."""
    async with sandbox(start=START) as world:
        yield world, Bot(tmp_path, world, database_url)


def changed(bot, *pairs: tuple[str, str]) -> None:
    text = bot.config.read_text()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    bot.config.write_text(text)


@asynccontextmanager
async def again(world, bot, dice: int):
    async with opened(world, bot, dice=dice) as shop:
        yield shop


@pytest.mark.family("R23")
async def test_with_a_new_privacy_key_what_the_old_one_sealed_is_read_and_found(house):
    world, bot = house
    async with opened(world, bot) as shop:
        await shop.imports(CATALOG)
        await shop.says(ADMIN, "/start")
        await shop.pays(await to_pay(shop, ADA))
        await to_pay(shop, BELA, "^13:00")
        [paid, waiting] = await shop.exported("bookings")
        back = shop.stripe.store.sessions[shop.sessions()[-1]["id"]]["cancel_url"]
        assert (await fetch(shop, back.removeprefix(bot.url)))[0] == 200
    old = base64.b64encode(privacy_key(read(bot.config))).decode()
    bot.config.write_text(
        f'{bot.config.read_text()}\n[privacy]\nkey = "{NEW}"\nold_keys = ["{old}"]\n'
    )
    async with again(world, bot, 2) as shop:
        assert await shop.exported("bookings") == [paid, waiting]
        assert (await fetch(shop, back.removeprefix(bot.url)))[0] == 200
        await shop.says(ADMIN, f"/find {paid['customer_name']}")
        assert shop.reads(ADMIN, paid["reference"])
        await shop.pays(shop.sessions()[-1]["id"])
        await shop.taps(ADA, "^Cancel booking")
        await shop.taps(ADA, "^Yes")
        statuses = [row["status"] for row in await shop.exported("bookings")]
        assert statuses == ["cancelled", "confirmed"]


@pytest.mark.family("R23")
async def test_a_lost_privacy_key_is_told_of_and_not_replaced_in_silence(house):
    world, bot = house
    async with opened(world, bot) as shop:
        await shop.imports(CATALOG)
        await shop.pays(await to_pay(shop, ADA))
    file = key_file(read(bot.config))
    kept = file.read_text()
    file.unlink()
    for words in (["run"], ["export", "bookings"], ["check"]):
        code, out, err = await bot.command(*words)
        assert code != 0
        assert "privacy.key: not the key this database was sealed with" in out + err
        assert "Traceback" not in err
        assert not file.exists()
    file.write_text(kept)
    async with again(world, bot, 2) as shop:
        assert [row["status"] for row in await shop.exported("bookings")] == ["confirmed"]


@pytest.mark.family("R23")
async def test_while_the_signing_secret_is_rolled_both_are_believed_and_then_one(house):
    world, bot = house
    async with opened(world, bot) as shop:
        await shop.imports(CATALOG)
        await to_pay(shop, ADA)
    changed(bot, (f'["{WEBHOOK_SECRET}"]', f'["whsec_new", "{WEBHOOK_SECRET}"]'))
    async with again(world, bot, 2) as shop:
        for number, secret in enumerate((WEBHOOK_SECRET, "whsec_new")):
            body = event("completed", shop.sessions()[-1], number=number)
            assert await post(shop, body, signed(shop, body, secret=secret)) == 200
    changed(bot, (f'["whsec_new", "{WEBHOOK_SECRET}"]', '["whsec_new"]'))
    async with again(world, bot, 3) as shop:
        body = event("completed", shop.sessions()[-1], number=3)
        assert await post(shop, body, signed(shop, body)) == 400
        assert await post(shop, body, signed(shop, body, secret="whsec_new")) == 200


@pytest.mark.family("R23")
async def test_a_revoked_bot_token_loses_neither_receipt_nor_tap(house):
    world, bot = house
    old = world.telegram.token
    async with opened(world, bot) as shop:
        await shop.imports(CATALOG)
        session = await to_pay(shop, ADA)
        new = world.telegram.revoke_token()
        await shop.stripe.pay(session, "4242424242424242")
        await shop.stripe.settle()
        await world.telegram.say(BELA, "/start")
        assert not shop.reads(ADA, "Receipt|Paid")
    changed(bot, (old, new))
    async with again(world, bot, 2) as shop:
        await shop.time_passes(60)
        assert sum(bool(m.get("document")) for m in shop.telegram.chat(ADA)) == 1
        assert shop.buttons(BELA)
        assert [row["status"] for row in await shop.exported("bookings")] == ["confirmed"]


@pytest.mark.family("R23")
async def test_the_old_stripe_key_goes_on_for_its_hours_and_the_new_one_after_them(house):
    world, bot = house
    old = world.stripe.secret_key
    async with opened(world, bot) as shop:
        await shop.imports(CATALOG)
        new = world.stripe.roll_key(overlap=3600)
        await shop.pays(await to_pay(shop, ADA))
    changed(bot, (old, new))
    async with again(world, bot, 2) as shop:
        await shop.time_passes(3600)
        await shop.pays(await to_pay(shop, BELA, "^13:00"))
        statuses = [row["status"] for row in await shop.exported("bookings")]
        assert statuses == ["confirmed", "confirmed"]


@pytest.mark.family("R23")
async def test_a_stripe_key_that_ended_too_early_loses_no_booking_payment_or_refund(house):
    world, bot = house
    old = world.stripe.secret_key
    async with opened(world, bot) as shop:
        await shop.imports(CATALOG)
        await shop.says(ADMIN, "/start")
        await shop.pays(await to_pay(shop, ADA))
        session = await to_pay(shop, BELA, "^13:00")
        new = world.stripe.roll_key()
        await shop.taps(ADA, "^Cancel booking")
        await shop.taps(ADA, "^Yes")
        await shop.stripe.pay(session, "4242424242424242")
        await shop.stripe.settle()
        await to_summary(shop, CLEO, "^14:00")
        await shop.taps(CLEO, "^Confirm")
        assert len(shop.sessions()) == 2
        assert shop.stripe.ledger()["refunds"] == []
        assert shop.reads(ADMIN, "Stripe refuses our key")
    changed(bot, (old, new))
    async with again(world, bot, 2) as shop:
        await shop.time_passes(60)
        await shop.pays(shop.sessions()[-1]["id"])
        rows = await shop.exported("bookings")
        assert [row["status"] for row in rows] == ["cancelled", "confirmed", "confirmed"]
        [refund] = shop.stripe.ledger()["refunds"]
        assert refund["amount"] == 5000
