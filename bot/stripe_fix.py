"""Make the webhook endpoint at Stripe what the shop needs, and keep its signing secret.

Version and secret of an endpoint never change and the secret is told once, so where one of them
does not fit a new endpoint is made and the old one disabled. Each step leaves something the next
run goes on from: an endpoint whose secret was not kept is known by its metadata.
"""

from typing import TYPE_CHECKING, cast

import stripe

from bot.config import Settings
from bot.signing_secret import NotKept, keep
from bot.stripe_checkup import asking, told
from bot.stripe_endpoint import KEPT, MADE_BY, Ailment, Endpoint, address, at_this_shop, best
from handlers.stripe_events import TYPES

if TYPE_CHECKING:
    from stripe.params import WebhookEndpointCreateParams, WebhookEndpointUpdateParams


async def mend(settings: Settings) -> str:
    """Create or correct the endpoint; return what it is and what was done, if anything."""
    url = address(settings)
    async with asking(settings) as client:
        there = await at_this_shop(client, settings)
        known = bool(settings.stripe.webhook_secrets)
        fitting = [one for one in there if known and one.is_usable]
        found = best(fitting)
        done = await _corrected(client, found) if found else await _made(client, settings, url)
        for one in there:
            if one.is_enabled and one not in fitting:
                await client.v1.webhook_endpoints.update_async(one.id, {"disabled": True})
                done.append(f"disabled {one.id}, {_why(one)}")
    state = told(found.url, found.events | set(found.missing)) if found else _new(url)
    return "; ".join([state, *done])


def _new(url: str) -> str:
    return told(url, TYPES)


def _why(one: Endpoint) -> str:
    return "whose signing secret is not known" if one.speaks_ours else f"it speaks {one.version}"


async def _corrected(client: stripe.StripeClient, found: Endpoint) -> list[str]:
    """Switch the endpoint on and let it send what it lacks; events of others stay."""
    wanted: dict[str, object] = {}
    done = []
    if found.missing:
        wanted["enabled_events"] = sorted({*found.events, *TYPES})
        done.append(f"added {', '.join(found.missing)}")
    if not found.is_enabled:
        wanted["disabled"] = False
        done.append("enabled")
    if wanted:
        params = cast("WebhookEndpointUpdateParams", wanted)
        await client.v1.webhook_endpoints.update_async(found.id, params)
    return done


async def _made(client: stripe.StripeClient, settings: Settings, url: str) -> list[str]:
    """Make an endpoint; an answer that got lost is asked for again under one idempotency key."""
    service = client.v1.webhook_endpoints
    wanted = {
        "url": url,
        "enabled_events": list(TYPES),
        "api_version": stripe.api_version,
        "description": "booking-bot",
        "metadata": MADE_BY,
    }
    made = await service.create_async(cast("WebhookEndpointCreateParams", wanted))
    secret = str(made.secret)
    try:
        keep(settings, secret)
    except NotKept as reason:
        await service.update_async(made.id, {"metadata": {KEPT: "told"}})
        raise Ailment(
            f"made {made.id} for {url}; add its signing secret, which is shown this once, to "
            f"stripe.webhook_secrets ({reason}) and start the bot anew: {secret}"
        ) from None
    await service.update_async(made.id, {"metadata": {KEPT: "kept"}})
    return [f"made; its signing secret is in {settings.file}: a running bot must be started anew"]
