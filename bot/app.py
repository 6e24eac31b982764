"""The composition root: everything is made here, once, and closed in the opposite order."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from aiohttp import web

from booking import sweeps
from booking.apart import Apart
from booking.ports import Clock, Environment, Randomness
from bot import keys, logs
from bot.books import books_work
from bot.clock import SystemClock
from bot.config import Settings
from bot.crew import Crew
from bot.imports import quickly, without_unneeded
from bot.keys import old_keys, privacy_key
from bot.lookout import Lookout
from bot.patiently import patiently
from bot.randomness import SystemRandomness
from bot.routes import web_application
from bot.sentry import reporting
from bot.shop import shop_of
from bot.stay import stay
from bot.stopped import CannotStart
from bot.stripe_gateway import StripeGateway
from bot.thrift import give_back_memory
from bot.web import WebServer
from bot.wording import counted
from bot.workers import Nursery
from db import connection, installation, jobs, points
from db.single import only_bot_on
from db.urls import SQLITE, engine_of, path_of
from handlers.checkout import CheckoutWording
from handlers.door import Door
from handlers.tokens import Tokens

if TYPE_CHECKING:
    from bot.chat_side import ChatSide

log = logs.get(__name__)


DRAIN_SECONDS: Final = 8.0


class Outdated(CannotStart):
    """The database is older than the program, which may not migrate it."""


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    randomness: Randomness | None = None,
    points: points.Hook | None = None,
    migrate: bool = True,
    surroundings: "Surroundings | None" = None,
) -> "App":
    """Return the whole product, not yet open; tests bring clock, dice and crash points."""
    return App(
        settings,
        clock=clock or SystemClock(),
        randomness=randomness or SystemRandomness(),
        hook=points,
        migrate=migrate,
        surroundings=surroundings or Surroundings(),
    )


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the process stands in: the real internet, unless somebody brings another."""

    deep_links: str = "https://t.me"
    """What links into a chat begin with."""
    dashboard: str = "https://dashboard.stripe.com"
    """What links into Stripe's Dashboard begin with."""
    mount: Callable[[web.Application], None] | None = None
    """Adds more to the web application, which then serves both."""


class App:
    """The running product: `async with` opens all of it."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock,
        randomness: Randomness,
        hook: points.Hook | None,
        migrate: bool,
        surroundings: Surroundings,
    ) -> None:
        self._settings, self._clock, self._randomness = settings, clock, randomness
        self._hook, self._migrates, self._around = hook, migrate, surroundings
        self._stack = AsyncExitStack()
        self._chat: ChatSide | None = None
        self._crew: Crew | None = None
        self._environment: Environment | None = None
        self._meeting: asyncio.Task[None] | None = None
        self._receiving: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await self._open(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in filter(None, (self._meeting, self._receiving)):  # nothing new from now on
            task.cancel()
        if self._crew:
            await self._crew.drain(DRAIN_SECONDS)
        await self._stack.aclose()

    async def _open(self, stack: AsyncExitStack) -> None:
        """Open the memory, then the web server: events are taken before Telegram is loaded."""
        await stack.enter_async_context(reporting(self._settings.log.sentry_dsn.get_secret_value()))
        await self._open_memory(stack)
        stripe = self._settings.stripe
        lookout = stack.enter_context(Lookout(self._settings, self._clock))
        # filled last, closed after those who speak through it
        telegram = await stack.enter_async_context(AsyncExitStack())
        gateway = await stack.enter_async_context(
            StripeGateway(
                secret_key=stripe.secret_key.get_secret_value(),
                api_url=stripe.api_url,
                watch=lookout.stripe,
            )
        )
        nursery = await stack.enter_async_context(Nursery())
        nursery.start(give_back_memory(), name="give back memory")
        door = await self._door(gateway, nursery)
        self._environment = door.env
        apart = Apart(nursery)
        ready = lookout.readiness(lambda: self._chat is not None and self._chat.line.is_up, apart)
        told = self._settings
        pages = web_application(told, door=door, ready=ready, lookout=lookout, apart=apart)
        if self._around.mount:
            self._around.mount(pages)
        web_server = WebServer(pages, host=told.web.host, port=told.web.port)
        await stack.enter_async_context(web_server)
        chat = await self._open_chat(telegram, lookout)
        crew = self._crew = Crew(
            door.env,
            clock=self._clock,
            nursery=nursery,
            alert=chat.alerts(door.env),
            ran=lookout.metrics.job,
        )
        await crew.appear()
        await patiently(lambda: sweeps.begin(door.env))
        crew.start_money(door, books_work(door.env, gateway))

        async def meet_telegram() -> None:
            await chat.begin(door, crew)
            if chat.line.polls:
                polling = chat.line.receive(self._clock, lookout.metrics.update)
                self._receiving = nursery.start(polling, name="polling")
            await chat.line.introduce(door)

        self._meeting = nursery.start(meet_telegram(), name="meet Telegram")

    async def _open_chat(self, stack: AsyncExitStack, lookout: Lookout) -> "ChatSide":
        # in a thread: the web server answers meanwhile
        made = (await asyncio.to_thread(_load_chat_side))(self._settings, lookout)
        chat = self._chat = await stack.enter_async_context(made)
        return chat

    async def _open_memory(self, stack: AsyncExitStack) -> None:
        url = self._settings.database.url.get_secret_value()
        used = stack.enter_context(only_bot_on(path_of(url))) if engine_of(url) == SQLITE else None
        if self._migrates:
            await connection.migrate(url)
        elif waiting := await connection.pending_migrations(url):
            raise Outdated(f"{counted(len(waiting), 'migration')} to make: booking-bot migrate")
        points.use(self._hook)
        stack.callback(points.use, None)
        await keys.connect(self._settings)
        stack.push_async_callback(connection.close)
        if used:
            used()
            await jobs.release_leases()  # whoever held one here is gone

    async def _door(self, gateway: StripeGateway, nursery: Nursery) -> Door:
        shop = shop_of(self._settings, shop_id=await installation.shop_id())
        tokens = Tokens(privacy_key(self._settings), old_keys(self._settings))

        def answer(query_id: str, text: str | None) -> None:
            assert self._chat is not None
            nursery.start(self._chat.answers.answer(query_id, text), name="answer a press")

        env = Environment(
            shop=shop,
            clock=self._clock,
            payments=gateway,
            randomness=self._randomness,
            wording=CheckoutWording(shop, tokens),
        )
        return Door(
            env=env,
            tokens=tokens,
            answer=answer,
            bot_username=lambda: self._chat.dispatcher.username if self._chat else "",
            deep_links=self._around.deep_links,
            dashboard=self._around.dashboard,
        )

    @property
    def environment(self) -> Environment:
        """Return what use cases are given; for tests and demos."""
        assert self._environment is not None
        return self._environment

    async def ready(self) -> None:
        """Return once Telegram has answered, too."""
        assert self._chat is not None
        await self._chat.line.ready()

    async def settle(self) -> None:
        """Wait until no job is due and none runs; for tests and demos."""
        assert self._crew is not None
        await self._crew.settle()

    def wake(self) -> None:
        """Look for what has become due, after the injected clock was moved."""
        assert self._crew is not None
        self._crew.clock_moved()

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT, then stop cleanly."""
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with self:
            log.info("running", address=self._settings.web.public_url)
            await stay(stop)
            log.info("stopping")


def _load_chat_side() -> "type[ChatSide]":
    with quickly(), without_unneeded():
        from bot.chat_side import ChatSide
    return ChatSide
