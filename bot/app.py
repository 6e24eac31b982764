"""The composition root: everything is made here, once, and closed in the opposite order."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final, Self

from aiohttp import web

from booking import sweeps
from booking.ports import Clock, Environment, Randomness
from bot import logs
from bot.alerts import Alerts
from bot.books import books_work
from bot.bot_api import BotApi
from bot.clock import SystemClock
from bot.config import Settings
from bot.crew import Crew
from bot.keys import keyring, privacy_key
from bot.line import Line
from bot.lookout import Lookout
from bot.outbox import Outbox
from bot.pace import chat_pace
from bot.randomness import SystemRandomness
from bot.routes import web_application
from bot.sender import Answers, Sender
from bot.sentry import reporting
from bot.shop import shop_of
from bot.stay import stay
from bot.stopped import CannotStart
from bot.stripe_gateway import StripeGateway
from bot.telegram import Dispatcher
from bot.telegram_request import Transport
from bot.web import WebServer
from bot.wording import counted
from bot.workers import Nursery
from db import connection, installation, jobs, points
from db.single import only_bot_on
from db.urls import SQLITE, engine_of, path_of
from handlers.checkout import CheckoutWording
from handlers.context import Door
from handlers.tokens import Tokens

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
        self._line: Line | None = None
        self._crew: Crew | None = None
        self._environment: Environment | None = None
        self._receiving: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await self._open(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._receiving:
            self._receiving.cancel()
        if self._crew:
            await self._crew.drain(DRAIN_SECONDS)
        await self._stack.aclose()

    async def _open(self, stack: AsyncExitStack) -> None:
        """Open the memory, then the web server: events are taken before Telegram answers."""
        await stack.enter_async_context(reporting(self._settings.log.sentry_dsn.get_secret_value()))
        await self._open_memory(stack)
        telegram, stripe = self._settings.telegram, self._settings.stripe
        token = telegram.token.get_secret_value()
        lookout = stack.enter_context(Lookout(self._settings, self._clock))
        transport = await stack.enter_async_context(Transport(lookout.telegram))
        gateway = await stack.enter_async_context(
            StripeGateway(
                secret_key=stripe.secret_key.get_secret_value(),
                api_url=stripe.api_url,
                watch=lookout.stripe,
            )
        )
        nursery = await stack.enter_async_context(Nursery())
        api = BotApi(transport, token=token, api_url=telegram.api_url)
        dispatcher = Dispatcher(token=token, api_url=telegram.api_url, transport=transport)
        stack.push_async_callback(dispatcher.close)
        answers = Answers(api, lookout.metrics.answered)
        door = await self._door(gateway, nursery, answers, dispatcher)
        self._environment = door.env
        line = self._line = Line(self._settings, api, dispatcher)
        crew = self._crew = Crew(
            door.env,
            clock=self._clock,
            nursery=nursery,
            alert=Alerts(door.env, dispatcher),
            ran=lookout.metrics.job,
        )
        ready = lookout.readiness(lambda: line.is_up)
        pages = web_application(self._settings, door=door, ready=ready, lookout=lookout)
        if self._around.mount:
            self._around.mount(pages)
        where = self._settings.web
        await stack.enter_async_context(WebServer(pages, host=where.host, port=where.port))
        await crew.appear()
        await sweeps.begin(door.env)
        crew.start_money(door, books_work(door.env, gateway))
        sender = Sender(api, chat_pace(telegram.messages_per_second))
        outbox = Outbox(door, sender, lookout.metrics.shown)

        async def meet_telegram() -> None:
            await line.bring_up(door)
            crew.start_chat(dispatcher, outbox)
            if line.polls:
                polling = line.receive(self._clock, lookout.metrics.update)
                self._receiving = nursery.start(polling, name="polling")
            await line.introduce(door)

        nursery.start(meet_telegram(), name="meet Telegram")

    async def _open_memory(self, stack: AsyncExitStack) -> None:
        url = self._settings.database.url.get_secret_value()
        if engine_of(url) == SQLITE:
            stack.enter_context(only_bot_on(path_of(url)))
        if self._migrates:
            await connection.migrate(url)
        elif waiting := await connection.pending_migrations(url):
            raise Outdated(f"{counted(len(waiting), 'migration')} to make: booking-bot migrate")
        points.use(self._hook)
        stack.callback(points.use, None)
        await connection.connect(url, keyring=keyring(self._settings))
        stack.push_async_callback(connection.close)
        if engine_of(url) == SQLITE:  # whoever held a lease here is gone
            await jobs.release_leases()

    async def _door(
        self, gateway: StripeGateway, nursery: Nursery, answers: Answers, dispatcher: Dispatcher
    ) -> Door:
        shop = shop_of(self._settings, shop_id=await installation.shop_id())
        tokens = Tokens(privacy_key(self._settings))

        def answer(query_id: str, text: str | None) -> None:
            nursery.start(answers.answer(query_id, text), name="answer a press")

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
            bot_username=lambda: dispatcher.username,
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
        assert self._line is not None
        await self._line.ready()

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
