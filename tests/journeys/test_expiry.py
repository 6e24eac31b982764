"""How a hold ends: through us, and never while somebody can still pay for it."""

import re
from datetime import timedelta

from db import jobs
from db.models import Booking
from tests.crowd import buttons
from tests.journeys.test_conversation import ADA, BELA, to_summary
from tests.journeys.test_webhook import to_pay

HOLD = 30 * 60
ADMIN = 9


async def statuses(shop):
    return [(row["status"], row["end_reason"]) for row in await shop.exported("bookings")]


async def test_an_unpaid_hold_is_expired_at_stripe_and_then_released(shop):
    await to_pay(shop)
    await shop.time_passes(HOLD + 5)
    assert await statuses(shop) == [("expired", "payment_expired")]
    assert shop.sessions()[0]["status"] == "expired"
    assert any(label.startswith("Book again") for label in shop.buttons(ADA))


async def test_a_hold_somebody_is_cancelling_is_not_called_expired_meanwhile(shop):
    session = await to_pay(shop)
    await cancels_after_a_kill(shop, seconds=60)
    shop.stripe.expire(session)  # as the killed process had asked before
    await shop.settle()
    await shop.time_passes(15)
    assert await statuses(shop) == [("awaiting_payment", "")]
    await shop.time_passes(60)
    assert await statuses(shop) == [("cancelled", "customer")]
    assert shop.reads(ADA, "You cancelled it")
    assert not shop.reads(ADA, "not paid in time")


async def cancels_after_a_kill(shop, *, seconds: float) -> None:
    """The job of a tap on "Cancel booking" that a killed process had begun, still leased."""
    booking, now = await Booking.get(), shop.app.environment.clock.now()
    about = {"reference": booking.reference, "customer": booking.customer_id}
    message = shop.telegram.chat(ADA)[-1]["message_id"]
    await jobs.enqueue(
        kind="cancel_unpaid",
        key=f"cancel_unpaid:{booking.reference}:1",
        payload={**about, "message_id": message, "update_id": 1},
        now=now,
        run_at=now + timedelta(seconds=seconds),
    )


async def test_the_slot_is_free_again_for_somebody_else(shop):
    await shop.says(ADA, "/start svc_colour")
    await shop.walks(ADA, r"\b2\b", "^11:00")
    await shop.shares_phone(ADA)
    await shop.taps(ADA, "^Confirm")
    await shop.says(BELA, "/start svc_colour")
    await shop.taps(BELA, r"\b2\b")
    assert "11:00" not in " ".join(shop.buttons(BELA))
    await shop.time_passes(HOLD + 5)
    await shop.says(BELA, "/start svc_colour")
    await shop.taps(BELA, r"\b2\b")
    assert "11:00" in " ".join(shop.buttons(BELA))


async def test_a_payment_in_the_last_second_confirms_instead(shop):
    session = await to_pay(shop)
    shop.fails("WEBHOOK", "drop")
    await shop.pays(session)
    await shop.time_passes(HOLD + 5)
    assert await statuses(shop) == [("confirmed", "")]


async def test_a_slot_is_not_given_away_while_stripe_cannot_be_asked(shop):
    await to_pay(shop)
    shop.fails(".*", "500")
    await shop.time_passes(HOLD + 60)
    assert await statuses(shop) == [("awaiting_payment", "")]
    shop.recovers()
    await shop.time_passes(10 * 60)
    assert await statuses(shop) == [("expired", "payment_expired")]


async def test_stripe_down_keeps_the_hold_tells_the_customer_and_sends_the_link_later(shop):
    await shop.telegram.start(ADMIN)
    shop.fails("POST /v1/checkout/sessions$", "500")
    await to_summary(shop)
    await shop.taps(ADA, "^Confirm")
    assert await statuses(shop) == [("held", "")]
    assert shop.sessions() == []
    assert not shop.reads(ADMIN, "links to pay are late")
    await shop.time_passes(6 * 60)
    assert shop.reads(ADMIN, "links to pay are late")
    assert shop.reads(ADMIN, "1 customer waits")
    shop.recovers()
    await shop.time_passes(6 * 60)
    assert any(label.startswith("Pay") for label in shop.buttons(ADA))
    assert "Pay €50.00" in shop.world.telegram.transcript(ADA).rsplit("\nbot: ", 1)[1]
    assert await statuses(shop) == [("awaiting_payment", "")]


async def test_a_key_that_stripe_refuses_is_told_to_the_admins_at_once_and_once(shop):
    await shop.telegram.start(ADMIN)
    shop.fails("POST /v1/checkout/sessions$", "401")
    for user, time in ((ADA, "^11:00"), (BELA, "^12:00")):
        await to_summary(shop, user, time)
        await shop.taps(user, "^Confirm")
    assert shop.world.telegram.transcript(ADMIN).count("Stripe refuses our key") == 1
    shop.recovers()
    await shop.time_passes(6 * 60)
    assert await statuses(shop) == [("awaiting_payment", ""), ("awaiting_payment", "")]


async def test_stripe_down_for_too_long_frees_the_slot_in_the_end(shop):
    shop.fails("POST /v1/checkout/sessions$", "500")
    await to_summary(shop)
    await shop.taps(ADA, "^Confirm")
    await shop.time_passes(HOLD + 60)
    assert await statuses(shop) == [("held", "")]
    await shop.time_passes(16 * 60)
    assert await statuses(shop) == [("expired", "payment_expired")]


async def test_a_customer_cancels_while_unpaid(shop):
    await to_pay(shop)
    await shop.taps(ADA, "^Cancel booking")
    if any(label.startswith("Yes") for label in shop.buttons(ADA)):
        await shop.taps(ADA, "^Yes")
    assert await statuses(shop) == [("cancelled", "customer")]
    assert shop.sessions()[0]["status"] == "expired"


async def test_a_customer_who_left_checkout_resumes_with_the_same_link(shop):
    session = await to_pay(shop)
    await shop.says(ADA, "/bookings")
    reference = (await shop.exported("bookings"))[0]["reference"]
    await shop.says(ADA, f"/start b_{reference}")
    assert any(label.startswith("Pay") for label in shop.buttons(ADA))
    assert len(shop.sessions()) == 1
    await shop.pays(session)
    assert await statuses(shop) == [("confirmed", "")]


async def test_i_have_paid_tells_the_truth_each_time_on_the_same_message(shop):
    await to_pay(shop)
    messages = len(shop.telegram.chat(ADA))
    truths = set()
    for _ in range(3):
        await shop.taps(ADA, "^I have paid")
        text = next(m["text"] for m in reversed(shop.telegram.chat(ADA)) if m.get("reply_markup"))
        assert "Stripe has not reported a payment yet" in text
        truths.add(re.search(r"Checked at \d\d:\d\d:\d\d", text)[0])
        await shop.time_passes(5)
    assert len(truths) == 3
    assert len(shop.telegram.chat(ADA)) == messages


async def test_i_have_paid_beside_another_booking_begun_edits_what_was_tapped(shop):
    await to_pay(shop)
    reference = (await shop.exported("bookings"))[0]["reference"]
    await shop.says(ADA, "/book")
    await shop.taps(ADA, "^Colour")
    await shop.says(ADA, f"/start b_{reference}")
    messages = len(shop.telegram.chat(ADA))
    for _ in range(2):
        await shop.taps(ADA, "^I have paid")
    assert len(shop.telegram.chat(ADA)) == messages
    assert shop.reads(ADA, "Checked at")


async def test_an_ended_hold_is_explained_once_and_offers_the_way_on(shop):
    await to_pay(shop)
    await shop.time_passes(HOLD + 5)
    texts = [message.get("text") or "" for message in shop.telegram.chat(ADA)]
    assert sum("Nothing was charged" in text for text in texts) == 1
    assert sum("has expired" in text for text in texts) == 1
    shown = [label for message in shop.telegram.chat(ADA) for label in buttons(message)]
    assert shown.count("Book again") == 1


async def test_a_session_expired_in_the_dashboard_ends_its_hold_and_the_customer_is_told(shop):
    session = await to_pay(shop)
    shop.stripe.expire(session)
    await shop.settle()
    await shop.time_passes(15)
    assert await statuses(shop) == [("expired", "payment_expired")]
    assert shop.reads(ADA, "no longer held")
    assert any(label.startswith("Book again") for label in shop.buttons(ADA))


async def test_a_customer_who_cancels_is_not_told_of_an_expiry_by_the_event_of_our_own_call(shop):
    await to_pay(shop)
    await shop.taps(ADA, "^Cancel booking")
    await shop.time_passes(60)
    assert await statuses(shop) == [("cancelled", "customer")]
    assert not shop.reads(ADA, "no longer held")
