"""Encryption of what is personal, and keyed hashes to find it again.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. A sealed value begins with its format
and the first bytes of its key's hash, so values of older keys stay readable.
"""

import hashlib
import hmac
import os
import unicodedata
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT: Final = b"\x01"
KEY_LENGTH: Final = 32
_ID, _NONCE = 4, 12
_HEAD = len(FORMAT) + _ID


class Tampered(Exception):
    """A sealed value was changed, or was sealed with a key that is not in the keyring."""


class Keyring:
    """The key that seals, and the older ones that still open."""

    def __init__(self, key: bytes, old: Sequence[bytes] = ()) -> None:
        keys = (key, *old)
        if any(len(each) != KEY_LENGTH for each in keys):
            raise ValueError(f"a privacy key is {KEY_LENGTH} bytes long")
        self._head = FORMAT + _key_id(key)
        self._ciphers = {FORMAT + _key_id(each): AESGCM(each) for each in keys}
        self._cipher = self._ciphers[self._head]
        self._search_keys = [hmac.digest(each, b"search", "sha256") for each in keys]

    def seal(self, plain: bytes) -> bytes:
        """Encrypt bytes; twice the same bytes give two different results."""
        nonce = os.urandom(_NONCE)
        return self._head + nonce + self._cipher.encrypt(nonce, plain, self._head)

    def unseal(self, sealed: bytes) -> bytes:
        """Decrypt what `seal` made; raise Tampered when it is not exactly that."""
        head = bytes(sealed[:_HEAD])
        cipher = self._ciphers.get(head)
        if cipher is None:
            raise Tampered("sealed with an unknown key")
        try:
            return cipher.decrypt(sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE :], head)
        except (InvalidTag, ValueError) as wrong:
            raise Tampered("the sealed value was changed") from wrong

    def digests(self, word: str) -> list[str]:
        """Return a word's search hashes, the present key's first: 32 hexadecimal characters."""
        folded = fold(word).encode()
        return [hmac.digest(key, folded, "sha256").hex()[:32] for key in self._search_keys]


def fold(word: str) -> str:
    """Bring a word to the form in which equal words look equal."""
    return unicodedata.normalize("NFKC", word).casefold().strip()


class _InUse:
    keyring: Keyring | None = None


def use(keyring: Keyring | None) -> None:
    """Set the keyring of this process."""
    _InUse.keyring = keyring


def in_use() -> Keyring:
    """Return the keyring of this process."""
    if _InUse.keyring is None:
        raise RuntimeError("no keyring in use: call db.connection.connect first")
    return _InUse.keyring


def seal(plain: bytes) -> bytes:
    """Encrypt bytes with this process's keyring."""
    return in_use().seal(plain)


def unseal(sealed: bytes) -> bytes:
    """Decrypt bytes with this process's keyring; raise Tampered when they were changed."""
    return in_use().unseal(sealed)


def digest(word: str) -> str:
    """Return the hash under which a word is stored for searching."""
    return in_use().digests(word)[0]


def digests(word: str) -> list[str]:
    """Return every hash a word may have been stored under: one a key."""
    return in_use().digests(word)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"booking-bot key id" + key).digest()[:_ID]
