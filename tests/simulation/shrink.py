"""Make a failing script short: first its end alone, then without whatever it does not need."""

import time

from tests.simulation.run import simulate

ENDS = (10, 20, 40, 80, 160, 320, 640, 1280)
ENDLESS = 10**9


class Shrinker:
    """Find the shortest script that breaks the same law, in so many seconds."""

    def __init__(self, engine, *, seed: int, bug=None, seconds: float = 60):
        self.engine, self.seed, self.bug = engine, seed, bug
        self.end = time.monotonic() + seconds
        self.law, self.best = "", None

    async def shrink(self, outcome):
        """Return the outcome of the shortest failing script that was found."""
        self.law, self.best = outcome.violation.law, outcome
        for length in ENDS:
            if length >= len(outcome.script) or await self._fails(outcome.script[-length:]):
                break
        await self._leave_out()
        return self.best

    async def _fails(self, script) -> bool:
        if time.monotonic() > self.end:
            return False
        outcome = await simulate(
            self.engine, seed=self.seed, steps=ENDLESS, actions=script, bug=self.bug
        )
        same = outcome.violation is not None and outcome.violation.law == self.law
        if same and len(outcome.script) <= len(self.best.script):
            self.best = outcome
        return same

    async def _leave_out(self) -> None:
        """Leave out halves, quarters, eighths … as long as the rest still fails."""
        size = max(1, len(self.best.script) // 2)
        while time.monotonic() < self.end:
            script, at, shorter = self.best.script, 0, False
            while at < len(script) and time.monotonic() < self.end:
                rest = script[:at] + script[at + size :]
                if rest and await self._fails(rest):
                    script, shorter = self.best.script, True
                else:
                    at += size
            if size == 1 and not shorter:
                return
            size = max(1, size // 2) if not shorter or size > 1 else 1
