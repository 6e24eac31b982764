"""The pretend Stripe as one object: its web application and the knobs of a test."""

import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.stripe.faults import Fault

Obj = dict[str, Any]
DEFAULT_KEY = "sk_test_sandbox"


class StripeSandbox:
    """Answer as Stripe's test mode does, at ``/v1/…``, with a Checkout page at ``/c/pay/{id}``.

    ``public_url`` (settable until the first session) is what session and receipt links begin with.
    """

    def __init__(
        self,
        *,
        secret_key: str = DEFAULT_KEY,
        public_url: str = "",
        clock: Callable[[], float] = time.time,
        seed: int | None = None,
    ) -> None:
        self.secret_key = secret_key
        self.public_url = public_url
        self.clock = clock
        self.faults: list[Fault] = []
        self.app = web.Application()

    def add_endpoint(self, url: str, secret: str, events: list[str] | None = None) -> Obj:
        """Send signed webhooks of these types (all when None) to ``url``; return the endpoint."""
        raise NotImplementedError

    def set_balance(self, currency: str, available: int | None) -> None:
        """Limit what refunds may draw on (minor units); None lifts the limit."""
        raise NotImplementedError

    async def pay(self, session_id: str, card: str, *, authenticate: bool = True) -> Obj:
        """Pay a session as a person does on its page, with a card number or an IBAN.

        Returns ``{outcome, message, code, decline_code, url, session}``; ``outcome`` is ``paid``,
        ``processing``, ``declined`` or ``closed``; waits ≤ 10 s for the webhook as Checkout does.
        """
        raise NotImplementedError

    async def deliver(self, event_id: str, *, times: int = 1, delay: float = 0) -> list[Obj]:
        """Send an event again, ``times`` at once, after ``delay`` seconds of the clock."""
        raise NotImplementedError

    async def settle(self) -> None:
        """Wait until nothing due by the clock is left to run and no delivery is under way."""
        raise NotImplementedError

    def tick(self) -> None:
        """Run what is due by the clock: expiries, webhook retries, delayed money."""
        raise NotImplementedError

    def ledger(self) -> Obj:
        """Return sessions, payments, charges, refunds, disputes and events with deliveries."""
        raise NotImplementedError
