"""The shop's webhook endpoint at Stripe: its address, and whether one found there is right."""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlsplit

import stripe

from bot.config import Settings
from handlers.stripe_events import TYPES

PATHS: Final = ("/webhooks/stripe", "/api/webhooks/stripe")
MADE_BY: Final = {"app": "booking-bot"}
KEPT: Final = "secret"
"""Metadata we give an endpoint of ours once its signing secret is where it belongs."""


class Ailment(Exception):
    """Something is not well; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint as Stripe knows it."""

    id: str
    url: str
    is_enabled: bool
    events: frozenset[str]
    version: str | None
    metadata: Mapping[str, str]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Self:
        """Read Stripe's object."""
        return cls(
            id=raw["id"],
            url=raw["url"],
            is_enabled=raw["status"] == "enabled",
            events=frozenset(raw["enabled_events"]),
            version=raw.get("api_version"),
            metadata=raw.get("metadata") or {},
        )

    @property
    def missing(self) -> list[str]:
        """Return the events we need and it does not send."""
        return [] if "*" in self.events else [name for name in TYPES if name not in self.events]

    @property
    def speaks_ours(self) -> bool:
        """Tell whether its events have the shape we know; without a version it is the account's."""
        return self.version in {None, stripe.api_version}

    @property
    def is_orphan(self) -> bool:
        """Tell whether we made it and were stopped before its secret was kept."""
        return MADE_BY.items() <= self.metadata.items() and KEPT not in self.metadata

    @property
    def is_usable(self) -> bool:
        """Tell whether it can be made right; version and secret are Stripe's for ever."""
        return self.speaks_ours and not self.is_orphan


def address(settings: Settings) -> str:
    """Return where Stripe shall send events; raise Ailment when it could not reach it."""
    public = settings.web.public_url
    host = urlsplit(public).hostname or ""
    if host.endswith(("example.com", "example.org", "example.net")):
        raise Ailment(f"web.public_url: {public} is the example's: write your own address")
    if _is_local(host):
        if "api.stripe.com" in settings.stripe.api_url:
            listen = f"stripe listen --forward-to {public}{PATHS[0]}"
            raise Ailment(
                f"web.public_url: Stripe cannot reach {host}: write a public https:// address, or "
                f"on this computer: {listen} (its whsec_… goes to stripe.webhook_secrets)"
            )
    elif not settings.web.is_https:
        raise Ailment(f"web.public_url: must be https:// for Stripe to send events to {host}")
    return public + PATHS[0]


def _is_local(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host


async def at_this_shop(client: stripe.StripeClient, settings: Settings) -> list[Endpoint]:
    """Return the endpoints Stripe has for our addresses, the newest first."""
    wanted = [settings.web.public_url + path for path in PATHS]
    listed = await client.v1.webhook_endpoints.list_async({"limit": 100})
    return [
        Endpoint.of(one.to_dict()) async for one in listed.auto_paging_iter() if one.url in wanted
    ]


def best(found: Iterable[Endpoint]) -> Endpoint | None:
    """Return the endpoint that is right, or nearest to it; the newest of equals."""
    return max(
        found, key=lambda one: (one.is_usable, one.is_enabled, KEPT in one.metadata), default=None
    )
