"""Idempotency keys: one for each intent, and what follows when Stripe repeats its own error."""

from collections.abc import Iterator
from typing import Final

MOST_KEYS: Final = 5


def keys_after(key: str) -> Iterator[str]:
    """Yield an intent's key, then others made from it, the same ones each time.

    Stripe keeps its answer to a key, errors of its own too: the next key is for when it repeats
    one and was found to have made nothing (docs.stripe.com/api/idempotent_requests).
    """
    yield key
    yield from (f"{key}:{number}" for number in range(2, MOST_KEYS + 1))
