"""Every wrong call of the table gets the error that Stripe documents."""

import base64

import pytest

from tests.sandbox.stripe_world import stripe_world
from tests.sandbox.stripe_wrong_calls import WRONG_CALLS
from tests.sandbox.stripe_wrong_sessions import CREATE, GOOD


def test_the_table_has_at_least_sixty_wrong_calls():
    assert len(WRONG_CALLS) >= 60


async def _paid(w):
    session = await w.open()
    done = await w.box.pay(session.id, "4242424242424242")
    return session.id, done["session"]["payment_intent"]


async def _made(w):
    """Make what the table's placeholders stand for."""
    paid, intent = await _paid(w)
    _, refunded = await _paid(w)
    refund = await w.client.v1.refunds.create_async({"payment_intent": refunded})
    expired = await w.open()
    await w.client.v1.checkout.sessions.expire_async(expired.id)
    return {
        "session": (await w.open()).id,
        "paid": paid,
        "intent": intent,
        "charge": w.box.store.payment_intents[intent]["latest_charge"],
        "refunded": refunded,
        "refund": refund.id,
        "expired": expired.id,
    }


@pytest.mark.parametrize("name", WRONG_CALLS)
async def test_a_wrong_call_gets_the_documented_error(name):
    method, path, form, status, kind, code, param = WRONG_CALLS[name]
    async with stripe_world() as w:
        if "{" in path + "".join(str(v)[:1] for v in form.values()):
            made = await _made(w)
            path = path.format(**made)
            form = {k: v.format(**made) if v[:1] == "{" else v for k, v in form.items()}
        before = w.box.ledger()
        form = {key: value for key, value in form.items() if value is not None}
        answered, body, headers = await w.call(method, path, form)
        error = body["error"]
        assert answered == status, error
        assert (error["type"], error.get("code"), error.get("param")) == (kind, code, param), error
        assert headers["Request-Id"].startswith("req_")
        assert w.box.ledger() == before


async def test_a_good_call_of_the_table_is_accepted():
    async with stripe_world() as w:
        status, body, headers = await w.call(
            *CREATE, GOOD, **{"Stripe-Version": "2026-09-30.endive"}
        )
        assert (status, body["object"]) == (200, "checkout.session")
        assert headers["Stripe-Version"] == "2026-09-30.endive"


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("", 401),
        ("Bearer sk_test_other", 401),
        ("Bearer", 401),
        ("Basic !", 401),
        ("Bearer sk_test_sandbox", 200),
        ("Basic " + base64.b64encode(b"sk_test_sandbox:").decode(), 200),
    ],
)
async def test_only_the_account_s_key_opens_the_door(authorization, status):
    async with stripe_world() as w:
        answered, body, _ = await w.call("GET", "/v1/balance", Authorization=authorization)
        assert answered == status
        if status == 401:
            assert body["error"]["type"] == "invalid_request_error"


async def test_a_version_that_is_none_is_refused():
    async with stripe_world() as w:
        status, _, _ = await w.call("GET", "/v1/balance", **{"Stripe-Version": "newest"})
        assert status == 400


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe=1",
        b"&".join(b"k%d=1" % n for n in range(3000)),
        b"a=1&a[b]=2",
        b"a" + b"[b]" * 40 + b"=1",
        b"line_items[\xc2\xb2]=1&mode=payment",
        b"a[b=1",
    ],
)
async def test_a_malformed_body_is_refused_and_not_a_crash(body):
    async with stripe_world() as w:
        headers = {"Authorization": "Bearer sk_test_sandbox"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        url = f"{w.base}/v1/checkout/sessions"
        async with w.http.post(url, data=body, headers=headers) as answer:
            assert answer.status == 400
            assert (await answer.json())["error"]["type"] == "invalid_request_error"
