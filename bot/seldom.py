"""Warnings that strangers, or an outage, would repeat at will: the first, then one a minute."""

import time
from typing import Final

from bot import logs

log = logs.get(__name__)

SECONDS: Final = 60.0


class Seldom:
    """Log a warning, each kind of it once a minute; the next one says how many were left out."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def __call__(self, event: str, *, why: str, **said: object) -> None:
        """Log a warning; `why` is its kind, one of a few."""
        now = time.monotonic()
        if now - self._last.get(why, float("-inf")) < SECONDS:
            self._left_out[why] = self._left_out.get(why, 0) + 1
            return
        self._last[why] = now
        more = self._left_out.pop(why, 0)
        log.warning(event, why=why, **said, **({"more": more} if more else {}))
