"""Replicas of one shop: processes of `booking-bot run` on one PostgreSQL, with one privacy key."""

import asyncio
import base64
import random
import time
from contextlib import asynccontextmanager
from pathlib import Path

from sandbox.world import World
from tests.process import WEBHOOK_SECRET, Bot, free_port

CATALOG = (Path(__file__).parent / "shop.toml").read_text()
PRIVACY_KEY = base64.b64encode(bytes(range(32))).decode()


class Fleet:
    """The replicas, and who kills them."""

    def __init__(self, bots: list[Bot], address: str):
        self.bots, self.address, self.kills = bots, address, 0
        self.starts: list[float] = []

    async def start(self) -> None:
        """Start all at once: one migrates, the others wait."""
        await asyncio.gather(*(bot.start() for bot in self.bots))

    async def stop(self) -> list[int]:
        """SIGTERM to all; gives their return codes."""
        return list(await asyncio.gather(*(bot.stop() for bot in self.bots)))

    async def kill_one(self, bot: Bot) -> None:
        """kill -9, and start again as systemd does."""
        await bot.kill()
        self.kills += 1
        began = time.monotonic()
        await bot.start()
        self.starts.append(time.monotonic() - began)

    async def restart_each(self) -> None:
        """A rolling restart: one after the other."""
        for bot in self.bots:
            assert await bot.stop() == 0
            await bot.start()

    async def keep_killing(self, every: float, seconds: float, dice: random.Random) -> None:
        """Kill one of them every few seconds, for some time; all run again at the end."""
        end = time.monotonic() + seconds
        while time.monotonic() + every < end:
            await asyncio.sleep(every)
            await self.kill_one(dice.choice(self.bots))

    def errors(self) -> list[str]:
        """Lines of their logs that tell of an error nobody made."""
        return [line for bot in self.bots for line in bot.errors()]


@asynccontextmanager
async def fleet(folder: Path, world: World, url: str, proxy, *, replicas: int, **options):
    """Make replicas behind a proxy, not yet running; `proxy` is given their ports."""
    ports = [free_port() for _ in range(replicas)]
    async with proxy(ports) as address:
        bots = []
        for number, port in enumerate(ports):
            home = folder / f"replica-{number}"
            home.mkdir()
            (home / "privacy.key").write_text(PRIVACY_KEY + "\n")
            bot = Bot(home, world, url, public_url=address, port=port, **options)
            bots.append(bot)
        world.stripe.add_endpoint(f"{address}/webhooks/stripe", WEBHOOK_SECRET)
        made = Fleet(bots, address)
        try:
            yield made
        finally:
            await asyncio.gather(*(bot.kill() for bot in bots))
