"""The pretend world: one clock, one Telegram, one Stripe, behind one port."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TypeAlias

from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.control import Together, add_control_routes
from sandbox.stripe import StripeSandbox
from sandbox.telegram import TelegramSandbox

ClockHook: TypeAlias = Callable[[float], Awaitable[None] | None]
MAX_BODY = 52 * 1024 * 1024
GRACE_SECONDS = 1.0


class World:
    """Join clock, Telegram under `/telegram`, Stripe under `/stripe`, control under `/sandbox`.

    `on_clock` are called with the new time whenever the clock was moved, so that a bot in the
    same process can move too. `base_url` is where `app` will be reached; `running` sets it.
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
        self.app = web.Application(client_max_size=MAX_BODY)
        acts = Together(self.advance, self.settle)
        add_control_routes(self.app, self.telegram, self.stripe, self.clock, acts)
        self.app.add_subapp("/telegram", self.telegram.app)
        self.app.add_subapp("/stripe", self.stripe.app)
        self.base_url = ""
        self.live_at(base_url)

    def live_at(self, base_url: str) -> None:
        """Say under which address the world is reached."""
        self.base_url = base_url.rstrip("/")
        self.stripe.public_url = f"{self.base_url}/stripe"

    @property
    def telegram_url(self) -> str:
        """The `telegram.api_url` of a bot in this world."""
        return f"{self.base_url}/telegram"

    @property
    def stripe_url(self) -> str:
        """The `stripe.api_url` of a bot in this world."""
        return f"{self.base_url}/stripe"

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
    runner = web.AppRunner(world.app, shutdown_timeout=1.0, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        world.live_at(f"http://{host}:{runner.addresses[0][1]}")
        yield world
    finally:
        await runner.cleanup()
