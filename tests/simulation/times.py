"""Time in the simulation: it stands still until somebody moves it, and nobody waits for it."""

import asyncio
from datetime import UTC, datetime

from sandbox.clock import SandboxClock

START = datetime(2026, 12, 1, 5, 0, 0, tzinfo=UTC).timestamp()


class StoppedClock(SandboxClock):
    """The clock of everybody: it moves when told to, and not with the hours of this machine."""

    def __init__(self, start: float = START):
        super().__init__(start)
        self._now = start

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> float:
        self._now += seconds
        return self._now


class BotTime:
    """The bot's clock, which is the sandbox's."""

    def __init__(self, clock: SandboxClock):
        self._clock = clock

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now(), UTC)


class HurriedLoop(asyncio.SelectorEventLoop):
    """An event loop whose timers can be made due: timeouts cost no time."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead

    def hurry(self, seconds: float) -> None:
        """Let as much time pass for timers."""
        self.ahead += seconds


def loop_to_be_hurried() -> asyncio.Runner:
    """Return what runs coroutines in a loop that can be hurried."""
    return asyncio.Runner(loop_factory=HurriedLoop)


def run(work):
    """Run a coroutine to its end in such a loop."""
    with loop_to_be_hurried() as runner:
        return runner.run(work)
