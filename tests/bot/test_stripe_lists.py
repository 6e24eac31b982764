"""Lists of Stripe's: whole, page by page, and never faster than five calls a second."""

import asyncio
from datetime import UTC, datetime
from functools import partial

import pytest

from booking.at_stripe import pages
from booking.errors import Unavailable
from bot.pace import EvenPace
from bot.stripe_gateway import StripeGateway
from bot.stripe_lists import SlowStripe
from sandbox.stripe import Fault
from sandbox.stripe.sessions import create
from tests.bot.test_stripe_gateway import order
from tests.process import sandbox

SINCE = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
async def stripe():
    async with sandbox() as world:
        key = world.stripe.secret_key
        async with StripeGateway(secret_key=key, api_url=world.stripe_url) as gateway:
            yield world.stripe, gateway, SlowStripe(gateway)


async def everything(read):
    return [one async for page in pages(read) for one in page]


async def test_every_session_and_refund_of_the_range_is_listed_once_with_its_fee(stripe):
    pretend, gateway, slow = stripe
    made = [create(pretend.store, order())["id"] for _ in range(120)]
    await pretend.pay(made[0], "4242424242424242")
    listed = await everything(partial(slow.sessions, SINCE))
    assert [one.id for one in listed] == made[::-1]
    assert listed[-1] == await gateway.retrieve(made[0])
    assert listed[-1].fee_minor + listed[-1].net_minor == 5000
    pretend.refund(listed[-1].charge, 300)
    [refund] = await everything(partial(slow.refunds, SINCE))
    assert (refund.amount, refund.currency) == (300, "EUR")
    assert refund == await gateway.retrieve_refund(refund.id)
    assert await everything(partial(slow.sessions, datetime(2100, 1, 1, tzinfo=UTC))) == []


async def test_events_that_were_not_delivered_are_listed(stripe):
    pretend, _, slow = stripe
    pretend.add_endpoint("http://127.0.0.1:1/nobody", "whsec_x")
    made = create(pretend.store, order())["id"]
    await pretend.pay(made, "4242424242424242")
    types = ["checkout.session.completed"]
    [event] = await everything(partial(slow.missed_events, types, SINCE))
    assert event["data"]["object"]["id"] == made


async def test_a_stripe_that_is_away_is_said_in_the_domains_words(stripe):
    pretend, _, slow = stripe
    pretend.faults.append(Fault("GET /v1/refunds", "429", 9))
    with pytest.raises(Unavailable):
        await slow.refunds(SINCE, "")


async def test_no_more_than_five_pass_in_any_second():
    pace, passed = EvenPace(5), []

    async def one():
        await pace.wait()
        passed.append(asyncio.get_running_loop().time())

    await asyncio.gather(*(one() for _ in range(7)))
    passed.sort()
    assert passed[4] - passed[0] < 0.5
    assert all(later - earlier > 0.95 for earlier, later in zip(passed, passed[5:], strict=False))
