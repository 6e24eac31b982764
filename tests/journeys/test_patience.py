"""Whoever waits for Stripe is told so while the call hangs, not when it has failed."""

import asyncio

from booking.patience import PEOPLE_WAIT
from db.transactions import rows
from tests.crowd import says, tap, until
from tests.journeys.test_conversation import ADA, to_summary
from tests.journeys.test_webhook import to_pay

NO_ANSWER = "payment service does not answer right now"
UNFINISHED = "SELECT kind FROM job WHERE kind = '{}' AND done_at IS NULL AND last_error IS NULL"


async def is_told_while_it_hangs(shop, kind: str, label: str) -> None:
    await tap(shop.world, ADA, label)
    await until(lambda: says(shop.world, ADA, NO_ANSWER), within=15, what=NO_ANSWER)
    assert await rows(UNFINISHED.format(kind)) == [{"kind": kind}]


async def test_a_payment_link_that_hangs_is_said_to_be_late(shop):
    await to_summary(shop)
    shop.fails("POST /v1/checkout/sessions$", "silent")
    await is_told_while_it_hangs(shop, "create_checkout", "^Confirm")


async def test_a_cancellation_that_hangs_is_said_to_come_later(shop):
    await to_pay(shop)
    shop.fails("POST /v1/checkout/sessions/.*/expire", "silent")
    await is_told_while_it_hangs(shop, "cancel_unpaid", "^Cancel booking")


async def test_whoever_cancelled_meanwhile_is_not_told_of_a_link(shop):
    await to_summary(shop)
    shop.fails("POST /v1/checkout/sessions$", "silent")
    await tap(shop.world, ADA, "^Confirm")
    await tap(shop.world, ADA, "^Cancel booking")
    await until(lambda: says(shop.world, ADA, "was cancelled"), what="was cancelled")
    await asyncio.sleep(PEOPLE_WAIT + 1)
    assert not says(shop.world, ADA, NO_ANSWER)
