"""People who book and pay, who change their mind, and who only look; each of them comes once."""

import asyncio
import random
import re

from sandbox.world import World
from tests.crowd import newest_buttons, says, shown, tap, tap_or_phone, until
from tests.replicas.customers import REFERENCE, Customers

DAYS = r"^[A-Z][a-z]{2} \d+ [A-Z]"
TIMES = r"^\d\d:\d\d"
ADMIN, STAFF = 9, -1001
"""Who gives money back, and the group that has the cards: they are more than one chat may have."""
MOST_INSIDE = 100
"""More than that come to a bot that cannot keep up: they turn round at the door."""


class People(Customers):
    """All of them, and what they came for."""

    patience = 300
    """On a busy machine a bot that is killed all the time does little in between."""

    def __init__(self, world: World, dice: random.Random):
        super().__init__(world)
        self._dice = dice
        self.returned = self.left = self.looked = self.turned_away = 0
        self._inside = 0
        self._desk = asyncio.Lock()

    async def _visit(self, user: int) -> None:
        if self._inside >= MOST_INSIDE:
            self.turned_away += 1
            return
        self._inside += 1
        try:
            await super()._visit(user)
        finally:
            self._inside -= 1

    async def _does(self, user: int) -> None:
        # in a shop, too, most only look
        lives = {
            self._buys: 5,
            self._is_refunded: 1,
            self._gives_back: 3,
            self._leaves: 2,
            self._looks: 8,
        }
        [life] = self._dice.choices([*lives], [*lives.values()])
        await life(user)

    async def _buys(self, user: int) -> None:
        if session := await self._reserves(user):
            await self._pays(user, session)

    async def _gives_back(self, user: int) -> None:
        if session := await self._reserves(user):
            await self._pays(user, session)
            for label in ("^Cancel booking", "^Yes"):
                await tap(self.world, user, label, within=self.patience)
            await self._reads(user, "issued a refund of")
            self.returned += 1

    async def _is_refunded(self, user: int) -> None:
        """Have the shop give a part back: an admin writes in a chat where the like goes on."""
        if session := await self._reserves(user):
            await self._pays(user, session)
            reference = REFERENCE.findall(self.world.telegram.transcript(user))[-1]
            async with self._desk:
                await self.world.telegram.say(ADMIN, f"/refund {reference} 1")
                await self._chosen_by_admin(reference)
            await self._reads(user, "issued a refund of")

    async def _chosen_by_admin(self, reference: str) -> None:
        def asked() -> bool:
            newest = [one for one in shown(self.world, ADMIN) if one.markup][-1:]
            texts = [one.text.plain for one in newest if "Yes" in str(one.markup)]
            return any(reference in text for text in texts)

        await self._until(ADMIN, asked, f"whether to refund {reference}")
        await self.world.telegram.tap(ADMIN, "^Yes")

    async def _leaves(self, user: int) -> None:
        if await self._reserves(user):
            await tap(self.world, user, "^Cancel booking", within=self.patience)
            await self._reads(user, "was cancelled")
            self.left += 1

    async def _looks(self, user: int) -> None:
        await self.world.telegram.start(user)
        for pattern in ("^Book", "^Cut", DAYS, TIMES):
            await self._chosen(user, pattern)
        await self._reads(user, "How can we reach you")
        await self._chosen(user, "^Back")
        for command, answer in (("/help", "These commands"), ("/bookings", "no bookings yet")):
            await self.world.telegram.say(user, command)
            await self._reads(user, answer)
        self.looked += 1

    async def _chooses(self, user: int) -> None:
        await self.world.telegram.start(user, "svc_cut")
        for pattern in (DAYS, TIMES):
            await self._chosen(user, pattern)
        await tap_or_phone(self.world, user, within=self.patience)

    async def _chosen(self, user: int, pattern: str) -> None:
        """Tap any of the buttons that fit, as soon as there is one."""
        world = self.world

        def fitting() -> list[str]:
            return [text for text in newest_buttons(world, user) if re.search(pattern, text)]

        labels = await self._until(user, fitting, f"[{pattern}]")
        await world.telegram.tap(user, f"^{re.escape(self._dice.choice(labels))}$")
        await asyncio.sleep(self._dice.uniform(0.1, 0.5))

    async def _reads(self, user: int, text: str) -> None:
        await self._until(user, lambda: says(self.world, user, text), text)

    async def _until(self, user: int, look, wanted: str):
        try:
            return await until(look, within=self.patience)
        except TimeoutError:
            story = self.world.telegram.transcript(user)
            raise TimeoutError(f"{user} never saw {wanted}:\n{story}") from None
