"""Customers who come at a steady rate, book, pay and wait for their receipt."""

import asyncio
import itertools
import re
import time

from sandbox.world import World
from tests.crowd import DAY, newest_buttons, says, shown, tap, tap_or_phone, until

PATIENCE = 90
CARD = "4242424242424242"
REFERENCE = re.compile(r"BK-[0-9A-Z]{6}")
FIRST = 1000
TIME = re.compile(r"^\d\d:\d\d")
CHOSEN = {"Share my number", "Confirm"}


def documents(world: World, user: int) -> int:
    """Count the calendar files in a chat: one is part of each receipt."""
    return sum(1 for message in shown(world, user) if message.content.get("document"))


class Customers:
    """All of them, and how long they waited."""

    patience = PATIENCE

    def __init__(self, world: World):
        self.world = world
        self.waited: list[float] = []
        self.taken = 0
        self.failed: list[str] = []
        self._numbers = itertools.count(FIRST)

    async def come(self, *, rate: float, seconds: float) -> None:
        """Let customers come for some time; return when the last has what they came for."""
        end = time.monotonic() + seconds
        await self.come_while(lambda: time.monotonic() < end, rate=rate)

    async def come_while(self, open_for_them, *, rate: float) -> None:
        """Let customers come as long as `open_for_them()`; return when the last has had enough."""
        async with asyncio.TaskGroup() as all_of_them:
            while open_for_them():
                all_of_them.create_task(self._visit(next(self._numbers)))
                await asyncio.sleep(1 / rate)

    async def _visit(self, user: int) -> None:
        try:
            await self._does(user)
        except TimeoutError as error:
            self.failed.append(f"{user}: {error}")

    async def _does(self, user: int) -> None:
        """Do what this customer came for."""
        if session := await self._reserves(user):
            await self._pays(user, session)

    async def _chooses(self, user: int) -> None:
        # what a killed replica had begun is done by another when its lease is over
        world, patience = self.world, self.patience
        await world.telegram.start(user, "svc_cut")
        await tap(world, user, DAY, within=patience)

        def asked() -> list[str]:
            shown = newest_buttons(world, user)
            return [one for one in shown if TIME.match(one) or one in CHOSEN]

        found = await until(asked, within=patience, what=f"the times for {user}")
        if TIME.match(found[0]):  # a day's last time is chosen with its day
            await tap(world, user, TIME.pattern, within=patience)
        await tap_or_phone(world, user, within=patience)

    async def _reserves(self, user: int) -> str:
        """Come as far as the payment link; gives its session, "" when the time was taken."""
        world = self.world
        await self._chooses(user)
        await tap(world, user, "^Confirm", within=self.patience)
        await until(
            lambda: "I have paid" in newest_buttons(world, user) or says(world, user, "taken"),
            within=self.patience,
            what=f"a payment link or a refusal for {user}:\n{world.telegram.transcript(user)}",
        )
        if "I have paid" not in newest_buttons(world, user):
            self.taken += 1
            return ""
        reference = REFERENCE.findall(world.telegram.transcript(user))[-1]
        return next(
            one["id"]
            for one in reversed(world.stripe.store.sessions.values())
            if one["client_reference_id"] == reference
        )

    async def _pays(self, user: int, session: str) -> None:
        world, paid_at = self.world, time.monotonic()
        await world.stripe.pay(session, CARD)
        await until(
            lambda: documents(world, user),
            within=self.patience,
            what=f"the receipt of {user}:\n{world.telegram.transcript(user)}",
        )
        self.waited.append(time.monotonic() - paid_at)
