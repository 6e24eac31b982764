"""Stripe for whoever compares our books with it: lists and reads, at most five calls a second."""

from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from booking.at_stripe import Event, Page
from booking.ports import CheckoutSession, StripeRefund
from bot.pace import call_pace
from bot.stripe_gateway import EXPAND, PAGE, StripeGateway
from bot.stripe_objects import read_refund, read_session

if TYPE_CHECKING:
    import stripe
    from stripe.params import EventListParams, RefundListParams
    from stripe.params.checkout import SessionListParams

CALLS_PER_SECOND: Final = 5
EXPAND_EACH: Final = [f"data.{path}" for path in EXPAND]
T = TypeVar("T")


class SlowStripe:
    """Implement `booking.at_stripe.AtStripe` beside the gateway, on the same connection."""

    def __init__(self, gateway: StripeGateway) -> None:
        self._gateway, self._pace = gateway, call_pace("stripe lists", CALLS_PER_SECOND)

    async def sessions(self, since: datetime, after: str) -> Page[CheckoutSession]:
        """List Checkout sessions with payment, charge and fee by the time they were made."""
        await self._pace.wait()
        wanted = cast("SessionListParams", _wanted(since, after) | {"expand": EXPAND_EACH})
        listed = await self._read(self._v1.checkout.sessions.list_async(wanted))
        return Page([read_session(one.to_dict()) for one in listed.data], _next(listed))

    async def refunds(self, since: datetime, after: str) -> Page[StripeRefund]:
        """List refunds, with the metadata of their payments, by the time they were made."""
        await self._pace.wait()
        more = {"expand": ["data.payment_intent"]}
        wanted = cast("RefundListParams", _wanted(since, after) | more)
        listed = await self._read(self._v1.refunds.list_async(wanted))
        return Page([read_refund(one) for one in listed.data], _next(listed))

    async def missed_events(self, types: Sequence[str], since: datetime, after: str) -> Page[Event]:
        """List events of some types that an endpoint has not accepted."""
        await self._pace.wait()
        more = {"types": list(types), "delivery_success": False}
        wanted = cast("EventListParams", _wanted(since, after) | more)
        listed = await self._read(self._v1.events.list_async(wanted))
        return Page([one.to_dict() for one in listed.data], _next(listed))

    async def session(self, session_id: str) -> CheckoutSession | None:
        """Read a session as `Payments.retrieve` does."""
        await self._pace.wait()
        return await self._gateway.retrieve(session_id)

    async def expire(self, session_id: str) -> CheckoutSession | None:
        """Expire a session as `Payments.expire` does."""
        await self._pace.wait()
        return await self._gateway.expire(session_id)

    async def refund(self, refund_id: str) -> StripeRefund | None:
        """Read a refund as `Payments.retrieve_refund` does."""
        await self._pace.wait()
        return await self._gateway.retrieve_refund(refund_id)

    @property
    def _v1(self) -> "stripe.V1Services":
        return self._gateway.client.v1

    async def _read(self, call: Awaitable[T]) -> T:
        return await self._gateway.read(call)


def _wanted(since: datetime, after: str) -> dict[str, Any]:
    wanted: Mapping[str, Any] = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
    return {**wanted, "starting_after": after} if after else dict(wanted)


def _next(listed: "stripe.ListObject[Any]") -> str:
    return str(listed.data[-1].id) if listed.has_more and listed.data else ""
