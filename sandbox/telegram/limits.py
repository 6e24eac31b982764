"""Flood limits as Telegram publishes them: bursts allowed, the average not exceeded."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.telegram.errors import too_many_requests

OVERALL = (30.0, 30.0)
PRIVATE = (1.0, 5.0)
GROUP = (20 / 60, 20.0)


@dataclass
class _Bucket:
    rate: float
    size: float
    level: float
    filled_at: float

    def wait(self, now: float) -> float:
        """Give the seconds until one more fits; 0 when it fits now."""
        self.level = min(self.size, self.level + (now - self.filled_at) * self.rate)
        self.filled_at = now
        return 0.0 if self.level >= 1 else (1 - self.level) / self.rate


@dataclass
class Limits:
    """Refuse messages that come too fast: 1/s a chat, 20/min a group, 30/s overall."""

    clock: Callable[[], float]
    on: bool = False
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def pass_one(self, chat_id: str) -> None:
        """Count one message to a chat, or raise the 429."""
        if not self.on:
            return
        now = self.clock()
        rate, size = GROUP if chat_id.startswith("-") else PRIVATE
        buckets = [self._bucket("", *OVERALL, now), self._bucket(chat_id, rate, size, now)]
        wait = max(bucket.wait(now) for bucket in buckets)
        if wait > 0:
            raise too_many_requests(math.ceil(wait))
        for bucket in buckets:
            bucket.level -= 1

    def _bucket(self, key: str, rate: float, size: float, now: float) -> _Bucket:
        return self._buckets.setdefault(key, _Bucket(rate, size, size, now))
