"""A Hypothesis state machine over the whole program: it draws who does what, and shrinks a failure.

The simulation throws its own dice for thousands of steps; here Hypothesis chooses each act and each
throw, so what it finds comes back as the shortest list of acts that breaks the law.
"""

import tempfile
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

from hypothesis import strategies
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.simulation.run import ACTS, Run
from tests.simulation.times import loop_to_be_hurried
from tests.simulation.world import open_world

THROWS = strategies.randoms(use_true_random=False)
SECONDS = strategies.sampled_from([1, 30, 600, 7200, 90_000])
SEED = 1


class Shop(RuleBasedStateMachine):
    """A shop, its people and its faults; `engine` is set by whoever runs it."""

    engine: object = None
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        with ExitStack() as opening:
            self._runner = opening.enter_context(loop_to_be_hurried())
            url = self.engine.fresh()
            opening.callback(self.engine.drop, url)
            folder = opening.enter_context(tempfile.TemporaryDirectory())
            self._run = self._runner.run(self._opened(Path(folder), url))
            self._closing = opening.pop_all()

    async def _opened(self, folder: Path, url: str) -> Run:
        self._world = AsyncExitStack()
        return Run(await self._world.enter_async_context(open_world(folder, url, seed=SEED)))

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: int) -> None:
        """Let time pass, and whatever comes due with it be done."""
        self._runner.run(self._passes(seconds))

    @rule()
    def peace(self) -> None:
        """End every fault, let all be done and repeat what happened before."""
        self._runner.run(self._run.make_peace())

    async def _passes(self, seconds: int) -> None:
        await self._run.world.time_passes(seconds)
        await self._run.step(f"{seconds} s pass")

    def teardown(self) -> None:
        """Make peace a last time and close everything."""
        with self._closing:
            try:
                self._runner.run(self._run.make_peace(whole=True))
            finally:
                type(self).steps += self._run.outcome.steps
                self._runner.run(self._world.aclose())


def _rule_of(act):
    def happens(self, dice) -> None:
        self._runner.run(act(self._run, dice))

    happens.__name__, happens.__doc__ = act.__name__, act.__doc__
    return rule(dice=THROWS)(happens)


def machine(engine) -> type[Shop]:
    """Return the machine with every act of the simulation as a rule, on one engine."""
    rules = {act.__name__: _rule_of(act) for act in ACTS}
    return type("AnyShop", (Shop,), {"engine": engine, "steps": 0, **rules})
