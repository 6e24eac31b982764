"""Signed links: nobody guesses the address of another's booking."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

_LENGTH: Final = 16


class Tokens:
    """Signs references for one purpose each, with a key derived from `privacy.key`.

    What was signed with one of the `old` keys is still good: links lie in chats and at Stripe.
    """

    def __init__(self, key: bytes, old: Iterable[bytes] = ()) -> None:
        self._keys = [
            hmac.digest(each, b"booking-bot links v1", hashlib.sha256) for each in (key, *old)
        ]

    def sign(self, purpose: str, reference: str) -> str:
        """Return a token, safe in an address, that names a booking for one purpose."""
        return f"{reference}.{_seal(self._keys[0], purpose, reference)}"

    def read(self, purpose: str, token: str) -> str | None:
        """Return the reference a token names; None when it is forged or for another purpose."""
        reference, _, seal = token.partition(".")
        given = seal.encode()
        seals = [_seal(key, purpose, reference).encode() for key in self._keys]
        return reference if any(hmac.compare_digest(given, each) for each in seals) else None


def _seal(key: bytes, purpose: str, reference: str) -> str:
    said = f"{purpose}\n{reference}".encode()
    digest = hmac.digest(key, said, hashlib.sha256)[:_LENGTH]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
