"""The Stripe side of the check-up: key, mode, currency, clocks, webhook endpoint."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from typing import Any, Final

import stripe

from bot.clock import SystemClock
from bot.config import Settings
from bot.stripe_gateway import StripeGateway
from bot.stripe_signature import TOLERANCE_SECONDS
from bot.wording import counted, first_line
from handlers.stripe_events import TYPES

PATHS: Final = ("/webhooks/stripe", "/api/webhooks/stripe")


class Ailment(Exception):
    """Something is not well; the message says what to do."""


async def account(settings: Settings) -> str:
    """Check that the key works, in which mode, and that our clock agrees with Stripe's."""
    async with _client(settings) as client:
        balance = await client.v1.balance.retrieve_async()
        skew = _skew(balance)
        if abs(skew) > TOLERANCE_SECONDS / 2:
            raise Ailment(f"this machine's clock is {skew:+.0f} s off: signatures will be refused")
        if balance.livemode != settings.stripe.livemode:
            raise Ailment("stripe.secret_key: its mode is not what it looks like")
        there = {money.currency.upper() for money in balance.available}
        settled = settings.shop.currency
        conversion = "" if settled in there else f", {settled} will be converted"
        return f"{'live' if balance.livemode else 'test'} mode{conversion}"


async def endpoint(settings: Settings) -> str:
    """Check that Stripe sends its events here, all that we need and in the shape we know."""
    wanted = [settings.web.public_url + path for path in PATHS]
    async with _client(settings) as client:
        listed = await client.v1.webhook_endpoints.list_async({"limit": 100})
        found: list[dict[str, Any]] = [
            one.to_dict() async for one in listed.auto_paging_iter() if one.url in wanted
        ]
    if not found:
        raise Ailment(f"Stripe has no endpoint {wanted[0]}: add one in its Dashboard")
    live = [one for one in found if one["status"] == "enabled"]
    if not live:
        raise Ailment("the endpoint is disabled in the Dashboard")
    return _judged(live[0])


def _judged(found: dict[str, Any]) -> str:
    events = set(found["enabled_events"])
    missing = [] if "*" in events else [name for name in TYPES if name not in events]
    if missing:
        raise Ailment(f"the endpoint lacks {', '.join(missing)}")
    version = found.get("api_version")
    if version and version != stripe.api_version:
        raise Ailment(f"the endpoint speaks {version}, not {stripe.api_version}: make a new one")
    return f"{found['url']}, {counted(len(events), 'kind')} of events"


def _skew(answer: stripe.StripeObject) -> float:
    """Return how many seconds our clock is ahead of Stripe's."""
    headers = answer.last_response.headers if answer.last_response else {}
    date = headers.get("Date")
    if not date:
        return 0.0
    return (SystemClock().now() - parsedate_to_datetime(date)).total_seconds()


@asynccontextmanager
async def _client(settings: Settings) -> AsyncIterator[stripe.StripeClient]:
    key = settings.stripe.secret_key.get_secret_value()
    async with StripeGateway(secret_key=key, api_url=settings.stripe.api_url) as gateway:
        try:
            yield gateway.client
        except stripe.AuthenticationError:
            raise Ailment("stripe.secret_key: Stripe answered and refused it") from None
        except stripe.PermissionError:
            raise Ailment("stripe.secret_key: this restricted key may not look") from None
        except stripe.APIConnectionError:
            raise Ailment("stripe.api_url: no answer from there") from None
        except stripe.StripeError as error:
            said = first_line(error.user_message or "")
            raise Ailment(f"{type(error).__name__}: {said}") from None
