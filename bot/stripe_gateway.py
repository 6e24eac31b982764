"""Everything said to Stripe, through stripe's own client on aiohttp.

The client is loaded when first something is said: events are taken before that.
"""

from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, cast
from urllib.parse import quote

from booking.errors import Unavailable
from booking.ports import (
    STORED_ERROR,
    CheckoutSession,
    PaymentRejected,
    StripeDispute,
    StripeRefund,
)
from bot.imports import without_unneeded
from bot.stripe_objects import read_dispute, read_refund, read_session
from bot.watch import Calls, nobody

if TYPE_CHECKING:
    import stripe
    from stripe.params import DisputeListParams, RefundCreateParams, RefundListParams
    from stripe.params.checkout import SessionCreateParams

    from bot.stripe_http import WholeBodyClient

T = TypeVar("T")

TOTAL_SECONDS: Final = 20
PAGE: Final = 100
EXPAND: Final = ["payment_intent.latest_charge.balance_transaction"]


class StripeGateway:
    """Implement `booking.ports.Payments`; open it inside the running loop."""

    def __init__(
        self,
        *,
        secret_key: str,
        api_url: str = "https://api.stripe.com",
        seconds: float = TOTAL_SECONDS,
        watch: Calls = nobody,
    ) -> None:
        self._watch = watch
        self._key, self._api_url, self._seconds = secret_key, api_url.rstrip("/"), seconds
        self._client: stripe.StripeClient | None = None
        self._http: WholeBodyClient | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._http:
            await self._http.session.close()
        self._client = self._http = None

    @property
    def client(self) -> "stripe.StripeClient":
        """Return stripe's client, made on first use."""
        if self._client is None:
            with without_unneeded():
                from bot.stripe_client import client_of
                from bot.stripe_http import WholeBodyClient

            self._http = WholeBodyClient(self._seconds, self._watch)
            self._client = client_of(self._key, self._api_url, self._http)
        return self._client

    async def create(self, params: Mapping[str, Any], *, idempotency_key: str) -> CheckoutSession:
        """Create a session from exact API parameters; raise PaymentRejected on a 4xx."""
        call = self.client.v1.checkout.sessions.create_async(
            cast("SessionCreateParams", dict(params)), {"idempotency_key": idempotency_key}
        )
        return read_session((await self._answer(call)).to_dict())

    async def retrieve(self, session_id: str) -> CheckoutSession | None:
        """Read a session with its payment intent, charge and fee; None when Stripe has none."""
        if not session_id:  # stripe would list all sessions instead
            return None
        # raw: stripe's objects of an expanded session cost more than all the rest of a confirmation
        name = quote(session_id, safe="")
        call = self.client.raw_request_async("get", f"/v1/checkout/sessions/{name}", expand=EXPAND)
        found = await self._found(call)
        return None if found is None else read_session(found.data)

    async def expire(self, session_id: str) -> CheckoutSession | None:
        """Expire an open session; return it as it is now, or None when Stripe has none.

        Raises Unavailable when Stripe only repeats an error of its own: another call has another
        idempotency key.
        """
        try:
            call = self.client.v1.checkout.sessions.expire_async(session_id)
            return read_session((await self._answer(call)).to_dict())
        except PaymentRejected as rejected:
            found = await self.retrieve(session_id)
            if found is None or found.status != "open":
                return found
            if rejected.code == STORED_ERROR:
                raise Unavailable("Stripe repeats an error") from rejected
            raise

    async def refund(self, params: Mapping[str, Any], *, idempotency_key: str) -> StripeRefund:
        """Give money back by exact API parameters; raise PaymentRejected on a 4xx."""
        call = self.client.v1.refunds.create_async(
            cast("RefundCreateParams", dict(params)), {"idempotency_key": idempotency_key}
        )
        return read_refund(await self._answer(call))

    async def retrieve_refund(self, refund_id: str) -> StripeRefund | None:
        """Read a refund with the metadata of its payment; None when Stripe has none."""
        call = self.client.v1.refunds.retrieve_async(refund_id, {"expand": ["payment_intent"]})
        found = await self._found(call)
        return None if found is None else read_refund(found)

    async def refunds_of(self, payment_intent: str) -> list[StripeRefund]:
        """List every refund of a payment."""
        return await self._found(self._refunds_of(payment_intent)) or []

    async def _refunds_of(self, payment_intent: str) -> list[StripeRefund]:
        wanted = {"payment_intent": payment_intent, "limit": PAGE}
        page = await self.client.v1.refunds.list_async(cast("RefundListParams", wanted))
        return [read_refund(one) async for one in page.auto_paging_iter()]

    async def read(self, call: Awaitable[T]) -> T:
        """Await any call that reads; its errors are said in the domain's words."""
        return await self._answer(call)

    async def retrieve_dispute(self, dispute_id: str) -> StripeDispute | None:
        """Read a dispute with the metadata of its payment; None when Stripe has none."""
        call = self.client.v1.disputes.retrieve_async(dispute_id, {"expand": ["payment_intent"]})
        found = await self._found(call)
        return None if found is None else read_dispute(found)

    async def disputes_of(self, payment_intent: str) -> list[StripeDispute]:
        """List every dispute of a payment."""
        return await self._found(self._disputes_of(payment_intent)) or []

    async def _disputes_of(self, payment_intent: str) -> list[StripeDispute]:
        wanted = {"payment_intent": payment_intent, "limit": PAGE}
        page = await self.client.v1.disputes.list_async(cast("DisputeListParams", wanted))
        return [read_dispute(one) async for one in page.auto_paging_iter()]

    async def _found(self, call: Awaitable[T]) -> T | None:
        """Await a call that reads; None when Stripe has no such thing."""
        try:
            return await self._answer(call)
        except PaymentRejected as refusal:
            if refusal.code == "resource_missing":
                return None
            raise

    async def _answer(self, call: Awaitable[T]) -> T:
        """Await a call to Stripe."""
        from bot.stripe_client import translated

        return await translated(call)
