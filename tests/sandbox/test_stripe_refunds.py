"""Refunds: partial, too many, pending, failing, waiting for money."""

import pytest
import stripe

from tests.sandbox.stripe_world import stripe_world


async def _paid(w, card="4242424242424242"):
    session = await w.open()
    await w.box.pay(session.id, card)
    session = await w.client.v1.checkout.sessions.retrieve_async(session.id)
    await w.box.settle()
    w.heard.clear()
    return session.payment_intent


async def test_parts_are_refunded_until_nothing_is_left():
    async with stripe_world() as w:
        intent = await _paid(w)
        for amount in (2000, 2500):
            await w.client.v1.refunds.create_async({"payment_intent": intent, "amount": amount})
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await w.client.v1.refunds.create_async({"payment_intent": intent, "amount": 501})
        assert refused.value.user_message == (
            "Refund amount (€5.01) is greater than unrefunded amount on charge (€5.00)"
        )
        assert (await w.client.v1.refunds.create_async({"payment_intent": intent})).amount == 500
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await w.client.v1.refunds.create_async({"payment_intent": intent})
        assert refused.value.code == "charge_already_refunded"
        listed = await w.client.v1.refunds.list_async({"payment_intent": intent})
        assert [one.amount for one in listed.data] == [500, 2500, 2000]


async def test_a_slow_refund_is_pending_first():
    async with stripe_world() as w:
        intent = await _paid(w, "4000000000007726")
        refund = await w.client.v1.refunds.create_async({"payment_intent": intent})
        assert (refund.status, refund.pending_reason) == ("pending", "processing")
        w.clock.forward(w.box.store.refund_delay)
        await w.box.settle()
        refund = await w.client.v1.refunds.retrieve_async(
            refund.id, {"expand": ["balance_transaction"]}
        )
        assert (refund.status, refund.balance_transaction.net) == ("succeeded", -5000)
        assert "refund.updated" in w.types()


async def test_a_refund_that_succeeded_can_fail_later():
    async with stripe_world() as w:
        intent = await _paid(w, "4000000000005126")
        refund = await w.client.v1.refunds.create_async({"payment_intent": intent})
        assert refund.status == "succeeded"
        w.clock.forward(w.box.store.refund_delay)
        await w.box.settle()
        assert "refund.failed" in w.types()
        refund = await w.client.v1.refunds.retrieve_async(refund.id, {"expand": ["charge"]})
        assert (refund.status, refund.failure_reason) == ("failed", "expired_or_canceled_card")
        assert refund.charge.amount_refunded == 0


async def test_a_refund_waits_for_money_on_the_balance():
    async with stripe_world() as w:
        intent = await _paid(w)
        w.box.set_balance("eur", 1000)
        refund = await w.client.v1.refunds.create_async({"payment_intent": intent})
        assert (refund.status, refund.pending_reason) == ("pending", "insufficient_funds")
        w.box.set_balance("eur", 9000)
        refund = await w.client.v1.refunds.retrieve_async(refund.id)
        assert refund.status == "succeeded"
        balance = await w.client.v1.balance.retrieve_async()
        assert balance.available[0].amount == 4000


async def test_a_pending_refund_is_canceled_and_leaves_the_money():
    async with stripe_world() as w:
        intent = await _paid(w, "4000000000007726")
        refund = await w.client.v1.refunds.create_async({"payment_intent": intent})
        refund = await w.client.v1.refunds.cancel_async(refund.id)
        assert (refund.status, refund.failure_reason) == ("canceled", "merchant_request")
        w.clock.forward(3600)
        await w.box.settle()
        again = await w.client.v1.refunds.create_async({"payment_intent": intent})
        assert again.amount == 5000


async def test_metadata_of_a_refund_can_be_changed():
    async with stripe_world() as w:
        intent = await _paid(w)
        params = {"payment_intent": intent, "metadata": {"a": "1"}}
        refund = await w.client.v1.refunds.create_async(params)
        refund = await w.client.v1.refunds.update_async(refund.id, {"metadata": ""})
        assert refund.metadata.to_dict() == {}
