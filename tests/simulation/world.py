"""The whole program beside the sandbox, over real HTTP, on a real database, in stopped time."""

import asyncio
import io
import logging
import random
import time
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import structlog

from booking.catalog_file import parse_catalog
from booking.catalog_import import import_catalog
from bot import logs
from bot.app import build
from bot.config import read
from handlers.stripe_events import TYPES
from sandbox.stripe.store import Ids
from sandbox.telegram.webhook import Courier
from sandbox.world import World as Sandbox
from sandbox.world import running
from tests.journeys.conftest import Dice
from tests.process import TELEGRAM_SECRET, WEBHOOK_SECRET, Bot
from tests.simulation.books import open_books
from tests.simulation.diary import Diary
from tests.simulation.times import START, BotTime, StoppedClock

CATALOG = (Path(__file__).parent / "shop.toml").read_text()
ADMIN = 9
ADMINS = f"{ADMIN}, 10"
CARDS_TO = f"admin_chat = {ADMIN}\n\n[stripe]"
TIPS = "[shop]\ntips = [5, 10]"
PATIENT = 10
HURRY_SECONDS = 600.0
LONGEST_HURRY = 4.0
HURRIED_AT_ONCE, HURRIED_A_SECOND = 40.0, 40.0
CALM_TURNS = 14
LONGEST_START = 120.0
"""In the time of the loop, which may be hurried."""
CALM_SECONDS = 31.0


class Violation(Exception):
    """A law was broken: which one, and how."""

    def __init__(self, law: str, words: str):
        super().__init__(f"{law}: {words}")
        self.law = law


class World:
    """What the simulated people act in; opened by `open_world`."""

    def __init__(self, sandbox: Sandbox, bot: Bot, app, books, http, log: io.StringIO):
        self.sandbox, self.bot, self.app, self.books, self.http = sandbox, bot, app, books, http
        self.telegram, self.stripe = sandbox.telegram, sandbox.stripe
        self.store, self.server = sandbox.stripe.store, sandbox.telegram.server
        self.clock, self.log = sandbox.clock, log
        starting = (getattr(one, "__self__", None) for one in self.telegram.app.on_startup)
        self.courier = next(one for one in starting if isinstance(one, Courier))
        self.diary = Diary(self.telegram, self.stripe)
        self.customers = [71, 72, 73, 74, 75, 76, 77, 78]

    @property
    def now_ms(self) -> int:
        return round(self.clock.now() * 1000)

    @property
    def shop_id(self) -> str:
        return self.app.environment.shop.id

    def is_busy(self) -> bool:
        """Tell whether anybody does anything, or has an update or an event to deliver."""
        crew = self.app._crew
        if any(runner.is_busy for runner in crew._runners) or self.stripe.webhooks._tasks:
            return True
        if any(task.get_name() == "answer a press" for task in crew._nursery._tasks):
            return True
        courier, now = self.courier, self.clock.now()
        waiting = self.server.inbox.waiting
        return bool(courier._busy) or any(
            courier._retry_at.get(one.id, 0.0) <= now for one in waiting
        )

    def _progress(self):
        runners = self.app._crew._runners
        jobs = [job for one in runners for job in one._running.values()]
        running = [(job.id, job.attempts) for job in jobs]
        return running, len(self.server.calls), self.store.ids._count, len(self.courier._busy)

    async def settle(self, *, at_most: float | None = None) -> None:
        """Wait until nobody has anything to do at this instant; timers are hurried along.

        `at_most` so many seconds are hurried along, whoever is still busy then.
        """
        loop = asyncio.get_running_loop()
        end = None if at_most is None else loop.ahead + at_most
        quiet = still = 0
        step, hurried, seen, since = 0.5, 0.0, None, time.monotonic()
        while quiet < 2 and (end is None or loop.ahead < end):
            await asyncio.sleep(0.0005)
            due = [] if self.is_busy() else await self.books.due(self.now_ms)
            if not self.is_busy() and not due:
                quiet += 1
                continue
            quiet, progress = 0, self._progress()
            still = still + 1 if progress == seen else 0
            if progress != seen:
                seen, step, hurried, since = progress, 0.5, 0.0, time.monotonic()
            if due:
                self.app.wake()
            # a database on a busy machine is not to be outrun by timers
            allowed = HURRIED_AT_ONCE + HURRIED_A_SECOND * (time.monotonic() - since)
            if still >= PATIENT and hurried <= allowed:
                if hurried > HURRY_SECONDS:
                    raise Violation("it ends", f"never quiet: {progress} {due} {self._tasks()}")
                loop.hurry(step)
                hurried, step, still = hurried + step, min(step * 2, LONGEST_HURRY), 0

    def _tasks(self) -> list[str]:
        return [task.get_name() for task in self.app._crew._nursery._tasks]

    async def time_passes(self, seconds: float) -> None:
        """Move the clock of everybody."""
        await self.sandbox.advance(seconds)
        self.app.wake()

    async def calm(self) -> None:
        """End every fault and let everything that is due be done, retries included."""
        self.telegram.faults.planned.clear()
        self.stripe.faults.clear()
        for currency in list(self.store.limits):
            self.stripe.set_balance(currency, None)
        for _ in range(CALM_TURNS):
            await self.settle()
            for event in self.diary.undelivered():
                self.stripe.webhooks.resend(event)
            await self.settle()
            if not await self._is_something_left():
                return
            await self.time_passes(CALM_SECONDS)
        await self.settle()
        if left := await self._is_something_left():
            raise Violation("it ends", f"not done {CALM_TURNS * CALM_SECONDS} s later: {left}")

    async def _is_something_left(self):
        # an event that a sweep found missed waits for its turn, and its lane waits behind it
        query = (
            "SELECT kind, key, last_error FROM job WHERE done_at IS NULL AND dead_at IS NULL"
            " AND (kind = 'stripe_event' OR last_error NOT LIKE 'NotYet%')"
        )
        waiting = [one.id for one in self.server.inbox.waiting]
        return await self.books.rows(query) or waiting or self.diary.undelivered()

    def errors(self) -> str:
        """Give and forget what was logged as an error."""
        said = self.log.getvalue()
        self.log.seek(0)
        self.log.truncate()
        return said

    async def update(self, body: dict) -> int:
        """Send an update to the bot's webhook once more, as Telegram may."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}
        async with self.http.post(
            f"{self.bot.url}/webhooks/telegram", json=body, headers=headers
        ) as answer:
            return answer.status

    async def visits(self, session_id: str) -> int:
        """Come back from Checkout to the success page."""
        address = f"{self.bot.url}/booking/success?session_id={session_id}"
        async with self.http.get(address) as answer:
            await answer.read()
            return answer.status


@asynccontextmanager
async def open_world(
    folder: Path, url: str, *, seed: int, options: dict | None = None, met=None, clock=None
):
    """Open the product beside its sandbox; the same seed gives the same ids.

    `met` is given the sandbox before the bot meets it, and gives what the bot meets.
    """
    sandbox = Sandbox(clock=clock or StoppedClock(START))
    sandbox.stripe.store.ids = Ids(seed)
    log = io.StringIO()
    async with AsyncExitStack() as stack:
        stack.callback(_log_as_before())
        logs.configure(level="error", stream=log)
        await stack.enter_async_context(running(sandbox))
        for admin in (ADMIN, 10):
            await sandbox.telegram.start(admin)
        values = {"messages_per_second": 1_000_000, "admin": ADMINS, **(options or {})}
        bot = Bot(folder, await met(sandbox) if met else sandbox, url, **values)
        config = bot.config.read_text().replace("[stripe]", CARDS_TO, 1)
        bot.config.write_text(config.replace("[shop]", TIPS, 1))
        sandbox.stripe.send_events_to(f"{bot.url}/webhooks/stripe", WEBHOOK_SECRET, TYPES)
        app = build(read(bot.config), clock=BotTime(sandbox.clock), randomness=Dice(seed))
        await stack.enter_async_context(app)
        await _import_catalog()
        await asyncio.wait_for(app.ready(), LONGEST_START)
        books = await stack.enter_async_context(open_books(url))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        world = World(sandbox, bot, app, books, http, log)
        await world.settle()
        yield world


async def _import_catalog() -> None:
    parsed, _ = parse_catalog(CATALOG, source="", currency="EUR", timezone="Europe/Berlin")
    await import_catalog(parsed, now=datetime.fromtimestamp(START, UTC))


def _log_as_before():
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level

    def restore() -> None:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()

    return restore


def dice(number: int) -> random.Random:
    """Return dice that fall the same way for the same number."""
    return random.Random(number)
