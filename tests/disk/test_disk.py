"""The disk below the database is full, broken or read-only: nothing acknowledged is lost."""

import asyncio

import pytest

from bot.runner import LEASE_SECONDS
from sandbox.stripe import Fault
from tests.crowd import tap, until
from tests.disk.faulty import FAULTS
from tests.disk.shop import (
    accept_or_refuse,
    integrity,
    kept,
    on_sqlite,
    readiness,
    to_the_link,
)
from tests.journeys.test_kill import ADA, check_books, documents, photos

SAYS = {"full": "full", "broken": "failing", "read_only": "failing", "unsynced": "failing"}
CARD = "4242424242424242"
MOST = 60
STARTS = 40
WAITS, RUNS = "the start waits for the database", '"event": "running"'


@pytest.mark.family("R13")
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_disk_that_fails_at_any_write_makes_no_lying_200_and_needs_no_hands(
    tmp_path, url, fault, record_property
):
    async with on_sqlite(tmp_path, url) as shop:
        session = await to_the_link(shop)
        number = await every_write(shop, fault)
        record_property("runs", number)
        shop.disk.fails(fault)
        assert await readiness(shop) == (503, SAYS[fault])
        await shop.world.stripe.pay(session, CARD)
        await tap(shop.world, ADA, "^I have paid")
        await asyncio.sleep(0.5)
        assert documents(shop.world) == 0
        shop.disk.recovers()
        await shop.bot.until_ready(within=5)
        await until(lambda: documents(shop.world) and photos(shop.world), what="the whole receipt")
        assert await shop.bot.stop() == 0
        assert integrity(url) == "ok"
        await check_books(shop.bot, shop.world)


async def every_write(shop, fault: str) -> int:
    """Let the n-th write while an event comes fail, for every n there is; gives how many."""
    for number in range(1, MOST):
        shop.disk.fails(fault, nth=number)
        taken = await accept_or_refuse(shop, number)
        failed = shop.disk.failed
        shop.disk.recovers()
        if not taken:
            assert await accept_or_refuse(shop, number)
        assert await kept(shop, number) == 1
        if not failed:
            return number - 1
    return MOST


@pytest.mark.family("R13")
async def test_what_cannot_be_written_down_is_not_tried_hundreds_of_times(tmp_path, url):
    async with on_sqlite(tmp_path, url) as shop:
        session = await to_the_link(shop)
        looks = Fault("GET /v1/checkout/sessions", "slow:0.2", times=1000)
        shop.world.stripe.faults.append(looks)
        await shop.world.stripe.pay(session, CARD)
        shop.disk.fails("full")  # the event is on the disk; that its look has begun is not
        before = shop.bot.log.read_text().count("\n")
        await asyncio.sleep(2 * LEASE_SECONDS)
        assert 1000 - looks.times < 10
        assert shop.bot.log.read_text().count("\n") - before < 500
        shop.disk.recovers()
        await until(lambda: documents(shop.world), within=40, what="the receipt")
        assert await shop.bot.stop() == 0
        await check_books(shop.bot, shop.world)


@pytest.mark.family("R13")
async def test_a_start_that_listens_already_waits_for_a_disk_that_is_full(tmp_path, url):
    async with on_sqlite(tmp_path, url) as shop:
        assert await shop.bot.stop() == 0
        came_to = [await started(shop, nth) for nth in range(1, STARTS, 3)]
        assert WAITS in came_to
        assert "listening" not in came_to


async def started(shop, nth: int) -> str:
    """Start while the disk is full from the n-th write on; gives how far it came."""
    shop.bot.log.unlink()
    shop.disk.fails("full", nth=nth)
    await shop.bot.start(before=shop.disk.before, ready=False)

    def far() -> str:
        log = shop.bot.log.read_text()
        said = next((words for words in (WAITS, RUNS, "listening") if words in log), "")
        is_over = shop.bot.process.returncode is not None
        return said if said in {WAITS, RUNS} else is_over and (said or "no start")

    found = await until(far, what="a start, or its end")
    shop.disk.recovers()
    if found in {WAITS, RUNS}:
        await shop.bot.until_ready()
        assert await shop.bot.stop() == 0
    return found
