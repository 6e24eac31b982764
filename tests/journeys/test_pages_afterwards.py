"""Pages that are opened again when money has gone back tell that, and why no lie about it."""

import re

from tests.journeys.test_conversation import ADA
from tests.journeys.test_seeing import fetch
from tests.journeys.test_webhook import to_pay

PENDING_REFUND = "4000000000007726"
TOO_LATE = "when it could no longer be used"


async def reads(shop, session: str) -> str:
    """What a person reads on the success page."""
    status, text = await fetch(shop, f"/booking/success?session_id={session}")
    assert status == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.partition("<main")[2]))


async def test_the_page_of_a_payment_that_was_given_back_says_so(shop):
    session = await to_pay(shop)
    await shop.pays(session)
    assert "back" not in (await reads(shop, session)).replace("Back to the chat", "")
    [charge] = shop.stripe.ledger()["charges"]
    shop.stripe.refund(charge["id"], 1000)
    await shop.settle()
    page = await reads(shop, session)
    assert "your booking is confirmed" in page
    assert "Given back €10.00" in page
    shop.stripe.refund(charge["id"])
    await shop.settle()
    assert "Given back €50.00" in await reads(shop, session)


async def test_the_page_of_a_booking_that_was_called_off_does_not_speak_of_late_money(shop):
    session = await to_pay(shop)
    await shop.pays(session, PENDING_REFUND)
    await shop.taps(ADA, "^Cancel booking")
    await shop.taps(ADA, "^Yes")
    page = await reads(shop, session)
    assert "This booking was cancelled" in page
    assert TOO_LATE not in page
    assert "On its way back to you €50.00" in page
    await shop.time_passes(3600)
    page = await reads(shop, session)
    assert "Given back €50.00" in page
    assert "On its way" not in page


async def test_the_page_of_a_second_payment_still_says_that_it_could_not_be_used(shop):
    session = await to_pay(shop)
    await shop.pays(session)
    await shop.stripe.pay_again(session, "4242424242424242")
    await shop.settle()
    assert "your booking is confirmed" in await reads(shop, session)
