"""The Stripe side of the check-up: key, mode, currency, clocks, webhook endpoint."""

import re
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from typing import Final

import stripe

from bot.clock import SystemClock
from bot.config import Settings
from bot.stripe_endpoint import Ailment, address, at_this_shop, best
from bot.stripe_gateway import StripeGateway
from bot.stripe_signature import TOLERANCE_SECONDS
from bot.wording import counted, first_line

FIX: Final = "booking-bot check --fix"
EVERY: Final = "*"
EXAMPLE: Final = "whsec_replace"


async def account(settings: Settings) -> str:
    """Check that the key works, in which mode, and that our clock agrees with Stripe's."""
    async with asking(settings) as client:
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
    wanted = address(settings)
    if any(one.get_secret_value() == EXAMPLE for one in settings.stripe.webhook_secrets):
        raise Ailment(f"stripe.webhook_secrets: {EXAMPLE} is the example's, and known to all")
    async with asking(settings) as client:
        found = best(await at_this_shop(client, settings))
    if not found:
        raise Ailment(f"Stripe has no endpoint {wanted}: {FIX} makes it")
    if found.is_orphan:
        raise Ailment(f"nobody kept the signing secret of {found.id}: {FIX} makes a new one")
    if not found.speaks_ours:
        ours = stripe.api_version
        raise Ailment(f"the endpoint speaks {found.version}, not {ours}: {FIX} makes a new one")
    if not found.is_enabled:
        raise Ailment(f"the endpoint is disabled: {FIX} enables it")
    if found.missing:
        raise Ailment(f"the endpoint lacks {', '.join(found.missing)}: {FIX} adds them")
    return told(found.url, found.events)


def told(url: str, events: Collection[str]) -> str:
    """Return the words for an endpoint that is well."""
    kinds = "every kind" if EVERY in events else counted(len(events), "kind")
    return f"{url}, {kinds} of events"


def _skew(answer: stripe.StripeObject) -> float:
    """Return how many seconds our clock is ahead of Stripe's."""
    headers = answer.last_response.headers if answer.last_response else {}
    date = headers.get("Date")
    if not date:
        return 0.0
    return (SystemClock().now() - parsedate_to_datetime(date)).total_seconds()


@asynccontextmanager
async def asking(settings: Settings) -> AsyncIterator[stripe.StripeClient]:
    """Open Stripe's client; whatever Stripe has against us is an Ailment."""
    key = settings.stripe.secret_key.get_secret_value()
    async with StripeGateway(secret_key=key, api_url=settings.stripe.api_url) as gateway:
        try:
            yield gateway.client
        except stripe.AuthenticationError:
            raise Ailment("stripe.secret_key: Stripe answered and refused it") from None
        except stripe.PermissionError as error:
            raise Ailment(f"stripe.secret_key: this restricted key {_lacks(error)}") from None
        except stripe.APIConnectionError:
            raise Ailment("stripe.api_url: no answer from there") from None
        except stripe.StripeError as error:
            said = first_line(error.user_message or "")
            raise Ailment(f"{type(error).__name__}: {said}") from None


def _lacks(error: stripe.PermissionError) -> str:
    """Say which right is missing; Stripe names it like 'rak_webhook_write'."""
    right = re.search(r"rak_(\w+)", str(error.user_message))
    named = f" {right[1]}" if right else ""
    return f"lacks the right{named}: give it in the Dashboard, Developers, API keys"
