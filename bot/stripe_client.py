"""stripe's own client, and its errors in the domain's words."""

from collections.abc import Awaitable
from typing import Final, TypeVar

import stripe

from booking.errors import Unavailable
from booking.ports import STORED_ERROR, PaymentRejected
from bot import logs
from bot.stripe_http import WholeBodyClient

T = TypeVar("T")

log = logs.get(__name__)

RETRIES: Final = 2


async def translated(call: Awaitable[T]) -> T:
    """Await a call to Stripe; raise PaymentRejected or Unavailable, without bodies or names."""
    try:
        return await _said(call)
    except Unavailable as away:
        if away.refuses_key:
            log.warning(str(away))  # waiting does not help: somebody must be told
        raise


def client_of(key: str, api_url: str, http: WholeBodyClient) -> stripe.StripeClient:
    """Return stripe's client for a key, which says nothing about us to Stripe."""
    stripe.enable_telemetry = False
    return stripe.StripeClient(
        key,
        base_addresses={"api": api_url},
        max_network_retries=RETRIES,
        http_client=http,
    )


async def _said(call: Awaitable[T]) -> T:
    try:
        return await call
    except stripe.AuthenticationError as error:
        said = "stripe.secret_key: Stripe answered and refused it"
        raise Unavailable(said, refuses_key=True) from error
    except (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError) as error:
        param = str(getattr(error, "param", None) or "")
        message = str(error.user_message or "")
        raise PaymentRejected(str(error.code or "invalid_request"), param, message) from None
    except stripe.StripeError as error:
        if (error.headers or {}).get("Idempotent-Replayed") == "true":
            raise PaymentRejected(STORED_ERROR, "", "Stripe repeats an error") from None
        said = f"Stripe: {type(error).__name__} {error.http_status or ''}"
        raise Unavailable(said, retry_after=_wished(error)) from None


def _wished(error: stripe.StripeError) -> float | None:
    """Return how many seconds Stripe asks us to wait, when it does."""
    wish = str((error.headers or {}).get("Retry-After", ""))
    return float(wish) if wish.isdecimal() else None
