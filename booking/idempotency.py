"""Idempotency keys: one for each intent, and what follows when Stripe repeats its own error."""

from collections.abc import Iterator
from typing import Final

NEW_KEYS: Final = 4


def keys_of(key: str, *, run: int) -> Iterator[str]:
    """Yield an intent's key, then others made from it: those of the run before, then new ones.

    Stripe keeps its answer to a key, errors of its own too: the next key is for when it repeats
    one and was found to have made nothing (docs.stripe.com/api/idempotent_requests). Each run adds
    some, so that an outage uses none up for good; a call of the run before whose answer was lost
    may still be under way, and under its own key it is not made twice.
    """
    yield key
    first = NEW_KEYS * max(run - 2, 0) + 2
    yield from (f"{key}:{number}" for number in range(first, NEW_KEYS * run + 2))
