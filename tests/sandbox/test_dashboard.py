"""What the shop can do in its pretend Dashboard, and what can go wrong on the way to it."""

import pytest

from tests.sandbox.test_world import control, events_received, world

CARD = "4242424242424242"
__all__ = ["control", "world"]


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


async def test_an_open_session_is_closed_and_then_not_paid(control):
    session = await control.checkout()
    assert (await control.post("expire", session_id=session["id"]))["status"] == "expired"
    await control.post("expire", status=400, session_id=session["id"])
    outcome = await control.post("pay", session_id=session["id"], card=CARD)
    assert outcome["outcome"] == "closed"


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
