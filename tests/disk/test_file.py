"""The database file, taken away or kept busy by others."""

import asyncio
import sqlite3
from contextlib import closing

import aiohttp
import pytest

from db.urls import path_of
from tests.crowd import tap, until
from tests.disk.shop import (
    accept_or_refuse,
    delivered,
    integrity,
    on_sqlite,
    readiness,
    to_the_link,
)
from tests.journeys.test_kill import ADA, check_books, documents

CARD = "4242424242424242"


GONE = 0
"""No answer: the bot has stopped already."""


async def answer(shop) -> int:
    try:
        return await delivered(shop, 1)
    except aiohttp.ClientError:
        return GONE


def deletes(file) -> None:
    file.unlink()


def replaces(file) -> None:
    file.rename(file.with_name("kept.db"))
    file.write_bytes(file.with_name("kept.db").read_bytes())


@pytest.mark.family("R14")
@pytest.mark.parametrize("somebody", [deletes, replaces])
async def test_a_bot_whose_file_is_taken_away_takes_nothing_more_and_stops_with_a_sentence(
    tmp_path, url, somebody
):
    async with on_sqlite(tmp_path, url) as shop:
        await to_the_link(shop)
        somebody(path_of(url))
        assert await answer(shop) in {503, GONE}
        assert await shop.bot.dies() == 1
        last = shop.bot.log.read_text().splitlines()[-1]
        assert last.startswith(f"booking-bot: database.url: {path_of(url)} was deleted or replaced")
        if somebody is not replaces:
            await is_not_begun_anew(shop)
        for each in path_of(url).parent.glob("kept.db*"):
            each.unlink()


async def is_not_begun_anew(shop) -> None:
    """A supervisor starts it again and again: no new shop may come to be where one was lost."""
    path = path_of(shop.url)
    wal = path.with_name(f"{path.name}-wal")
    holds = "holds what was committed last: put the file back"
    for words in (["run"], ["migrate"], ["check"], ["export", "bookings"]):
        code, out, err = await shop.bot.command(*words)
        assert (code, path.exists()) == (1, False)
        assert holds in out + err
    wal.unlink()
    for words in (["run"], ["check"], ["export", "bookings"]):
        code, out, err = await shop.bot.command(*words)
        assert (code, path.exists()) == (1, False)
        assert "is gone, though a bot used it: put it back" in out + err
    code, _, err = await shop.bot.command("backup", f"{path.parent}/copy")
    assert (code, "is gone, though a bot used it" in err) == (1, True)
    path.touch()
    wal.write_bytes(b"committed")
    for words in (["run"], ["check"], ["migrate"]):
        code, out, err = await shop.bot.command(*words)
        assert (code, path.stat().st_size, wal.read_bytes()) == (1, 0, b"committed")
        assert f"is empty, and {wal.name} holds what was committed last" in out + err
    wal.unlink()
    for words in (["run"], ["check"]):
        code, out, err = await shop.bot.command(*words)
        assert (code, path.stat().st_size) == (1, 0)
        assert "is empty, though a bot used it" in out + err
    assert (await shop.bot.command("migrate"))[0] == 0


@pytest.mark.family("R14")
@pytest.mark.parametrize("seconds", [4, pytest.param(30, marks=pytest.mark.slow)])
async def test_a_file_locked_by_another_process_is_waited_for_and_nothing_is_lost(
    tmp_path, url, seconds
):
    async with on_sqlite(tmp_path, url) as shop:
        session = await to_the_link(shop)
        with closing(sqlite3.connect(path_of(url), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            locked = asyncio.ensure_future(asyncio.sleep(seconds))
            await shop.world.stripe.pay(session, CARD)
            await tap(shop.world, ADA, "^I have paid")
            assert await readiness(shop) == (503, "locked")
            await locked
            other.execute("ROLLBACK")
        await shop.bot.until_ready(within=5)
        assert await accept_or_refuse(shop, 1)
        await until(lambda: documents(shop.world), what="the receipt")
        assert await shop.bot.stop() == 0
        assert integrity(url) == "ok"
        await check_books(shop.bot, shop.world)
