"""What the shop can do in its pretend Dashboard, and what can go wrong on the way to it."""

import pytest

from tests.sandbox.test_world import events_received

CARD = "4242424242424242"


async def paid(control):
    session = await control.checkout()
    await control.post("pay", session_id=session["id"], card=CARD)
    return (await control.get("ledger"))["charges"][-1]


async def test_a_charge_is_given_back_in_parts_and_never_more_than_was_paid(control):
    charge = await paid(control)
    assert (await control.post("refund", charge=charge["id"], amount=400))["status"] == "succeeded"
    too_much = await control.post("refund", status=400, charge=charge["id"], amount=601)
    assert "greater than" in too_much["error"]
    await control.post("refund", charge=charge["id"])
    ledger = await control.get("ledger")
    assert [one["amount"] for one in ledger["refunds"]] == [400, 600]
    again = await control.post("refund", status=400, charge=charge["id"])
    assert "already been refunded" in again["error"]
    for wrong in (0, -1):
        await control.post("refund", status=400, charge=charge["id"], amount=wrong)


async def test_a_charge_is_disputed_once_and_then_not_refunded(control):
    charge = await paid(control)
    assert (await control.post("dispute", charge=charge["id"]))["status"] == "needs_response"
    await control.post("dispute", status=400, charge=charge["id"])
    refused = await control.post("refund", status=400, charge=charge["id"])
    assert "charged back" in refused["error"]
    await control.post("dispute", status=400, charge="ch_nobody")


async def moves(control, dispute, *acts):
    """Do one thing after the other; gives the status after each."""
    said = [await control.post("dispute/move", dispute=dispute["id"], act=act) for act in acts]
    return [one["status"] for one in said]


async def test_a_dispute_takes_its_money_and_a_fee_and_gives_the_money_back_when_won(control):
    charge = await paid(control)
    await control.post("refund", charge=charge["id"], amount=400)
    reason = "product_not_received"
    dispute = await control.post("dispute", charge=charge["id"], reason=reason)
    assert await moves(control, dispute, "submit", "win") == ["under_review", "won"]
    await control.post("dispute/move", status=400, dispute=dispute["id"], act="lose")
    ledger = await control.get("ledger")
    assert (ledger["disputes"][0]["reason"], ledger["disputes"][0]["amount"]) == (reason, 600)
    moved = ledger["disputes"][0]["balance_transactions"]
    assert [(one["type"], one["amount"], one["fee"], one["net"]) for one in moved] == [
        ("adjustment", -600, 1500, -2100),
        ("adjustment", 600, 0, 600),
    ]
    types = [one["type"].removeprefix("charge.dispute.") for one in ledger["events"]][-5:]
    assert types == ["created", "funds_withdrawn", "updated", "funds_reinstated", "closed"]
    assert (await control.post("refund", charge=charge["id"]))["status"] == "succeeded"
    await control.post("dispute", status=400, charge=charge["id"], reason="a whim")


async def test_an_inquiry_takes_nothing_and_may_be_refunded_until_it_escalates(control):
    charge = await paid(control)
    inquiry = await control.post("dispute", charge=charge["id"], inquiry=True)
    assert inquiry["status"] == "warning_needs_response"
    await control.post("refund", charge=charge["id"], amount=400)
    assert await moves(control, inquiry, "submit", "escalate", "lose") == [
        "warning_under_review",
        "needs_response",
        "lost",
    ]
    refused = await control.post("refund", status=400, charge=charge["id"])
    assert "charged back" in refused["error"]
    other = await control.post("dispute", charge=(await paid(control))["id"], inquiry=True)
    assert await moves(control, other, "close") == ["warning_closed"]
    moved = [one["amount"] for one in (await control.get("ledger"))["disputes"]]
    assert moved == [600, 1000]


async def test_a_dispute_that_nobody_answers_is_lost(control):
    charge = await paid(control)
    await control.post("dispute", charge=charge["id"])
    await control.post("clock", seconds=9 * 24 * 3600)
    await control.world.stripe.settle()
    dispute = (await control.get("ledger"))["disputes"][0]
    assert (dispute["status"], dispute["evidence_details"]["past_due"]) == ("lost", True)


async def test_a_delayed_payment_ends_when_it_is_told_to(control):
    for succeeds, status in ((True, "paid"), (False, "unpaid")):
        session = await control.checkout()
        await control.post("pay", session_id=session["id"], card="AT321904300235473204")
        done = await control.post("finish", session_id=session["id"], succeeds=succeeds)
        assert done["payment_status"] == status
        await control.post("finish", status=400, session_id=session["id"])
    await control.post("clock", seconds=600)
    await control.world.stripe.settle()
    types = [one["type"] for one in (await control.get("ledger"))["events"]]
    assert types.count("checkout.session.async_payment_succeeded") == 1
    assert types.count("checkout.session.async_payment_failed") == 1


async def test_a_refund_waits_while_the_balance_is_empty(control):
    charge = await paid(control)
    await control.post("balance", currency="EUR", available=0)
    assert (await control.post("refund", charge=charge["id"]))["status"] == "pending"
    await control.post("balance", currency="EUR")
    assert (await control.get("ledger"))["refunds"][0]["status"] == "succeeded"


async def test_an_open_session_is_closed_and_then_not_paid(control):
    session = await control.checkout()
    assert (await control.post("expire", session_id=session["id"]))["status"] == "expired"
    await control.post("expire", status=400, session_id=session["id"])
    outcome = await control.post("pay", session_id=session["id"], card=CARD)
    assert outcome["outcome"] == "closed"


async def test_an_expired_session_is_paid_after_all_and_no_other(control):
    session = await control.checkout()
    asked = {"session_id": session["id"], "card": CARD}
    refused = await control.post("pay/late", status=400, **asked)
    assert "Only an expired" in refused["error"]
    await control.post("clock", seconds=25 * 3600)
    late = await control.post("pay/late", **asked)
    assert (late["outcome"], late["session"]["payment_status"]) == ("paid", "paid")
    types = [one["type"] for one in (await control.get("ledger"))["events"]]
    assert types.count("checkout.session.expired") == 1
    assert types[-1] == "checkout.session.completed"
    await control.post("pay/late", status=400, **asked)


async def test_what_is_paid_is_paid_a_second_time_by_a_session_of_its_own(control):
    session = await control.checkout()
    asked = {"session_id": session["id"], "card": CARD}
    refused = await control.post("pay/again", status=400, **asked)
    assert "Only a paid" in refused["error"]
    await control.post("pay", **asked)
    again = await control.post("pay/again", **asked)
    assert again["outcome"] == "paid"
    ledger = await control.get("ledger")
    first, second = ledger["sessions"]
    assert second["id"] == again["session"]["id"] != first["id"]
    assert second["metadata"] == first["metadata"]
    paid = [one["id"] for one in ledger["payments"] if one["status"] == "succeeded"]
    assert paid == [first["payment_intent"], second["payment_intent"]]


async def test_a_burst_of_events_arrives_backwards_when_that_is_planned(control):
    async with events_received() as (url, types):
        control.world.stripe.add_endpoint(url, "whsec_x")
        await paid(control)
        await control.world.stripe.settle()
        usual = list(types)
        types.clear()
        assert (await control.post("webhooks", next="reverse"))["next"] == ["reverse"]
        await paid(control)
        await control.world.stripe.settle()
        assert types == [
            "checkout.session.completed",
            "payment_intent.succeeded",
            "charge.succeeded",
            "payment_intent.created",
        ]
        assert sorted(usual) == sorted(types)
        types.clear()
        await paid(control)
        await control.world.stripe.settle()
        assert len(types) == len(usual)


@pytest.mark.parametrize(("plan", "count"), [("drop", 3), ("twice", 5), ("lost", 4)])
async def test_a_planned_delivery_goes_wrong_once(control, plan, count):
    async with events_received() as (url, types):
        control.world.stripe.add_endpoint(url, "whsec_x")
        await control.post("webhooks", next=plan)
        await paid(control)
        await control.world.stripe.settle()
        assert len(types) == count


async def test_plans_are_forgotten_and_unknown_ones_refused(control):
    await control.post("webhooks", next="drop")
    assert (await control.post("webhooks", next="usual"))["next"] == []
    assert "must be one of" in (await control.post("webhooks", status=400, next="explode"))["error"]
