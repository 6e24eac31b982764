"""The one clock of the pretend world."""

import time

FURTHEST_SECONDS = 10 * 365 * 24 * 3600.0


class SandboxClock:
    """Give real time, moved forward by what was added; calling it gives epoch seconds."""

    def __init__(self, start: float | None = None) -> None:
        self._ahead = 0.0 if start is None else start - time.time()

    def now(self) -> float:
        """Give the time in epoch seconds."""
        return time.time() + self._ahead

    def __call__(self) -> float:
        """Give the time in epoch seconds."""
        return self.now()

    @property
    def ahead(self) -> float:
        """Tell by how many seconds the clock was moved."""
        return self._ahead

    def advance(self, seconds: float) -> float:
        """Move the clock forward; gives the new time."""
        if not seconds >= 0:
            raise ValueError("the clock only moves forward")
        if self._ahead + seconds > FURTHEST_SECONDS:
            raise ValueError("the clock can be at most ten years ahead")
        self._ahead += seconds
        return self.now()
