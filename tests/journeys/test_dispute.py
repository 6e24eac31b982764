"""A buyer asks their bank for the money back: told, answered, decided, and never given twice."""

import re
from datetime import timedelta

from db.money_models import Told
from tests.journeys.test_conversation import ADA
from tests.journeys.test_refund import ADMIN, PLAIN, at_stripe, gives_back, newest, paid, refunds
from tests.journeys.test_webhook import to_pay

DISPUTED, INQUIRY = "4000000000000259", "4000000000001976"
DAY = 24 * 3600


def cards(shop) -> list[str]:
    """What the admin read about disputes, without what differs from run to run."""
    said = [each.get("text") or "" for each in shop.telegram.chat(ADMIN)]
    return [re.sub(r"\b(du|pi|re)_\w+", r"\1_…", each) for each in said if "du_" in each]


async def moves(shop, act: str) -> None:
    dispute = shop.stripe.ledger()["disputes"][0]
    shop.stripe.move_dispute(dispute["id"], act)
    await shop.settle()


async def test_a_dispute_is_told_with_evidence_and_its_money_kept_until_it_is_won(shop, transcript):
    reference = await paid(shop)
    charge = shop.stripe.ledger()["charges"][0]["id"]
    shop.stripe.dispute(charge, reason="product_not_received")
    await shop.settle()
    before = len(shop.telegram.chat(ADA))
    [opened] = cards(shop)
    dispute = shop.stripe.ledger()["disputes"][0]["id"]
    assert shop.buttons(ADMIN) == ["Open in Stripe", f"Show {reference}"]
    await shop.says(ADMIN, f"/refund {reference}")
    refused = newest(shop, ADMIN)
    assert "Nothing was given back: the customer asked their bank for this money" in refused
    await moves(shop, "submit")
    await moves(shop, "win")
    chat = "\n\n---\n\n".join([opened, refused, *cards(shop)[1:]])
    assert re.sub(r"\b(du|pi|re)_\w+", r"\1_…", chat) == transcript
    await gives_back(shop, reference)
    assert await refunds(shop) == at_stripe(shop) == [(5000, "succeeded")]
    assert len(shop.telegram.chat(ADA)) == before + 1  # the refund, and nothing of the dispute
    said = [row["action"] for row in await shop.exported("audit")]
    told = ["dispute needs_response", "dispute under_review", "dispute won"]
    assert [each for each in said if each.startswith("dispute")] == told
    for event in shop.stripe.ledger()["events"]:
        if event["data"]["object"]["id"] == dispute:
            await shop.stripe.deliver(event["id"])
    await shop.settle()
    assert len(cards(shop)) == 3


async def test_an_unanswered_dispute_is_reminded_of_then_lost_and_never_given_back(shop):
    reference = await paid(shop, DISPUTED)
    await shop.time_passes(8 * DAY - 60)
    assert not shop.reads(ADMIN, "Less than a day left")
    await shop.time_passes(120)
    assert shop.reads(ADMIN, "Less than a day left")
    await shop.time_passes(DAY)
    assert "Dispute lost" in cards(shop)[-1]
    await shop.says(ADMIN, f"/refund {reference}")
    assert "lost, the money went to the customer" in newest(shop, ADMIN)
    assert at_stripe(shop) == []


async def test_an_inquiry_is_ended_by_giving_the_money_back(shop):
    reference = await paid(shop, INQUIRY)
    assert "No money has been taken" in cards(shop)[0]
    await gives_back(shop, reference)
    assert await refunds(shop) == [(5000, "succeeded")]
    await moves(shop, "escalate")
    assert "No money was taken" in cards(shop)[-1]


async def test_a_dispute_whose_events_are_lost_is_found_when_stripe_refuses_a_refund(shop):
    reference = await paid(shop)
    shop.fails("WEBHOOK", "drop")
    shop.stripe.dispute(shop.stripe.ledger()["charges"][0]["id"])
    await shop.settle()
    await gives_back(shop, reference)
    assert await refunds(shop) == [(5000, "failed")]
    assert shop.reads(ADMIN, "disputes this payment")
    assert len(cards(shop)) == 1
    await shop.says(ADMIN, f"/booking {reference}")
    assert "Dispute: €50.00 · open, please answer by" in newest(shop, ADMIN)


async def test_a_dispute_that_overtakes_its_payment_is_booked_with_it(shop):
    await shop.telegram.start(ADMIN)
    await shop.settle()
    shop.fails("WEBHOOK checkout.session.completed", "drop")
    await shop.pays(await to_pay(shop), DISPUTED)
    assert (await shop.exported("bookings"))[-1]["status"] == "confirmed"
    assert len(cards(shop)) == 1
    # what the customer was sent after the card is in the evidence that is asked for later
    await shop.says(ADMIN, f"/booking {(await shop.exported('bookings'))[-1]['reference']}")
    await shop.taps(ADMIN, "^Evidence for the bank")
    assert "receipt" in newest(shop, ADMIN)
    assert "No message" not in newest(shop, ADMIN)


async def test_messages_that_reached_the_customer_are_written_down_once(shop):
    await paid(shop, PLAIN)
    told = await Told.all().order_by("at", "id")
    assert sorted(one.kind for one in told) == ["receipt_ics", "receipt_qr", "receipt_text"]
    now = shop.app.environment.clock.now()
    assert all(now - one.at < timedelta(minutes=5) for one in told)
