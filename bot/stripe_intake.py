"""Take Stripe's events in: verified on the raw bytes, stored, and only then acknowledged."""

import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from booking.apart import Apart
from booking.caught import Caught
from booking.ports import Clock, Shop
from bot.hook import KEPT_SECONDS, UNWRITABLE
from bot.proxies import Network, client_address
from bot.seldom import Seldom
from bot.stripe_signature import BadSignature, verify_signature
from bot.watch import Count, nobody
from db import jobs
from db.jobs import NewJob
from handlers import stripe_events


class StripeIntake:
    """Answer `POST /webhooks/stripe`."""

    def __init__(
        self,
        *,
        secrets: Sequence[str],
        shop: Shop,
        clock: Clock,
        proxies: Sequence[Network],
        count: Count = nobody,
        apart: Apart | None = None,
    ) -> None:
        self._count, self._apart = count, apart or Apart()
        self._secrets, self._shop, self._clock, self._proxies = secrets, shop, clock, proxies
        self._warn = Seldom()

    async def receive(self, request: web.Request) -> web.Response:
        """Answer 200 once durable, duplicate or foreign; 400 unverified; 503 not stored."""
        try:
            event = await self._verified(request)
            job = self._job(event)
        except BadSignature as error:
            self._count("refused")
            of = client_address(request, self._proxies)
            self._warn("Stripe event refused", why=str(error), of=of)
            return web.Response(status=400, text="bad request")
        async with Caught() as caught:
            self._count(await self._kept(job))
            return web.Response(text="ok")
        if isinstance(caught.error, UNWRITABLE):  # once more is no better
            self._count("refused")
            self._warn("Stripe event refused", why="cannot be written down", of="")
            return web.Response(status=400, text="bad request")
        self._count("not_stored")
        why = type(caught.error).__name__
        self._warn("Stripe event not stored", why=why, id=event["id"], exc_info=caught.error)
        return web.Response(status=503, headers={"Retry-After": "5"})

    async def _kept(self, job: NewJob | None) -> str:
        if job is None:
            return "foreign"
        kept = jobs.take_in([job], now=self._clock.now())
        # later than that Stripe does not listen any more: it shall know that it has to come again
        (is_new,) = await self._apart.within(KEPT_SECONDS, kept, name="keep an event")
        return "accepted" if is_new else "duplicate"

    def _job(self, event: dict[str, Any]) -> NewJob | None:
        try:
            return stripe_events.accept(event, self._shop)
        except (AttributeError, KeyError, TypeError):
            raise BadSignature("no event of a shape we know") from None

    async def _verified(self, request: web.Request) -> dict[str, Any]:
        header = request.headers.get("Stripe-Signature")
        if not header:  # a stranger's body is not even read
            raise BadSignature("no signature")
        raw = await request.read()
        verify_signature(raw, header, self._secrets, self._clock.now())
        try:
            event = json.loads(raw)
        except (ValueError, RecursionError):
            raise BadSignature("no JSON") from None
        if not isinstance(event, dict) or not isinstance(event.get("id"), str):
            raise BadSignature("no event")
        return event
