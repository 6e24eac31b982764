"""The bot's clock steps by an hour, and back: nothing is done twice, early, late or for longer."""

from datetime import timedelta

import pytest

from tests.journeys.conftest import SandboxTime, running_shop
from tests.journeys.test_conversation import BELA, to_summary
from tests.journeys.test_expiry import HOLD, statuses
from tests.journeys.test_reminders import SOON, times
from tests.journeys.test_webhook import to_pay

HOUR, MINUTE = 3600, 60
DUE = 2 * HOUR - 5
"""From the start of the test to the reminder a day before the appointment."""


class Stepping(SandboxTime):
    """A clock that can be set wrong."""

    ahead = 0.0

    def now(self):
        return super().now() + timedelta(seconds=self.ahead)


async def steps(shop, seconds: float) -> None:
    """Set the bot's clock wrong by so much; 0 is right again."""
    shop.app.environment.clock.ahead = seconds
    shop.app.wake()
    await shop.settle()


async def wrong_for_a_while(shop, by: float) -> None:
    await steps(shop, by)
    await shop.time_passes(10 * MINUTE)
    await steps(shop, 0)


@pytest.mark.family("R15")
@pytest.mark.parametrize("by", [HOUR, -HOUR])
async def test_a_reminder_comes_in_its_minute_and_once_though_the_clock_was_wrong(
    tmp_path, database_url, by
):
    async with running_shop(tmp_path, database_url, clock=Stepping) as shop:
        await shop.pays(await to_pay(shop))
        await wrong_for_a_while(shop, by)
        await shop.time_passes(DUE - 10 * MINUTE - 30)
        assert times(shop, SOON) == 0
        await shop.time_passes(60)
        assert times(shop, SOON) == 1
        await wrong_for_a_while(shop, by)
        assert times(shop, SOON) == 1
        assert await statuses(shop) == [("confirmed", "")]


@pytest.mark.family("R15")
async def test_a_hold_ends_when_it_should_though_the_clock_went_back_meanwhile(
    tmp_path, database_url
):
    async with running_shop(tmp_path, database_url, clock=Stepping) as shop:
        await to_pay(shop)
        await wrong_for_a_while(shop, -HOUR)
        await shop.time_passes(HOLD - 10 * MINUTE - 30)
        assert await statuses(shop) == [("awaiting_payment", "")]
        await shop.time_passes(60)
        assert await statuses(shop) == [("expired", "payment_expired")]


@pytest.mark.family("R15")
async def test_a_hold_that_ends_early_by_a_wrong_clock_is_over_at_stripe_too(
    tmp_path, database_url
):
    async with running_shop(tmp_path, database_url, clock=Stepping) as shop:
        session = await to_pay(shop)
        await steps(shop, HOUR)
        assert await statuses(shop) == [("expired", "payment_expired")]
        assert shop.stripe.store.sessions[session]["status"] == "expired"
        await steps(shop, 0)
        await to_summary(shop, BELA)
        await shop.taps(BELA, "^Confirm")
        await shop.time_passes(MINUTE)
        assert await statuses(shop) == [("expired", "payment_expired"), ("awaiting_payment", "")]
        assert times(shop, "Nothing was charged") <= 1
