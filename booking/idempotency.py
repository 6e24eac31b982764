"""Idempotency keys: one for each intent, and what follows when Stripe repeats its own error."""

from collections.abc import Iterator
from typing import Final

NEW_KEYS: Final = 4


def keys_of(key: str, *, run: int) -> Iterator[str]:
    """Yield an intent's key, then others made from it, which only this run of its work uses.

    Stripe keeps its answer to a key, errors of its own too: the next key is for when it repeats
    one and was found to have made nothing (docs.stripe.com/api/idempotent_requests). Each run has
    its own, so that an outage uses none up for good.
    """
    yield key
    first = NEW_KEYS * (run - 1) + 2
    yield from (f"{key}:{number}" for number in range(first, first + NEW_KEYS))
