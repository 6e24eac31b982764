"""Webhooks: signed, tried again by the clock, recorded, resent, lost, doubled."""

import stripe

from sandbox.stripe import Fault
from tests.sandbox.stripe_world import SECRET, stripe_world

CARD = "4242424242424242"


async def test_a_refused_webhook_comes_again_with_a_new_signature():
    async with stripe_world() as w:
        w.answers = [500]
        session = await w.open()
        await w.client.v1.checkout.sessions.expire_async(session.id)
        await w.box.settle()
        assert len(w.heard) == 1
        failed = await w.client.v1.events.list_async({"delivery_success": False})
        assert [one.id for one in failed.data] == [w.heard[0]["id"]]
        assert failed.data[0].pending_webhooks == 1
        w.clock.forward(5)
        await w.box.settle()
        assert [event["id"] for event in w.heard] == [w.heard[0]["id"]] * 2
        assert w.signatures[0] != w.signatures[1]
        assert w.signatures[1].startswith(f"t={int(w.clock())},")
        failed = await w.client.v1.events.list_async({"delivery_success": False})
        assert failed.data == []


async def test_a_redirect_is_a_failure_and_retries_end_after_three_days():
    async with stripe_world() as w:
        w.answers = [302] * 50
        session = await w.open()
        await w.client.v1.checkout.sessions.expire_async(session.id)
        for _ in range(30):
            await w.box.settle()
            w.clock.forward(24 * 3600)
        assert len(w.heard) == 11


async def test_an_event_is_sent_again_on_request():
    async with stripe_world() as w:
        session = await w.open()
        await w.client.v1.checkout.sessions.expire_async(session.id)
        await w.box.settle()
        event = w.heard[0]["id"]
        assert len(await w.box.deliver(event, times=3)) == 4
        assert [one["id"] for one in w.heard] == [event] * 4
        await w.box.deliver(event, delay=60)
        await w.box.settle()
        assert len(w.heard) == 4
        w.clock.forward(60)
        await w.box.settle()
        assert len(w.heard) == 5


async def test_webhooks_are_dropped_doubled_and_lost_as_planned():
    async with stripe_world() as w:
        session = await w.open()
        w.box.faults += [
            Fault("WEBHOOK checkout.session.completed", "drop"),
            Fault("WEBHOOK charge.succeeded", "twice"),
            Fault("WEBHOOK payment_intent.succeeded", "lost"),
        ]
        await w.box.pay(session.id, CARD)
        await w.box.settle()
        assert w.types().count("checkout.session.completed") == 0
        assert w.types().count("charge.succeeded") == 2
        w.clock.forward(5)
        await w.box.settle()
        assert w.types().count("checkout.session.completed") == 1
        assert w.types().count("payment_intent.succeeded") == 2
        assert w.box.faults == []


async def test_both_secrets_sign_while_one_is_rolled():
    async with stripe_world() as w:
        endpoint = next(iter(w.box.store.endpoints))
        fresh = w.box.roll_secret(endpoint)
        session = await w.open()
        await w.client.v1.checkout.sessions.expire_async(session.id)
        await w.box.settle()
        assert w.signatures[0].count("v1=") == 2
        w.clock.forward(24 * 3600)
        await w.box.settle()
        assert w.box.store.secrets[endpoint] == [fresh]
        assert fresh != SECRET


async def test_an_endpoint_hears_only_what_it_asked_for():
    async with stripe_world() as w:
        endpoint = next(iter(w.box.store.endpoints))
        events = {"enabled_events": ["checkout.session.completed"]}
        await w.client.v1.webhook_endpoints.update_async(endpoint, events)
        session = await w.open()
        await w.box.pay(session.id, CARD)
        await w.box.settle()
        assert w.types() == ["checkout.session.completed"]
        assert w.heard[0]["api_version"] == stripe.api_version


async def test_events_are_listed_by_type_and_reach_back_thirty_days():
    async with stripe_world() as w:
        session = await w.open()
        await w.box.pay(session.id, CARD)
        types = {"types": ["checkout.session.completed", "charge.succeeded"]}
        listed = await w.client.v1.events.list_async(types)
        assert {one.type for one in listed.data} == set(types["types"])
        listed = await w.client.v1.events.list_async({"type": "payment_intent.*"})
        assert len(listed.data) == 2
        event = await w.client.v1.events.retrieve_async(listed.data[0].id)
        assert event.data.object.id == listed.data[0].data.object.id
        w.clock.forward(31 * 24 * 3600)
        listed = await w.client.v1.events.list_async({"created": {"gt": 1}})
        assert {one.type for one in listed.data} <= {"checkout.session.expired"}
