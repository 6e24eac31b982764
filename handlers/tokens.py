"""Signed links: nobody guesses the address of another's booking."""

import base64
import hashlib
import hmac
from typing import Final

_LENGTH: Final = 16


class Tokens:
    """Signs references for one purpose each, with a key derived from `privacy.key`."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"booking-bot links v1", hashlib.sha256)

    def sign(self, purpose: str, reference: str) -> str:
        """Return a token, safe in an address, that names a booking for one purpose."""
        return f"{reference}.{self._seal(purpose, reference)}"

    def read(self, purpose: str, token: str) -> str | None:
        """Return the reference a token names; None when it is forged or for another purpose."""
        reference, _, seal = token.partition(".")
        expected = self._seal(purpose, reference)
        return reference if hmac.compare_digest(seal.encode(), expected.encode()) else None

    def _seal(self, purpose: str, reference: str) -> str:
        said = f"{purpose}\n{reference}".encode()
        digest = hmac.digest(self._key, said, hashlib.sha256)[:_LENGTH]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
