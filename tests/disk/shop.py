"""A bot on a disk that fails when told, and what is asked of both meanwhile."""

import sqlite3
from contextlib import asynccontextmanager
from types import SimpleNamespace

import aiohttp

from db.urls import path_of
from tests.crowd import DAY, newest_buttons, until, walk_to_summary
from tests.disk.faulty import FaultyDisk
from tests.engines import second_connection
from tests.journeys.test_kill import ADA, CATALOG
from tests.journeys.test_webhook import event, post, signed
from tests.process import Bot, sandbox

PATIENCE = 60


@asynccontextmanager
async def on_sqlite(folder, url):
    """A bot on a SQLite file whose disk fails when told."""
    disk = FaultyDisk(folder, path_of(url))
    async with running(folder, url, before=disk.before) as shop:
        shop.disk = disk
        try:
            yield shop
        finally:
            disk.recovers()


@asynccontextmanager
async def running(folder, url, *, before=()):
    """A bot on any database, and a sandbox."""
    async with sandbox() as world:
        bot = Bot(folder, world, url)
        await bot.imports(CATALOG)
        await bot.start(before=before, ready=False)
        try:
            await bot.until_ready(within=PATIENCE)
            yield SimpleNamespace(world=world, bot=bot, url=url)
        finally:
            await bot.kill()


async def to_the_link(shop) -> str:
    """Let a customer come as far as the payment link; gives the session's id."""
    await walk_to_summary(shop.world, ADA, "cut", DAY, "^10:00", within=PATIENCE)
    await shop.world.telegram.tap(ADA, "^Confirm")
    await until(
        lambda: "I have paid" in newest_buttons(shop.world, ADA),
        within=PATIENCE,
        what="the payment link",
    )
    return next(iter(shop.world.stripe.store.sessions))


async def delivered(shop, number: int) -> int:
    """Deliver an event of the customer's session under an id of its own; gives the status."""
    body = event("expired", shop.world.stripe.ledger()["sessions"][-1], number=number)
    return await post(shop, body, signed(shop, body))


async def kept(shop, number: int) -> int:
    """Count what is committed of an event."""
    async with second_connection(shop.url) as other:
        query = f"SELECT count(*) AS n FROM job WHERE key = 'evt:evt_{number}'"
        return await other.value(query)


async def accept_or_refuse(shop, number: int) -> bool:
    """Deliver an event; true when it was taken, and nothing is kept of it when it was not."""
    status = await delivered(shop, number)
    assert status in {200, 503}
    assert await kept(shop, number) == (status == 200)
    return status == 200


async def readiness(shop) -> tuple[int, str]:
    """What `/readyz` says: the status and the kind of trouble."""
    async with aiohttp.ClientSession() as http, http.get(f"{shop.bot.url}/readyz") as answer:
        return answer.status, (await answer.json())["database"]


def integrity(url: str) -> str:
    """What SQLite says of its file."""
    with sqlite3.connect(path_of(url)) as connection:
        [said] = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()
    return said
