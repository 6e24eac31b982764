"""What Stripe has, read page by page and at an even pace: the other side of a comparison."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from booking.ports import CheckoutSession, Shop, StripeRefund

T = TypeVar("T")
Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, the newest first, and where the next page begins; "" after the last."""

    entries: Sequence[T]
    after: str = ""


class AtStripe(Protocol):
    """Stripe for whoever compares with it: slow on purpose, so that customers never wait for it.

    Every method may raise `booking.errors.Unavailable`. Lists reach from `since` to the present.
    """

    async def sessions(self, since: datetime, after: str) -> Page[CheckoutSession]:
        """List Checkout sessions with payment, charge and fee by the time they were made."""
        ...

    async def refunds(self, since: datetime, after: str) -> Page[StripeRefund]:
        """List refunds, with the metadata of their payments, by the time they were made."""
        ...

    async def missed_events(self, types: Sequence[str], since: datetime, after: str) -> Page[Event]:
        """List events of some types that an endpoint has not accepted."""
        ...

    async def session(self, session_id: str) -> CheckoutSession | None:
        """Read a session as `Payments.retrieve` does."""
        ...

    async def expire(self, session_id: str) -> CheckoutSession | None:
        """Expire a session as `Payments.expire` does."""
        ...

    async def refund(self, refund_id: str) -> StripeRefund | None:
        """Read a refund as `Payments.retrieve_refund` does."""
        ...


async def pages(read: Callable[[str], Awaitable[Page[T]]]) -> AsyncIterator[Sequence[T]]:
    """Yield page after page of a list; `read` gives the page after an id."""
    after = ""
    while True:
        page = await read(after)
        yield page.entries
        if not page.after:
            return
        after = page.after


def is_ours(metadata: Mapping[str, str], shop: Shop) -> bool:
    """Tell whether something at Stripe carries this installation's metadata."""
    return metadata.get("app") == "booking-bot" and metadata.get("shop") == shop.id
