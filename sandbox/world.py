"""The pretend world: one clock, one Telegram, one Stripe, behind one port."""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeAlias

from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.control import Together, add_control_routes
from sandbox.memory import Memory
from sandbox.moving import move_links
from sandbox.panel import Panel
from sandbox.stripe import StripeSandbox
from sandbox.telegram import TelegramSandbox

ClockHook: TypeAlias = Callable[[float], Awaitable[None] | None]
MAX_BODY = 52 * 1024 * 1024
GRACE_SECONDS = 1.0
SAVE_SECONDS = 0.2


class World:
    """Join clock, Telegram under `/telegram`, Stripe under `/stripe`, control under `/sandbox`.

    The page that shows it all is at `/`. `on_clock` are called with the new time whenever the clock
    was moved, so that a bot in the same process can move too. `base_url` is where the world will be
    reached; `running` sets it.
    """

    def __init__(
        self,
        *,
        base_url: str = "",
        on_clock: Iterable[ClockHook] = (),
        clock: SandboxClock | None = None,
        limits: bool = False,
    ) -> None:
        self.clock = clock or SandboxClock()
        self.on_clock = list(on_clock)
        self.telegram = TelegramSandbox(clock=self.clock.now, limits=limits)
        self.stripe = StripeSandbox(clock=self.clock.now)
        self._memory = Memory(
            self.clock, self.telegram.server, self.stripe.store, self.stripe.webhooks
        )
        self.panel = Panel(self.telegram, self.stripe, self.clock)
        self.base_url = ""
        self.live_at(base_url)

    def mount(self, app: web.Application) -> None:
        """Add the whole world to a web application."""
        acts = Together(self.advance, self.settle)
        add_control_routes(app, self.telegram, self.stripe, self.clock, acts)
        self.panel.mount(app)
        app.add_subapp("/telegram", self.telegram.app)
        app.add_subapp("/stripe", self.stripe.app)

    def remember(self, file: Path) -> str:
        """Bring back what a file holds; raise UnreadableWorldError.

        Gives the address the world had; links that were given out lead to the present one.
        """
        old, server = self._memory.load(file), self.telegram.server
        if old != self.base_url:
            said = [one for chat in server.people.known for one in server.messages(chat)]
            move_links(self.stripe.store, said, old, self.base_url)
        return old

    async def keep(self, file: Path) -> None:
        """Save whatever is new into a file, again and again; once more when cancelled."""
        saved: object = None
        try:
            while True:
                if (mark := self._memory.mark()) != saved:
                    self._memory.save(file, self.base_url)
                    saved = mark
                await asyncio.sleep(SAVE_SECONDS)
        finally:
            self._memory.save(file, self.base_url)

    def live_at(self, base_url: str) -> None:
        """Say under which address the world is reached."""
        self.base_url = base_url.rstrip("/")
        self.stripe.public_url = f"{self.base_url}/stripe"

    def share_clock(self) -> None:
        """Say that the bot has our clock: only commands beside it have the machine's own.

        `Date` headers tell theirs, so that no command finds the two at odds.
        """
        self.stripe.store.dates = time.time

    def of_shop(self, name: str, zone: str) -> None:
        """Say whose shop it is, and in which time zone its people live; before `mount`."""
        self.stripe.store.business_name = name
        self.panel.of_shop(name, zone)

    @property
    def telegram_url(self) -> str:
        """The `telegram.api_url` of a bot in this world."""
        return f"{self.base_url}/telegram"

    @property
    def stripe_url(self) -> str:
        """The `stripe.api_url` of a bot in this world."""
        return f"{self.base_url}/stripe"

    @property
    def deep_links(self) -> str:
        """What links into the bot's chat begin with here, in the place of https://t.me."""
        return f"{self.base_url}/t.me"

    @property
    def dashboard(self) -> str:
        """What links into Stripe's Dashboard begin with here."""
        return f"{self.base_url}/dashboard"

    async def advance(self, seconds: float) -> float:
        """Move the clock of everybody forward; gives the new time in epoch seconds."""
        now = self.clock.advance(seconds)
        self.telegram.server.inbox.changed.notify()
        for hook in self.on_clock:
            done = hook(now)
            if inspect.isawaitable(done):
                await done
        self.stripe.tick()
        return now

    async def settle(self, within: float = 10.0, quiet: float = 0.0) -> None:
        """Wait until all updates and events were taken and for `quiet` seconds nothing was called.

        TimeoutError says what was still waiting after `within` seconds.
        """
        async with asyncio.timeout(within + quiet + GRACE_SECONDS):
            await self.stripe.settle()
            await self.telegram.settle(within=within, quiet=quiet)
            await self.stripe.settle()


@asynccontextmanager
async def running(world: World, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[World]:
    """Serve a world on a port (0 = a free one) for as long as the block lasts."""
    app = web.Application(client_max_size=MAX_BODY)
    world.mount(app)
    runner = web.AppRunner(app, shutdown_timeout=1.0, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        world.live_at(f"http://{host}:{runner.addresses[0][1]}")
        yield world
    finally:
        await runner.cleanup()
