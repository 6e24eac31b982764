"""Customers who pause: reminded while they can still pay, and before they come; never after."""

import re

import aiohttp

from tests.crowd import buttons
from tests.journeys.conftest import running_shop
from tests.journeys.test_conversation import ADA
from tests.journeys.test_expiry import HOLD, statuses
from tests.journeys.test_webhook import to_pay

SEPA, SEPA_FAILS = "AT321904300235473204", "AT591904300235473203"
MINUTE, HOUR = 60, 3600
HELD = "still waiting for its payment"
SOON = "A reminder of your booking"


def times(shop, text) -> int:
    return sum(text in (message.get("text") or "") for message in shop.telegram.chat(ADA))


def pay_links(shop) -> set[str]:
    """Every address that a Pay button of the chat leads to."""
    markups = [message.get("reply_markup") or {} for message in shop.telegram.chat(ADA)]
    rows = [row for markup in markups for row in markup.get("inline_keyboard", [])]
    return {button["url"] for row in rows for button in row if button["text"].startswith("Pay")}


async def cancel_page(shop, session) -> str:
    address = shop.stripe.store.sessions[session]["cancel_url"]
    async with aiohttp.ClientSession() as http, http.get(address) as answer:
        return await answer.text()


async def test_every_way_back_leads_to_the_one_session_and_nothing_is_said_after_payment(
    shop, transcript
):
    shop.telegram.person(ADA, first_name="Ada", language_code="en")
    session = await to_pay(shop)
    [link] = pay_links(shop)
    await shop.time_passes(10 * MINUTE)
    assert times(shop, HELD) == 1
    assert shop.buttons(ADA) == ["Pay €50.00", "I have paid", "Stop reminding", "Cancel booking"]
    assert link in await cancel_page(shop, session)
    reference = (await shop.exported("bookings"))[0]["reference"]
    await shop.says(ADA, "/bookings")
    await shop.taps(ADA, "Haircut")
    await shop.says(ADA, f"/start b_{reference}")
    assert pay_links(shop) == {link}
    await shop.pays(session)
    await shop.time_passes(HOLD)
    assert times(shop, HELD) == 1
    assert pay_links(shop) == set()
    await shop.time_passes(2 * HOUR)
    assert times(shop, SOON) == 1
    await shop.taps(ADA, "^I'll be there")
    assert times(shop, "You told us that you will be there") == 1
    assert shop.buttons(ADA) == ["Cancel booking"]
    await shop.time_passes(22 * HOUR)
    assert times(shop, SOON) == 2
    await shop.time_passes(3 * HOUR)
    assert await statuses(shop) == [("completed", "")]
    assert [row["status"] for row in await shop.exported("payments")] == ["succeeded"]
    said = [message.get("text") or "" for message in shop.telegram.chat(ADA)]
    assert "\n\n-----\n\n".join(text for text in said if HELD in text or SOON in text) == transcript


async def test_stop_reminding_stops_and_the_other_buttons_work(tmp_path, database_url):
    often = "[0.5, 1, 2]"
    async with running_shop(tmp_path, database_url, reminders=often) as shop:
        await to_pay(shop)
        await shop.time_passes(30)
        await shop.taps(ADA, "^Stop reminding")
        assert shop.buttons(ADA) == ["Pay €50.00", "I have paid", "Cancel booking"]
        await shop.time_passes(5 * MINUTE)
        assert times(shop, HELD) == 1
        await shop.taps(ADA, "^Cancel booking")
        assert await statuses(shop) == [("cancelled", "customer")]
        await shop.time_passes(HOLD)
        assert times(shop, HELD) == 0  # the reminder itself says now what became of the booking
        assert [row["action"] for row in await shop.exported("audit")] == [
            "hold",
            "mute",
            "release",
        ]


async def test_a_bot_that_was_late_reminds_once_and_a_session_that_is_over_not_at_all(
    tmp_path, database_url
):
    often = "[1, 2, 3, 6, 8]"
    async with running_shop(tmp_path, database_url, reminders=often) as shop:
        session = await to_pay(shop)
        await shop.time_passes(5 * MINUTE)
        assert times(shop, HELD) == 1
        shop.fails("POST /v1/checkout/sessions|GET /v1/checkout/sessions", "500")
        await shop.time_passes(2 * MINUTE)
        assert times(shop, HELD) == 1
        shop.fails("WEBHOOK", "drop")
        shop.recovers()
        shop.fails("WEBHOOK", "drop")
        await shop.pays(session)
        await shop.time_passes(2 * MINUTE)
        assert times(shop, HELD) == 0  # the live message is the confirmation now
        assert await statuses(shop) == [("confirmed", "")]


async def test_a_delayed_payment_whose_events_are_lost_keeps_its_slot_when_the_hold_ends(shop):
    session = await to_pay(shop)
    shop.fails("WEBHOOK", "drop")
    await shop.time_passes(HOLD - 60)
    await shop.pays(session, SEPA)
    await shop.time_passes(65)
    assert await statuses(shop) == [("processing", "")]
    assert not shop.reads(ADA, "no longer held")
    assert shop.sessions()[0]["status"] == "complete"


async def test_a_delayed_payment_that_fails_frees_the_slot_and_everybody_is_told(shop):
    session = await to_pay(shop)
    await shop.pays(session, SEPA_FAILS)
    assert await statuses(shop) == [("processing", "")]
    await shop.time_passes(40 * MINUTE)
    assert await statuses(shop) == [("expired", "payment_failed")]
    assert [row["status"] for row in await shop.exported("payments")] == ["failed"]
    assert shop.reads(ADA, "did not succeed")
    shown = [label for message in shop.telegram.chat(ADA) for label in buttons(message)]
    assert any(re.match("Book again", label) for label in shown)
    await shop.says(ADA, "/start svc_haircut")
    await shop.walks(ADA, "^Any", r"\b2\b")
    assert any(label.startswith("11:00") for label in shop.buttons(ADA))
