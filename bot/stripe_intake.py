"""Take Stripe's events in: verified on the raw bytes, stored, and only then acknowledged."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web

from booking.ports import Clock, Shop
from bot import logs
from bot.stripe_signature import BadSignature, verify_signature
from db import jobs
from handlers import stripe_events

log = logs.get(__name__)

READ_SECONDS: Final = 10.0


class StripeIntake:
    """Answer `POST /webhooks/stripe`."""

    def __init__(self, *, secrets: Sequence[str], shop: Shop, clock: Clock) -> None:
        self._secrets, self._shop, self._clock = secrets, shop, clock

    async def __call__(self, request: web.Request) -> web.Response:
        """200 once durable, duplicate or not ours; 400 unverified; 413 too large; 503 not stored."""
        try:
            event = await self._verified(request)
        except BadSignature as error:
            log.warning("Stripe event refused", why=str(error))
            return web.Response(status=400, text="bad request")
        job = stripe_events.accept(event, self._shop)
        try:
            if job is not None:
                await jobs.take_in([job])
        except Exception:
            log.exception("Stripe event not stored", event=event.get("id"))
            return web.Response(status=503, headers={"Retry-After": "5"})
        return web.Response(text="ok")

    async def _verified(self, request: web.Request) -> dict[str, Any]:
        try:
            async with asyncio.timeout(READ_SECONDS):
                raw = await request.read()
        except TimeoutError:
            raise BadSignature("the body never came") from None
        header = request.headers.get("Stripe-Signature")
        verify_signature(raw, header, self._secrets, self._clock.now())
        try:
            event = json.loads(raw)
        except (ValueError, RecursionError):
            raise BadSignature("no JSON") from None
        if not isinstance(event, dict) or not isinstance(event.get("id"), str):
            raise BadSignature("no event")
        return event
