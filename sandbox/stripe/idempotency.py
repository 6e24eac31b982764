"""Answers kept under idempotency keys for 24 hours."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.stripe.wire import StripeError

_KEPT = 24 * 3600
_LONGEST = 255


@dataclass
class Kept:
    """An answer, or None while the first request is still under way."""

    fingerprint: str
    since: float
    request_id: str
    answer: tuple[int, bytes] | None = None


class Keys:
    """The idempotency keys of one account."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: dict[str, Kept] = {}

    def begin(self, key: str, fingerprint: str, request_id: str) -> Kept | None:
        """Reserve a key, or return what is to be replayed; refuse misuse."""
        if len(key) > _LONGEST:
            message = f"Idempotency keys can be at most {_LONGEST} characters long."
            raise StripeError(message, kind="idempotency_error")
        kept = self._kept.get(key)
        if kept is None or self._clock() - kept.since > _KEPT:
            self._kept[key] = Kept(fingerprint, self._clock(), request_id)
            return None
        if kept.fingerprint != fingerprint:
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were "
                f"first used with. Try using a key other than '{key}' if you meant to execute a "
                "different request."
            )
            raise StripeError(message, kind="idempotency_error")
        if kept.answer is None:
            message = (
                "There is currently another in-progress request using this Stripe idempotent key "
                "(that probably means you submitted twice, and the other request is still going "
                f"through): {key}. Please try again later."
            )
            raise StripeError(message, code="idempotency_key_in_use", status=409)
        return kept

    def keep(self, key: str, status: int, body: bytes) -> None:
        """Keep the answer of the request that reserved the key."""
        self._kept[key].answer = (status, body)

    def release(self, key: str) -> None:
        """Forget the reservation: nothing was begun, the key may be used again."""
        self._kept.pop(key, None)
