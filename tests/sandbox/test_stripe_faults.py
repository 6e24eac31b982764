"""Idempotency keys and planned faults, as the SDK meets them."""

import asyncio

import aiohttp
import pytest
import stripe

from sandbox.stripe import Fault
from tests.sandbox.stripe_world import order, stripe_world
from tests.sandbox.stripe_wrong_sessions import CREATE, GOOD

KEY = {"Idempotency-Key": "attempt-1"}


async def test_the_same_key_gives_the_same_answer_for_a_day():
    async with stripe_world() as w:
        _, first, _ = await w.call(*CREATE, GOOD, **KEY)
        _, again, headers = await w.call(*CREATE, GOOD, **KEY)
        assert again == first
        assert headers["Idempotent-Replayed"] == "true"
        assert headers["Original-Request"].startswith("req_")
        w.clock.forward(24 * 3600 + 1)
        _, later, headers = await w.call(*CREATE, GOOD, **KEY)
        assert later["id"] != first["id"]
        assert "Idempotent-Replayed" not in headers


async def test_the_same_key_with_other_parameters_is_an_error():
    async with stripe_world() as w:
        options = {"idempotency_key": "attempt-1"}
        await w.client.v1.checkout.sessions.create_async(order(5000), options)
        with pytest.raises(stripe.IdempotencyError):
            await w.client.v1.checkout.sessions.create_async(order(6000), options)


async def test_a_key_in_use_is_a_conflict():
    async with stripe_world() as w:
        w.box.faults.append(Fault("POST /v1/checkout/sessions", "slow:0.3"))
        first = asyncio.create_task(w.call(*CREATE, GOOD, **KEY))
        await asyncio.sleep(0.1)
        status, body, _ = await w.call(*CREATE, GOOD, **KEY)
        assert (status, body["error"]["code"]) == (409, "idempotency_key_in_use")
        assert (await first)[0] == 200


async def test_a_refused_request_does_not_use_up_its_key():
    async with stripe_world() as w:
        status, _, _ = await w.call(*CREATE, {**GOOD, "mode": "sale"}, **KEY)
        assert status == 400
        status, _, _ = await w.call(*CREATE, GOOD, **KEY)
        assert status == 200


async def test_a_failure_after_execution_began_is_kept_under_the_key():
    async with stripe_world() as w:
        w.box.faults.append(Fault("POST /v1/checkout/sessions", "500:stored"))
        assert (await w.call(*CREATE, GOOD, **KEY))[0] == 500
        status, _, headers = await w.call(*CREATE, GOOD, **KEY)
        assert (status, headers["Idempotent-Replayed"]) == (500, "true")
        assert w.box.ledger()["sessions"] == []


@pytest.mark.parametrize("kind", ["500", "502", "409"])
async def test_the_sdk_tries_again_what_was_not_done(kind):
    async with stripe_world() as w:
        w.box.faults.append(Fault("POST /v1/checkout/sessions", kind))
        options = {"max_network_retries": 1}
        await w.client.v1.checkout.sessions.create_async(order(), options)
        assert len(w.box.ledger()["sessions"]) == 1


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("403", stripe.PermissionError),
        ("429", stripe.RateLimitError),
        ("500", stripe.APIError),
        ("html", stripe.APIError),
        ("502:html", stripe.APIError),
        ("400", stripe.InvalidRequestError),
        ("401", stripe.AuthenticationError),
        ("402", stripe.CardError),
        ("404", stripe.InvalidRequestError),
        ("reused", stripe.IdempotencyError),
        ("429:7", stripe.RateLimitError),
    ],
)
async def test_a_planned_fault_is_the_error_of_its_kind(kind, error):
    async with stripe_world() as w:
        w.box.faults.append(Fault("GET /v1/balance", kind))
        with pytest.raises(error):
            await w.client.v1.balance.retrieve_async()
        await w.client.v1.balance.retrieve_async()


@pytest.mark.parametrize("kind", ["cut", "lost"])
async def test_a_lost_answer_was_done_and_its_key_finds_it(kind):
    async with stripe_world() as w:
        w.box.faults.append(Fault("POST /v1/checkout/sessions", kind))
        with pytest.raises(aiohttp.ClientError):
            await w.call(*CREATE, GOOD, **KEY)
        assert len(w.box.ledger()["sessions"]) == 1
        status, body, headers = await w.call(*CREATE, GOOD, **KEY)
        assert (status, headers["Idempotent-Replayed"]) == (200, "true")
        assert body["id"] == w.box.ledger()["sessions"][0]["id"]


async def test_a_silent_request_was_done_and_its_key_finds_it():
    async with stripe_world() as w:
        w.box.faults.append(Fault("POST /v1/checkout/sessions", "silent"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await w.call(*CREATE, GOOD, **KEY)
        assert len(w.box.ledger()["sessions"]) == 1
        assert (await w.call(*CREATE, GOOD, **KEY))[0] == 200


async def test_a_hanging_request_does_nothing():
    async with stripe_world() as w:
        w.box.faults.append(Fault("POST /v1/checkout/sessions", "timeout"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await w.call(*CREATE, GOOD, **KEY)
        assert w.box.ledger()["sessions"] == []
        assert (await w.call(*CREATE, GOOD, **KEY))[0] == 200


def test_an_unknown_kind_of_fault_is_refused():
    with pytest.raises(ValueError, match="no such kind"):
        Fault("GET", "explode")
