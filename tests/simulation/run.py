"""One run: actions drawn from a seed, or given, each followed by whatever is due and the laws."""

import json
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation import admins, buyers, customers, hands, weather
from tests.simulation.laws import Laws
from tests.simulation.peace import Peace
from tests.simulation.world import Violation, dice, open_world

ACTS = customers.ACTS | buyers.ACTS | admins.ACTS | weather.ACTS
"""What may happen, and how often: whoever can do more is put in here."""
NAMED = {one.__name__: one for one in ACTS}
CREEP = (0.0, 0.0, 0.2, 1.0, 3.0)
PEACE_EVERY, WHOLE_EVERY, FORGET_EVERY = 60, 500, 200
REPLAYED = 3


@dataclass
class Outcome:
    """What came of a run."""

    steps: int = 0
    script: list = field(default_factory=list)
    """Every action: its name and the number its dice were thrown with."""
    story: list = field(default_factory=list)
    violation: Violation | None = None


class Run:
    """Do action after action until so many steps are done or a law is broken."""

    def __init__(self, world, progress=None):
        self.world, self.outcome, self.progress = world, Outcome(), progress
        self.laws, self.peace = Laws(world), Peace(world)

    def say(self, words: str) -> None:
        """Add a line to the story."""
        at = self.world.clock.now()
        self.outcome.story.append(f"{self.outcome.steps:6} {at:.1f} {words}")

    async def step(self, words: str, *, count: int = 1) -> None:
        """End a step: whatever is due is done, then every law of the instant is checked."""
        self.outcome.steps += count
        self.say(words)
        await self.world.settle()
        await self.laws.now(self.world.diary.read())

    async def repeats(self, words: str, chat: int, touch) -> None:
        """Tap once more what was just tapped: nothing may change by it, once it has its effect."""
        if await self.world.books.is_tried_again():
            return
        before = await self.world.books.money()
        hands.press(self.world, chat, touch)
        await self.step(words)
        self._unchanged(before, await self.world.books.money(), words)

    def _unchanged(self, before, after, words: str) -> None:
        for table, rows in before.items():
            if rows != after[table]:
                changed = [one for one in after[table] if one not in rows]
                gone = [one for one in rows if one not in after[table]]
                raise Violation("5 again", f"{words}: {table} was {gone}, is {changed}")

    async def make_peace(self, *, whole: bool = False) -> None:
        """Let everything be done, check the laws of peace, and repeat what happened before."""
        self.say("peace")
        await self.world.calm()
        picture = await self.laws.now(self.world.diary.read(), whole=whole)
        await self.peace.now(picture)
        before = await self.world.books.money()
        again = dice(self.outcome.steps)
        events, updates = self.world.diary.events[-200:], self.world.diary.updates[-200:]
        words = []
        for event in again.sample(events, min(REPLAYED, len(events))):
            self.world.stripe.webhooks.resend(event)
            words.append(f"{event['type']} {event['data']['object']['id']}")
        for update in again.sample(updates, min(REPLAYED, len(updates))):
            await self.world.update(update)
            words.append(f"update {update['update_id']}")
        await self.world.settle()
        self._unchanged(before, await self.world.books.money(), f"again: {', '.join(words)}")
        await self.laws.now(self.world.diary.read())

    async def go(self, actions, steps: int) -> Outcome:
        """Do the actions."""
        peace_at, forget_at, whole_at = PEACE_EVERY, FORGET_EVERY, WHOLE_EVERY
        try:
            for name, number in actions:
                if self.outcome.steps >= steps:
                    break
                self.outcome.script.append((name, number))
                throw = dice(number)
                await NAMED[name](self, throw)
                await self.world.time_passes(throw.choice(CREEP))
                done = self.outcome.steps
                if done >= peace_at:
                    await self.make_peace(whole=done >= whole_at)
                    if done >= whole_at and self.progress:
                        self.progress(done)
                    peace_at = done + PEACE_EVERY
                    whole_at = done + WHOLE_EVERY if done >= whole_at else whole_at
                if done >= forget_at:
                    self.world.diary.forget()
                    forget_at = done + FORGET_EVERY
            await self.make_peace(whole=True)
        except Violation as violation:
            self.outcome.violation = violation
            self.say(f"VIOLATION {violation}")
        return self.outcome


def drawn(seed: int):
    """Draw actions for ever."""
    throw = dice(seed)
    names, weights = [one.__name__ for one in ACTS], list(ACTS.values())
    while True:
        yield throw.choices(names, weights)[0], throw.getrandbits(32)


async def simulate(
    engine, *, seed: int, steps: int, actions=None, bug=None, progress=None
) -> Outcome:
    """Run the simulation once on a fresh database."""
    url = engine.fresh()
    try:
        with tempfile.TemporaryDirectory() as folder, bug() if bug else nullcontext():
            async with open_world(Path(folder), url, seed=seed) as world:
                script = actions if actions is not None else drawn(seed)
                return await Run(world, progress).go(script, steps)
    finally:
        engine.drop(url)


def written(script) -> str:
    """Write a script, one action a line."""
    return "\n".join(json.dumps(one) for one in script)
