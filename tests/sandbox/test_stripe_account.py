"""Disputes, webhook endpoints and the account through the real SDK."""

import pytest
import stripe

from tests.sandbox.stripe_world import stripe_world


async def test_a_disputed_payment_cannot_be_refunded_and_is_decided_by_evidence():
    async with stripe_world() as w:
        session = await w.open()
        await w.box.pay(session.id, "4000000000000259")
        await w.box.settle()
        assert "charge.dispute.created" in w.types()
        session = await w.client.v1.checkout.sessions.retrieve_async(session.id)
        params = {"payment_intent": session.payment_intent}
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await w.client.v1.refunds.create_async(params)
        assert refused.value.code == "charge_disputed"
        dispute = (await w.client.v1.disputes.list_async()).data[0]
        evidence = {"evidence": {"uncategorized_text": "winning_evidence"}}
        assert (await w.client.v1.disputes.update_async(dispute.id, evidence)).status == "won"
        await w.box.settle()
        assert "charge.dispute.closed" in w.types()
        with pytest.raises(stripe.InvalidRequestError):
            await w.client.v1.disputes.close_async(dispute.id)


async def test_the_sdk_makes_changes_and_removes_a_webhook_endpoint():
    async with stripe_world() as w:
        endpoints = w.client.v1.webhook_endpoints
        params = {
            "url": "http://127.0.0.1:9/hook",
            "enabled_events": ["checkout.session.completed"],
            "api_version": stripe.api_version,
        }
        made = await endpoints.create_async(params)
        assert made.secret.startswith("whsec_")
        assert "secret" not in await endpoints.retrieve_async(made.id)
        changed = await endpoints.update_async(made.id, {"disabled": True})
        assert changed.status == "disabled"
        assert len((await endpoints.list_async()).data) == 2
        assert (await endpoints.delete_async(made.id)).deleted
        assert len((await endpoints.list_async()).data) == 1


async def test_account_and_balance_are_there_for_a_check_of_the_key():
    async with stripe_world() as w:
        account = await w.client.v1.accounts.retrieve_current_async()
        assert account.charges_enabled
        balance = await w.client.v1.balance.retrieve_async()
        assert not balance.livemode


async def test_a_session_shows_everything_that_was_asked_of_it():
    asked = {
        "adaptive_pricing": {"enabled": False},
        "billing_address_collection": "auto",
        "cancel_url": "https://shop.example/cancel?booking=1",
        "client_reference_id": "BK-000001",
        "consent_collection": {"terms_of_service": "required"},
        "customer_email": "ann@example.com",
        "excluded_payment_method_types": ["klarna"],
        "locale": "de",
        "origin_context": "web",
        "phone_number_collection": {"enabled": False},
        "submit_type": "book",
    }
    async with stripe_world(terms_url_set=True) as w:
        texts = {
            "submit": {"message": "Held"},
            "terms_of_service_acceptance": {"message": "I agree"},
        }
        intent = {"description": "Haircut", "receipt_email": "ann@example.com"}
        session = await w.open(**asked, custom_text=texts, payment_intent_data=intent)
        shown = session.to_dict()
        for name, value in asked.items():
            assert shown[name] == value, name
        assert shown["custom_text"]["submit"] == {"message": "Held"}
        done = await w.box.pay(session.id, "4242424242424242")
        payment = w.box.store.payment_intents[done["session"]["payment_intent"]]
        assert (payment["description"], payment["receipt_email"]) == (
            "Haircut",
            "ann@example.com",
        )
