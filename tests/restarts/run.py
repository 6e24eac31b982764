"""PostgreSQL restarted again and again under a shop full of customers."""

import asyncio
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.engines import until_up
from tests.postgres_server import Server
from tests.process import sandbox
from tests.replicas.check import Findings, check
from tests.replicas.customers import Customers
from tests.replicas.fleet import CATALOG, Fleet, fleet
from tests.replicas.proxy import turns

UNITS = 8
REPLICAS = 2
PATIENCE = 60
AWAY = (503, "away")


@dataclass
class Restarts:
    """How often the server went, and how long the bots took to answer again."""

    server: Server
    shop: Fleet
    dice: random.Random
    found: Findings
    ways: dict[str, int] = field(default_factory=dict)
    returns: list[float] = field(default_factory=list)

    async def go_on(self, seconds: float, pauses: tuple[float, float]) -> None:
        """Stop and start the server every so many seconds, for some time."""
        end = time.monotonic() + seconds
        while (pause := self.dice.uniform(*pauses)) < end - time.monotonic():
            await asyncio.sleep(pause)
            await self._once()

    async def _once(self) -> None:
        ways = {
            "fast": self.server.stop,
            "immediate": lambda: self.server.stop(signal.SIGQUIT),
            "kill -9": self.server.kill,
        }
        way = self.dice.choice(list(ways))
        self.ways[way] = self.ways.get(way, 0) + 1
        await asyncio.to_thread(ways[way])
        for bot in self.shop.bots:
            said = await readiness(bot)
            self.found.must(said == AWAY, f"/readyz said {said} while the server was away")
        await asyncio.sleep(self.dice.uniform(0, 2))
        self.server.start()
        await until_up(self.server)
        began = time.monotonic()
        await asyncio.gather(*(bot.until_ready(within=PATIENCE) for bot in self.shop.bots))
        self.returns.append(time.monotonic() - began)


async def readiness(bot) -> tuple[int, str]:
    """What `/readyz` of a bot says: the status and the kind of trouble."""
    async with aiohttp.ClientSession() as http, http.get(f"{bot.url}/readyz") as answer:
        return answer.status, (await answer.json())["database"]


async def restarted(
    folder: Path,
    server: Server,
    url: str,
    *,
    seconds: float,
    rate: float,
    dice: random.Random,
    pauses: tuple[float, float] = (5, 40),
) -> tuple[Findings, Restarts, Customers]:
    """Run the shop with its server restarted for so long; gives what was found."""
    # events refused meanwhile come again by the sandbox's clock, in an hour: the reminder asks
    options = {"replicas": REPLICAS, "reminders": "[0.02]"}
    async with sandbox() as world, fleet(folder, world, url, turns, **options) as shop:
        await shop.start()
        await shop.bots[0].imports(CATALOG)
        restarts = Restarts(server, shop, dice, Findings())
        customers = Customers(world)
        await asyncio.gather(
            restarts.go_on(seconds, pauses), customers.come(rate=rate, seconds=seconds)
        )
        await world.settle(within=PATIENCE, quiet=3)
        codes = await shop.stop()
        found = await check(world, shop.bots[0], url, units=UNITS)
        found.wrong += restarts.found.wrong + customers.failed
        found.must(codes == [0] * REPLICAS, f"return codes {codes}")
        return found, restarts, customers
