"""Secret keys of the account: which are good, rolled as in the Dashboard."""

import hmac

from sandbox.stripe.store import Store
from sandbox.stripe.wire import StripeError


def roll(store: Store, *, overlap: float = 0) -> str:
    """Return a new key; all others end in ``overlap`` seconds of the clock."""
    end = store.clock() + overlap
    for key, ends in store.keys.items():
        store.keys[key] = end if ends is None else min(ends, end)
    fresh = store.ids.new("sk_test_", 32)
    store.keys[fresh] = None
    return fresh


def current(store: Store) -> str:
    """Return the key that does not end."""
    return next(key for key, ends in store.keys.items() if ends is None)


def admit(store: Store, key: str) -> None:
    """Let a request with this key pass, or raise Stripe's 401."""
    shown = f"{key[:8]}{'*' * 12}{key[-4:]}"
    for known, ends in store.keys.items():
        if not hmac.compare_digest(key.encode(), known.encode()):
            continue
        if ends is None or store.clock() < ends:
            return
        expired = f"Expired API Key provided: {shown}"
        raise StripeError(expired, code="api_key_expired", status=401)
    raise StripeError(f"Invalid API Key provided: {shown}", status=401)
