"""What we say to Stripe, and what we make of its answers, its errors and its silence."""

from contextlib import suppress

import pytest

from booking.errors import Unavailable
from booking.ports import PaymentRejected
from bot.stripe_gateway import StripeGateway
from sandbox.stripe import Fault
from tests.process import sandbox

CREATE = r"POST /v1/checkout/sessions"
READ = r"GET /v1/checkout/sessions"


def order(**more):
    item = {
        "quantity": 1,
        "price_data": {
            "currency": "eur",
            "unit_amount": 5000,
            "product_data": {"name": "Haircut"},
        },
    }
    return {
        "mode": "payment",
        "success_url": "https://example.com/?session_id={CHECKOUT_SESSION_ID}",
        "client_reference_id": "BK-AAAAAA",
        "metadata": {"app": "booking-bot", "booking": "BK-AAAAAA"},
        "line_items": [item],
        **more,
    }


@pytest.fixture
async def stripe():
    async with sandbox() as world:
        key = world.stripe.secret_key
        async with StripeGateway(secret_key=key, api_url=world.stripe_url) as gateway:
            yield world.stripe, gateway


async def calls_of(world, key="", **options):
    """What a call that creates a session is counted as, try by try."""
    seen = []

    def watch(method, outcome, _seconds):
        seen.append((method, outcome))

    key = key or world.secret_key
    async with StripeGateway(secret_key=key, watch=watch, **options) as gateway:
        with suppress(Unavailable, PaymentRejected):
            made = await gateway.create(order(), idempotency_key="k1")
            await gateway.retrieve(made.id)
    return seen


async def test_a_session_is_created_and_read_as_stripe_describes_it(stripe):
    _, gateway = stripe
    made = await gateway.create(order(), idempotency_key="k1")
    assert (made.status, made.payment_status) == ("open", "unpaid")
    assert (made.amount_total, made.currency, made.mode) == (5000, "EUR", "payment")
    assert made.metadata["booking"] == made.client_reference_id == "BK-AAAAAA"
    assert made.payment_intent is None
    assert await gateway.retrieve(made.id) == made


async def test_a_paid_session_carries_its_charge_and_its_fee(stripe):
    pretend, gateway = stripe
    made = await gateway.create(order(), idempotency_key="k1")
    await pretend.pay(made.id, "4242424242424242")
    paid = await gateway.retrieve(made.id)
    assert paid.is_paid
    assert paid.payment_intent.startswith("pi_")
    assert paid.charge.startswith("ch_")
    assert paid.receipt_url
    assert paid.fee_minor > 0
    assert paid.fee_minor + paid.net_minor == 5000


async def test_the_same_key_makes_one_session(stripe):
    pretend, gateway = stripe
    one = await gateway.create(order(), idempotency_key="k1")
    two = await gateway.create(order(), idempotency_key="k1")
    assert one.id == two.id
    assert len(pretend.ledger()["sessions"]) == 1


async def test_a_session_that_stripe_fails_to_expire_is_expired_by_another_call(stripe):
    pretend, gateway = stripe
    made = await gateway.create(order(), idempotency_key="k1")
    pretend.faults.append(Fault("POST .*/expire", "500:stored"))
    with pytest.raises(Unavailable):
        await gateway.expire(made.id)
    assert (await gateway.expire(made.id)).status == "expired"


async def test_what_stripe_does_not_have_is_none(stripe):
    _, gateway = stripe
    assert await gateway.retrieve("cs_test_nothing") is None
    assert await gateway.retrieve("") is None


async def test_a_refusal_names_its_parameter_and_makes_nothing(stripe):
    pretend, gateway = stripe
    with pytest.raises(PaymentRejected) as refused:
        await gateway.create(order(payment_method_types=["card"]), idempotency_key="k1")
    assert "payment_method_types" in refused.value.param + refused.value.message
    assert pretend.ledger()["sessions"] == []


async def test_expiring_is_idempotent_and_tells_the_truth(stripe):
    pretend, gateway = stripe
    made = await gateway.create(order(), idempotency_key="k1")
    assert (await gateway.expire(made.id)).status == "expired"
    assert (await gateway.expire(made.id)).status == "expired"
    paid = await gateway.create(order(), idempotency_key="k2")
    await pretend.pay(paid.id, "4242424242424242")
    assert (await gateway.expire(paid.id)).is_paid


@pytest.mark.parametrize("kind", ["500", "502", "409", "cut", "lost"])
async def test_what_may_pass_is_tried_again_with_the_same_key(stripe, kind):
    pretend, gateway = stripe
    pretend.faults.append(Fault(CREATE, kind, 1))
    await gateway.create(order(), idempotency_key="k1")
    assert len(pretend.ledger()["sessions"]) == 1


@pytest.mark.parametrize(("kind", "times"), [("500", 9), ("429", 9), ("html", 9), ("cut", 9)])
async def test_what_does_not_pass_is_unavailable(stripe, kind, times):
    pretend, gateway = stripe
    pretend.faults.append(Fault(CREATE, kind, times))
    with pytest.raises(Unavailable):
        await gateway.create(order(), idempotency_key="k1")
    pretend.faults.clear()
    await gateway.create(order(), idempotency_key="k1")
    assert len(pretend.ledger()["sessions"]) == 1


async def test_a_stripe_that_never_answers_is_unavailable(stripe):
    pretend, _ = stripe
    key, url = pretend.secret_key, pretend.public_url
    async with StripeGateway(secret_key=key, api_url=url, seconds=0.3) as hasty:
        pretend.faults.append(Fault(READ, "timeout", 9))
        with pytest.raises(Unavailable):
            await hasty.retrieve("cs_test_1")


async def test_nobody_there_is_unavailable_and_a_wrong_key_too(stripe):
    pretend, _ = stripe
    async with StripeGateway(secret_key="sk_test_x", api_url="http://127.0.0.1:9") as nobody:
        with pytest.raises(Unavailable):
            await nobody.retrieve("cs_test_1")
    async with StripeGateway(secret_key="sk_test_wrong", api_url=pretend.public_url) as wrong:
        with pytest.raises(Unavailable, match=r"stripe\.secret_key"):
            await wrong.retrieve("cs_test_1")


async def a_payment(pretend, gateway, key="k1"):
    made = await gateway.create(order(), idempotency_key=key)
    await pretend.pay(made.id, "4242424242424242")
    return (await gateway.retrieve(made.id)).payment_intent


async def test_a_refund_is_made_once_a_key_and_read_as_stripe_describes_it(stripe):
    pretend, gateway = stripe
    intent = await a_payment(pretend, gateway)
    wanted = {"payment_intent": intent, "amount": 200, "metadata": {"refund": "r1"}}
    made = await gateway.refund(wanted, idempotency_key="r1")
    again = await gateway.refund(wanted, idempotency_key="r1")
    assert made == again
    assert (made.status, made.amount, made.payment_intent) == ("succeeded", 200, intent)
    assert made.metadata == {"refund": "r1"}
    read = await gateway.retrieve_refund(made.id)
    assert (read.id, read.status, read.payment_intent) == (made.id, "succeeded", intent)
    other = await gateway.refund({"payment_intent": intent}, idempotency_key="r2")
    assert other.amount == 4800
    assert [one.id for one in await gateway.refunds_of(intent)] == [other.id, made.id]


async def test_a_refund_of_more_than_there_is_is_refused_and_of_nothing_known_is_none(stripe):
    pretend, gateway = stripe
    intent = await a_payment(pretend, gateway)
    with pytest.raises(PaymentRejected) as refused:
        await gateway.refund({"payment_intent": intent, "amount": 5001}, idempotency_key="r1")
    assert refused.value.param == "amount"
    await gateway.refund({"payment_intent": intent}, idempotency_key="r2")
    with pytest.raises(PaymentRejected) as refused:
        await gateway.refund({"payment_intent": intent, "amount": 1}, idempotency_key="r3")
    assert refused.value.code == "charge_already_refunded"
    assert await gateway.retrieve_refund("re_nothing") is None
    assert await gateway.refunds_of("pi_nothing") == []


@pytest.mark.parametrize("kind", ["500", "502", "409", "cut", "lost"])
async def test_a_refund_that_may_pass_is_tried_again_with_the_same_key(stripe, kind):
    pretend, gateway = stripe
    intent = await a_payment(pretend, gateway)
    pretend.faults.append(Fault("POST /v1/refunds", kind, 1))
    await gateway.refund({"payment_intent": intent, "amount": 100}, idempotency_key="r1")
    assert [one["amount"] for one in pretend.ledger()["refunds"]] == [100]


@pytest.mark.parametrize(
    ("kind", "outcome"), [("500", "failed"), ("cut", "cut"), ("409", "refused"), ("429", "limited")]
)
async def test_every_try_is_counted_with_its_outcome_and_without_an_id(stripe, kind, outcome):
    pretend, _ = stripe
    pretend.faults.append(Fault(CREATE, kind, 1))
    seen = await calls_of(pretend, api_url=pretend.public_url)
    create, read = "POST /v1/checkout/sessions", "GET /v1/checkout/sessions/:id"
    then = [] if kind == "429" else [(create, "ok"), (read, "ok")]
    assert seen == [(create, outcome), *then]


async def test_a_stripe_that_is_not_there_silent_or_unwilling_are_told_apart(stripe):
    pretend, _ = stripe
    nobody = await calls_of(pretend, api_url="http://127.0.0.1:9")
    assert {outcome for _, outcome in nobody} == {"unsent"}
    wrong = await calls_of(pretend, "sk_test_wrong", api_url=pretend.public_url)
    assert {outcome for _, outcome in wrong} == {"unauthorized"}
    pretend.faults.append(Fault(CREATE, "timeout", 9))
    late = await calls_of(pretend, api_url=pretend.public_url, seconds=0.3)
    assert {outcome for _, outcome in late} == {"timeout"}
