"""The pages Stripe leads back to tell the truth, and nobody's name."""

import re

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from db.models import Booking
from db.states import AttemptState, BookingState
from handlers import pages
from handlers.checkout import CANCEL
from handlers.keyboards import decode
from handlers.tokens import Tokens
from tests.handlers.rows import (
    REFERENCE,
    SESSION,
    TOKENS,
    StripeSays,
    a_booking,
    a_customer,
    make_door,
)


async def page(door, address, **headers):
    app = web.Application()
    pages.add_to(app, door)
    async with TestClient(TestServer(app)) as client:
        answer = await client.get(address, headers=headers)
        return answer.status, await answer.text()


@pytest.mark.parametrize(
    ("session", "said"),
    [
        ({"status": "complete", "payment_status": "paid"}, "Thank you, your booking is confirmed"),
        ({"status": "complete", "payment_status": "unpaid"}, "Your payment is on its way"),
        ({"status": "open", "payment_status": "unpaid"}, "Not paid yet"),
        ({"status": "expired", "payment_status": "unpaid"}, "This payment page has expired"),
        ({"status": "complete", "payment_status": "paid", "amount_total": 5}, "has arrived"),
        ({}, "We are still checking your payment"),
    ],
)
async def test_the_success_page_tells_the_truth(database, session, said):
    await a_booking(await a_customer())
    status, text = await page(
        make_door(StripeSays(**session)), f"/booking/success?session_id={SESSION}"
    )
    assert status == 200
    assert said in text
    for shown in ("Anna &amp; Co", "Haircut", REFERENCE, "15:30", "€10.00"):
        assert shown in text
    assert f"https://t.me/annabot?start=b_{REFERENCE}" in text
    for private in ("Zoë", "4930", "secret", "<script"):
        assert private not in text


@pytest.mark.parametrize(
    ("session", "told", "pay"),
    [
        ({"status": "complete", "payment_status": "paid"}, "Paid", False),
        ({"status": "open", "payment_status": "unpaid"}, "To be paid", True),
        ({"status": "expired", "payment_status": "unpaid"}, "Not paid", False),
        ({}, "", False),
    ],
)
async def test_the_amount_says_whether_it_was_paid_and_can_be_paid_while_it_is_open(
    database, session, told, pay
):
    await a_booking(await a_customer())
    _, text = await page(make_door(StripeSays(**session)), f"/booking/success?session_id={SESSION}")
    said = re.search(r'class="amount">[^<]+(?:<small>(.+?)</small>)?</p>', text)
    assert (said[1] or "") == told
    assert ("https://checkout.stripe.example/c/1" in text) is pay


async def test_the_success_page_confirms_like_the_webhook(database):
    booking = await a_booking(await a_customer())
    door = make_door(StripeSays(status="complete", payment_status="paid"))
    for _ in range(2):
        await page(door, f"/booking/success?session_id={SESSION}")
    assert (await Booking.get(id=booking.id)).status == BookingState.CONFIRMED


async def test_an_unknown_session_is_answered_without_asking_stripe(database):
    stripe = StripeSays(status="complete", payment_status="paid")
    status, text = await page(make_door(stripe), "/booking/success?session_id=cs_x%3Cscript%3E")
    assert (status, stripe.asked) == (404, [])
    assert "We do not know this payment" in text
    assert "<script" not in text


async def test_pages_speak_the_language_of_the_browser_or_the_customer(database):
    door = make_door()
    _, text = await page(door, "/booking/success", **{"Accept-Language": "bn-BD,bn;q=0.9"})
    assert "এই পেমেন্টটি আমাদের জানা নেই" in text
    assert '<html lang="bn">' in text
    await a_booking(await a_customer(language="bn"))
    _, text = await page(door, f"/booking/success?session_id={SESSION}")
    assert "চুল কাটা" in text


async def test_the_cancel_page_says_that_nothing_was_charged_and_changes_nothing(database):
    booking = await a_booking(await a_customer())
    token = TOKENS.sign(CANCEL, REFERENCE)
    status, text = await page(make_door(), f"/booking/cancel?booking={token}")
    assert status == 200
    assert "Nothing was charged" in text
    assert "https://checkout.stripe.example/c/1" in text
    assert "Zoë" not in text
    assert (await Booking.get(id=booking.id)).status == BookingState.AWAITING_PAYMENT


async def test_the_cancel_page_of_a_paid_booking_offers_no_payment(database):
    await a_booking(
        await a_customer(), attempt=AttemptState.SUCCEEDED, status=BookingState.CONFIRMED
    )
    _, text = await page(make_door(), f"/booking/cancel?booking={TOKENS.sign(CANCEL, REFERENCE)}")
    assert "Your booking is confirmed" in text
    assert "Nothing was charged" not in text
    assert "checkout.stripe.example" not in text


@pytest.mark.parametrize("token", ["", REFERENCE, f"{REFERENCE}.forged", "BK-000000.x"])
async def test_a_forged_token_opens_nothing(database, token):
    await a_booking(await a_customer())
    status, text = await page(make_door(), f"/booking/cancel?booking={token}")
    assert status == 404
    assert "Haircut" not in text


def test_a_token_is_good_for_its_purpose_only():
    token = TOKENS.sign(CANCEL, REFERENCE)
    assert TOKENS.read(CANCEL, token) == REFERENCE
    assert TOKENS.read("pay", token) is None
    assert decode(token) is None


async def test_pages_need_no_script_and_nobody_else(database):
    _, text = await page(make_door(), "/booking/success")
    _, style = await page(make_door(), "/booking/style.css")
    assert "prefers-color-scheme: dark" in style
    assert "http" not in style
    assert "style=" not in text


def test_a_link_signed_with_an_old_key_opens_what_it_did():
    link = TOKENS.sign(CANCEL, REFERENCE)
    assert Tokens(b"n" * 32, [b"k" * 32]).read(CANCEL, link) == REFERENCE
    assert Tokens(b"n" * 32).read(CANCEL, link) is None
    assert Tokens(b"k" * 32).read(CANCEL, Tokens(b"n" * 32, [b"k" * 32]).sign(CANCEL, "x")) is None
