"""The whole product on one computer: the bot as in production, beside a pretend outside.

The one file that knows both the product and the pretend world.
"""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from booking.catalog_file import parse_catalog
from booking.catalog_import import import_catalog
from booking.catalog_store import shelf
from bot import logs
from bot.app import Surroundings, build
from bot.config import Settings, read
from bot.demo_files import CATALOG, CONFIG, prepare
from bot.keys import keyring
from bot.workers import Nursery
from db import connection, installation
from db.money_models import Attempt
from db.urls import path_of
from handlers.stripe_events import TYPES
from sandbox.clock import SandboxClock
from sandbox.memory import UnreadableWorldError
from sandbox.panel import CAST
from sandbox.panel.cast import ADMIN
from sandbox.world import World

WORLD: Final = "world.bin"
ADMINS: Final = [persona.id for persona in CAST if persona.role == ADMIN]


class CannotGoOn(Exception):
    """The folder of an earlier demo cannot be used any more."""


class SharedClock:
    """The pretend world's clock, for the bot."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.fromtimestamp(self._clock.now(), UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a demo lives: its folder, and where it listens."""

    folder: Path
    host: str
    port: int

    @property
    def address(self) -> str:
        """Return the page's address: never `localhost`, which Telegram refuses in buttons."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def config(self) -> Path:
        """Return the configuration, with which every other command works on the demo."""
        return self.folder / CONFIG

    @property
    def world(self) -> Path:
        """Return the file the pretend world is kept in."""
        return self.folder / WORLD


async def run(place: Place, *, opened: Callable[[], None]) -> None:
    """Run a demo until SIGTERM or SIGINT; `opened` is called when the page can be visited."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    world = World(base_url=place.address)
    world.share_clock()
    settings = _prepared(place, world)
    old = _begin(world, place, settings)
    await _stock(settings, SharedClock(world.clock), moved_from=old)
    around = Surroundings(deep_links=world.deep_links, dashboard=world.dashboard, mount=world.mount)
    app = build(settings, clock=SharedClock(world.clock), surroundings=around)
    world.on_clock.append(lambda _now: app.wake())
    world.of_shop(settings.shop.name, settings.shop.timezone)
    await _meet_admins(world)
    async with Nursery() as nursery:
        async with app:
            keeping = nursery.start(world.keep(place.world), name="keep the pretend world")
            await app.ready()
            opened()
            await stop.wait()
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping


def _prepared(place: Place, world: World) -> Settings:
    """Write the files of the demo and return its configuration."""
    prepare(
        place.folder,
        account={
            ("telegram", "token"): world.telegram.token,
            ("telegram", "admins"): ADMINS,
            ("stripe", "secret_key"): world.stripe.secret_key,
        },
        addresses={
            ("telegram", "api_url"): world.telegram_url,
            ("stripe", "api_url"): world.stripe_url,
            ("web", "host"): place.host,
            ("web", "port"): place.port,
            ("web", "public_url"): place.address,
        },
    )
    settings = read(place.config)
    logs.configure(level=settings.log.level, style=settings.log.format, secrets=settings.secrets())
    return settings


def _begin(world: World, place: Place, settings: Settings) -> str:
    """Go on with the world of the last run; give its address, "" for a new one.

    A database whose world is gone is refused.
    """
    old, again = "", f"delete {place.folder} to start over"
    if place.world.exists():
        try:
            old = world.remember(place.world)
        except UnreadableWorldError as error:
            raise CannotGoOn(f"{error}: {again}") from None
    elif path_of(settings.database.url.get_secret_value()).exists():
        raise CannotGoOn(f"{place.world} is missing: {again}")
    secret = settings.stripe.webhook_secrets[0].get_secret_value()
    world.stripe.send_events_to(f"{place.address}/webhooks/stripe", secret, TYPES)
    return old if old != place.address else ""


async def _stock(settings: Settings, clock: SharedClock, *, moved_from: str) -> None:
    """Put the sample catalogue on an empty shelf; let links that were kept lead to our address."""
    url, shop = settings.database.url.get_secret_value(), settings.shop
    await connection.migrate(url)
    await connection.connect(url, keyring=keyring(settings))
    try:
        if moved_from:
            await _move_links(moved_from, settings.web.public_url)
        if (await shelf()).catalog.services:
            return
        text = (settings.home / CATALOG).read_text(encoding="utf-8")
        catalog, _ = parse_catalog(
            text,
            source=CATALOG,
            currency=shop.currency,
            timezone=shop.timezone,
            languages=shop.languages,
        )
        await installation.put(installation.CATALOG_FOLDER, str(settings.home))
        await import_catalog(catalog, now=clock.now())
    finally:
        await connection.close()


async def _move_links(old: str, new: str) -> None:
    for attempt in await Attempt.all():
        links = {name: getattr(attempt, name) for name in ("url", "receipt_url")}
        moved = {name: link.replace(old, new) for name, link in links.items() if link}
        if moved:
            await Attempt.filter(id=attempt.id).update(**moved)


async def _meet_admins(world: World) -> None:
    """Let admins press /start once: before that Telegram lets nobody write to them."""
    for admin in ADMINS:
        if not world.telegram.person(admin).started:
            await world.telegram.say(admin, "/start")
