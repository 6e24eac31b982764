"""The whole product in this process, beside the sandbox, over real HTTP, with one clock for all."""

import asyncio
import random
import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from booking.catalog_file import parse_catalog
from booking.catalog_import import import_catalog
from bot.app import build
from bot.config import read
from bot.randomness import CROCKFORD
from sandbox.stripe import Fault
from tests.crowd import newest_buttons, says, tap
from tests.process import Bot, export_rows, sandbox

START = datetime(2026, 12, 1, 8, 0, 5, tzinfo=UTC).timestamp()
CATALOG = (Path(__file__).parent / "catalog.toml").read_text()


EVERY = {"sqlite": 9, "postgres": 24}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """CI kills at some points only; on PostgreSQL a killed process is missed after some seconds."""
    for engine, every in EVERY.items():
        kills = [one for one in items if "loses_nothing[" in one.nodeid and engine in one.nodeid]
        for number, item in enumerate(kills):
            if number % every:
                item.add_marker(pytest.mark.slow)


class SandboxTime:
    """The bot's clock, which is the sandbox's."""

    def __init__(self, clock):
        self._clock = clock

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now(), UTC)


class Dice:
    """Randomness that repeats."""

    def __init__(self, seed: int = 1):
        self._random = random.Random(seed)

    def reference(self) -> str:
        return "BK-" + "".join(self._random.choice(CROCKFORD) for _ in range(6))

    def key(self) -> str:
        return f"{self._random.getrandbits(128):032x}"


class Shop:
    """A running product with its sandbox: what a test can do and see from outside."""

    def __init__(self, world, bot: Bot, app):
        self.world, self.bot, self.app = world, bot, app
        self.telegram, self.stripe = world.telegram, world.stripe

    async def settle(self) -> None:
        """Wait until nobody has anything left to do at this instant."""
        for _ in range(3):
            await self.telegram.settle()
            await self.app.settle()
            await self.stripe.settle()

    async def says(self, user, text: str) -> None:
        await self.telegram.say(user, text)
        await self.settle()

    async def taps(self, user, label: str) -> None:
        await tap(self.world, user, label)
        await self.settle()

    async def walks(self, user, *steps: str) -> None:
        """Tap label after label."""
        for label in steps:
            await self.taps(user, label)

    async def shares_phone(self, user) -> None:
        await self.telegram.share_contact(user)
        await self.settle()

    async def pays(self, session_id: str, card: str = "4242424242424242"):
        outcome = await self.stripe.pay(session_id, card)
        await self.settle()
        return outcome

    async def time_passes(self, seconds: float) -> None:
        await self.world.advance(seconds)
        self.app.wake()
        await self.settle()

    def reads(self, user, text: str) -> bool:
        return bool(says(self.world, user, text))

    def buttons(self, user) -> list[str]:
        return newest_buttons(self.world, user)

    def fails(self, match: str, kind: str = "500", times: int = 1_000_000) -> None:
        """Let calls of Stripe, or its webhooks ("WEBHOOK …"), go wrong from now on."""
        self.stripe.faults.append(Fault(match, kind, times))

    def recovers(self) -> None:
        """End every fault of Stripe."""
        self.stripe.faults.clear()

    def tampers(self, session_id: str, **fields) -> None:
        """Change a session behind everybody's back."""
        self.stripe.store.sessions[session_id].update(fields)

    async def imports(self, catalog: str) -> None:
        """Sell what a catalogue file says from now on."""
        parsed, _ = parse_catalog(catalog, source="", currency="EUR", timezone="Europe/Berlin")
        await import_catalog(parsed, now=datetime.fromtimestamp(START, UTC))

    def sessions(self) -> list[dict]:
        return list(self.stripe.ledger()["sessions"])

    def chat(self, user) -> str:
        """What the chat reads like, with what differs from run to run made equal."""
        text = self.telegram.transcript(user)
        text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
        text = re.sub(r"\b(cs_test|pi|ch)_\w+", r"\1_…", text)
        return re.sub(r"\(\d+ bytes\)", "(… bytes)", text)

    async def exported(self, what: str) -> list[dict]:
        """The rows of `booking-bot export`, as a program would read them."""
        return await export_rows(what)


@asynccontextmanager
async def running_shop(
    folder: Path,
    database_url: str,
    *,
    catalog: str = CATALOG,
    points=None,
    clock=SandboxTime,
    **options,
):
    async with sandbox(start=START) as world:
        bot = Bot(folder, world, database_url, **options)
        async with opened(world, bot, points=points, clock=clock) as shop:
            await shop.imports(catalog)
            yield shop


@asynccontextmanager
async def opened(world, bot: Bot, *, points=None, clock=SandboxTime, dice=1):
    """Run the product on its configuration for as long as the block lasts."""
    app = build(read(bot.config), clock=clock(world.clock), randomness=Dice(dice), points=points)
    async with app:
        await asyncio.wait_for(app.ready(), 10)
        yield Shop(world, bot, app)


@pytest.fixture
async def shop(tmp_path, database_url):
    async with running_shop(tmp_path, database_url) as running:
        yield running
