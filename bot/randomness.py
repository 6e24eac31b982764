"""The source of randomness in production."""

import secrets
from typing import Final

CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class SystemRandomness:
    """Draw from the operating system."""

    def reference(self) -> str:
        """Return a fresh booking reference: BK- and 6 characters of Crockford base 32."""
        return "BK-" + "".join(secrets.choice(CROCKFORD) for _ in range(6))

    def key(self) -> str:
        """Return a fresh idempotency key: 32 hexadecimal characters."""
        return secrets.token_hex(16)
