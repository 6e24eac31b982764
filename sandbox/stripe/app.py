"""The pretend Stripe as one object: its web application and the knobs of a test."""

import asyncio
import contextlib
import copy
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict
from functools import partial

from aiohttp import web

from sandbox.stripe import disputes, endpoints, payments, refunds, secret_keys, sessions
from sandbox.stripe.api import Api
from sandbox.stripe.checkout import CheckoutPages, success_address
from sandbox.stripe.faults import Fault
from sandbox.stripe.methods import METHODS
from sandbox.stripe.store import API_VERSION, Ids, Store
from sandbox.stripe.webhooks import Webhooks
from sandbox.stripe.wire import Obj, StripeError

DEFAULT_KEY = "sk_test_sandbox"
_CHECKOUT_WAITS = 10
_TICK = 0.1


class StripeSandbox:
    """Answer as Stripe's test mode does, at ``/v1/…``, with a Checkout page at ``/c/pay/{id}``.

    ``public_url`` is what links to sessions and receipts begin with; ``business_name`` is the shop
    that its pages name; ``faults`` is a list to append
    ``Fault`` to; ``clock`` returns epoch seconds and may jump forward; the same ``seed`` gives the
    same ids.
    """

    def __init__(
        self,
        *,
        secret_key: str = DEFAULT_KEY,
        public_url: str = "",
        business_name: str = "Sandbox shop",
        clock: Callable[[], float] = time.time,
        seed: int | None = None,
    ) -> None:
        self.faults = list[Fault]()
        self.store = Store(
            clock=clock, public_url=public_url, business_name=business_name, ids=Ids(seed)
        )
        self.store.keys[secret_key] = None
        self.webhooks = Webhooks(self.store, self.faults)
        self.store.on_event = self.webhooks.send
        self.store.delivered = self.webhooks.delivered
        self.app = web.Application()
        Api(self.store, self.faults).mount(self.app, METHODS)
        CheckoutPages(self.store, self._pay).mount(self.app)
        self.app.cleanup_ctx.append(self._running)

    @property
    def public_url(self) -> str:
        """What links to sessions and receipts begin with; may be set once the port is known."""
        return self.store.public_url

    @public_url.setter
    def public_url(self, address: str) -> None:
        self.store.public_url = address.rstrip("/")

    @property
    def secret_key(self) -> str:
        """The secret key that does not end."""
        return secret_keys.current(self.store)

    def roll_key(self, *, overlap: float = 0) -> str:
        """Return a new secret key; the old one is good for ``overlap`` seconds of the clock."""
        return secret_keys.roll(self.store, overlap=overlap)

    def add_endpoint(self, url: str, secret: str, events: list[str] | None = None) -> Obj:
        """Send signed webhooks of these types (all when None) to ``url``; return the endpoint."""
        return endpoints.add(self.store, {"url": url, "enabled_events": events or ["*"]}, secret)

    def send_events_to(self, url: str, secret: str, events: Sequence[str]) -> None:
        """Have one endpoint: the first one there is becomes it, else it is made."""
        if not self.store.endpoints:
            self.add_endpoint(url, secret)
        endpoint = next(iter(self.store.endpoints.values()))
        endpoint |= {"url": url, "enabled_events": [*events], "api_version": API_VERSION}
        self.store.secrets[endpoint["id"]] = [secret]

    def roll_secret(self, endpoint_id: str, *, overlap: float = 24 * 3600) -> str:
        """Return a new signing secret; the old one signs too for ``overlap`` s of the clock."""
        return endpoints.roll(self.store, endpoint_id, overlap=overlap)

    def set_balance(self, currency: str, available: int | None) -> None:
        """Limit what refunds may draw on (minor units); None lifts the limit."""
        if available is None:
            self.store.limits.pop(currency, None)
        else:
            self.store.limits[currency] = available
        refunds.balance_rose(self.store, currency)

    async def pay(
        self, session_id: str, card: str, *, authenticate: bool = True, email: str | None = None
    ) -> Obj:
        """Pay a session as a person does on its page, with a card number or an IBAN.

        Returns ``{outcome, message, code, decline_code, url, session}``; ``outcome`` is ``paid``,
        ``processing``, ``declined`` or ``closed``; waits ≤ 10 s for the webhook as Checkout does.
        An unknown session is a StripeError.
        """
        return await self._pay(session_id, card, email, authenticate=authenticate)

    async def pay_late(self, session_id: str, card: str) -> Obj:
        """Pay a session that has expired: the money comes too late. Any other is refused."""
        return await self._told(session_id, payments.pay_late(self.store, session_id, card))

    async def pay_again(self, session_id: str, card: str) -> Obj:
        """Pay what is paid already a second time, by a session like its own."""
        return await self.pay(sessions.create_again(self.store, session_id)["id"], card)

    async def deliver(self, event_id: str, *, times: int = 1, delay: float = 0) -> list[Obj]:
        """Send an event again, ``times`` at once, after ``delay`` seconds of the clock.

        Returns the attempts made so far; with a delay, those made before it.
        """
        event = self.store.find(self.store.events, event_id, "event", "id")
        send = partial(self.webhooks.resend, event, times)
        if delay:
            self.store.later(delay, send)
        else:
            send()
            await self.webhooks.answered(event_id, _CHECKOUT_WAITS)
        return copy.deepcopy(self.webhooks.attempts.get(event_id, []))

    def deliveries(self, event_id: str) -> list[Obj]:
        """Return the attempts made to deliver an event, oldest first."""
        return self.webhooks.attempts.get(event_id, [])

    def expire(self, session_id: str) -> Obj:
        """Close an open session, as the shop can in its Dashboard."""
        return copy.deepcopy(sessions.expire(self.store, session_id))

    def refund(self, charge_id: str, amount: int = 0) -> Obj:
        """Give back a charge, or ``amount`` minor units of it, as the shop can in its Dashboard."""
        params: Obj = {"charge": charge_id, "reason": "requested_by_customer"}
        made = refunds.create(self.store, params | ({"amount": amount} if amount else {}))
        return copy.deepcopy(made)

    def dispute(self, charge_id: str, *, reason: str = "fraudulent", inquiry: bool = False) -> Obj:
        """Let the buyer dispute a charge that succeeded; a second time is refused.

        With ``inquiry`` the bank only asks.
        """
        charge = self.store.find(self.store.charges, charge_id, "charge", "charge")
        if charge["status"] != "succeeded" or charge["disputed"] or charge["refunded"]:
            raise StripeError("This charge cannot be disputed.", param="charge", began=True)
        disputes.open_dispute(self.store, charge, reason=reason, inquiry=inquiry)
        return copy.deepcopy(list(self.store.disputes.values())[-1])

    def move_dispute(self, dispute_id: str, act: str) -> Obj:
        """Go on with a dispute: ``submit``, ``win``, ``lose``.

        With an inquiry: ``submit``, ``close``, ``escalate``.
        """
        return copy.deepcopy(disputes.move(self.store, dispute_id, act))

    def finish(self, session_id: str, *, succeeds: bool) -> Obj:
        """End a delayed payment that is under way, without waiting for its bank."""
        return copy.deepcopy(payments.finish(self.store, session_id, succeeds=succeeds))

    async def settle(self) -> None:
        """Wait until nothing due by the clock is left to run and no delivery is under way."""
        while True:
            ran = self.store.timers.run_due(self.store.clock())
            if await self.webhooks.idle() and not ran:
                return

    def tick(self) -> None:
        """Run what is due by the clock: expiries, webhook retries, delayed money."""
        self.store.timers.run_due(self.store.clock())

    def ledger(self) -> Obj:
        """Return sessions, payments, charges, refunds, disputes and events with deliveries."""
        store, attempts = self.store, self.webhooks.attempts
        return copy.deepcopy(
            {
                "sessions": [
                    one | {"line_items": store.line_items[one["id"]]}
                    for one in store.sessions.values()
                ],
                "payments": list(store.payment_intents.values()),
                "charges": list(store.charges.values()),
                "refunds": list(store.refunds.values()),
                "disputes": list(store.disputes.values()),
                "balance_transactions": list(store.balance_transactions.values()),
                "endpoints": list(store.endpoints.values()),
                "events": [
                    one | {"deliveries": attempts.get(one["id"], [])}
                    for one in store.events.values()
                ],
            }
        )

    async def _pay(
        self, session_id: str, card: str, email: str | None, *, authenticate: bool
    ) -> Obj:
        done = payments.pay(self.store, session_id, card, authenticate=authenticate, email=email)
        return await self._told(session_id, done)

    async def _told(self, session_id: str, done: payments.Outcome) -> Obj:
        if done.completed:
            await self.webhooks.answered(done.completed, _CHECKOUT_WAITS)
        session = sessions.retrieve(self.store, session_id)
        result = asdict(done) | {
            "url": success_address(session) if done.completed else None,
            "session": copy.deepcopy(session),
        }
        del result["completed"]
        return result

    async def _running(self, app: web.Application) -> AsyncIterator[None]:
        del app
        ticking = asyncio.create_task(self._tick_on())
        yield
        ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticking
        await self.webhooks.close()

    async def _tick_on(self) -> None:
        while True:
            self.tick()
            await asyncio.sleep(_TICK)
