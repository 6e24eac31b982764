"""PostgreSQL's own bad days: its disk is full, it is killed, or it makes everybody wait."""

import asyncio
import os
import random
import subprocess
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from tests.crowd import until
from tests.disk.shop import accept_or_refuse, delivered, kept, readiness, running, to_the_link
from tests.engines import (
    dial,
    engine_on,
    private_server,
    second_connection,
    until_up,
)
from tests.journeys.test_kill import check_books, documents
from tests.postgres_server import NoPostgres

CARD = "4242424242424242"
ENOUGH = 60
BURST = 25
ROUNDS = 3


@pytest.fixture
def server():
    try:
        with private_server(durable=True) as server:
            yield server
    except NoPostgres as missing:
        pytest.skip(str(missing))


async def pays_and_is_told(shop, session: str) -> None:
    """Let the customer pay, and look at the books."""
    await shop.world.stripe.pay(session, CARD)
    await until(lambda: documents(shop.world), what="the receipt")
    assert await shop.bot.stop() == 0
    await check_books(shop.bot, shop.world)


async def nothing_acknowledged_is_lost(shop, numbers, answers) -> None:
    """Look at every event that was delivered, and deliver it again, as Stripe does."""
    for number, status in zip(numbers, answers, strict=True):
        assert await kept(shop, number) >= (status == 200)
        assert await delivered(shop, number) == 200
        assert await kept(shop, number) == 1


@pytest.fixture
def small(server):
    """A disk of its own, small enough to be filled."""
    place = server.folder / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", place]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("nobody may mount a small disk here")
    os.chown(place, server.data.stat().st_uid, -1)
    yield place
    subprocess.run(["umount", "-l", place], check=True)


async def moved(server, url: str, place) -> None:
    """Let a database live on that disk."""
    other = await dial(server.url)
    await other.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
    await other.execute(f'ALTER DATABASE "{urlsplit(url).path[1:]}" SET TABLESPACE small')
    await other.close()


def fills(place):
    """Leave no byte on a disk; gives what to delete."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(65536))
    return filler


@pytest.mark.family("R13")
async def test_a_server_whose_disk_is_full_keeps_what_was_taken_and_takes_the_rest_later(
    tmp_path, server, small, record_property
):
    with engine_on(server.url) as engine:
        url = engine.fresh()
        await moved(server, url, small)
        async with running(tmp_path, url) as shop:
            session = await to_the_link(shop)
            filler = fills(small)
            taken = [await accept_or_refuse(shop, number) for number in range(ENOUGH)]
            record_property("runs", ENOUGH)
            assert False in taken
            filler.unlink()
            await shop.bot.until_ready(within=5)
            for number in range(ENOUGH):
                assert await delivered(shop, number) == 200
                assert await kept(shop, number) == 1
            await pays_and_is_told(shop, session)


@pytest.mark.family("R14")
async def test_a_server_killed_inside_of_commits_has_whatever_was_acknowledged(
    tmp_path, server, record_property
):
    dice = random.Random(5)
    with engine_on(server.url) as engine:
        async with running(tmp_path, engine.fresh()) as shop:
            session = await to_the_link(shop)
            for turn in range(ROUNDS):
                numbers = range(turn * BURST, (turn + 1) * BURST)
                posting = [asyncio.ensure_future(delivered(shop, each)) for each in numbers]
                await asyncio.sleep(dice.uniform(0, 0.1))
                await asyncio.to_thread(server.kill)
                answers = await asyncio.gather(*posting)
                assert set(answers) <= {200, 503}
                server.start()
                await until_up(server)
                await shop.bot.until_ready(within=10)
                await nothing_acknowledged_is_lost(shop, numbers, answers)
            record_property("runs", ROUNDS)
            await pays_and_is_told(shop, session)


@pytest.fixture
def busy(postgres_engine):
    made = postgres_engine.fresh()
    yield made
    postgres_engine.drop(made)


@pytest.mark.family("R14")
async def test_statements_that_time_out_while_all_connections_wait_are_refusals(
    tmp_path, busy, record_property
):
    other = await dial(busy)
    name = await other.fetchval("SELECT current_database()")
    await other.execute(f"ALTER DATABASE \"{name}\" SET statement_timeout = '700ms'")
    async with running(tmp_path, busy) as shop:
        session = await to_the_link(shop)
        transaction = other.transaction()
        await transaction.start()
        await other.execute("LOCK TABLE job, installation IN ACCESS EXCLUSIVE MODE")
        answers = await asyncio.gather(*(delivered(shop, number) for number in range(BURST)))
        record_property("runs", BURST)
        assert set(answers) == {503}
        assert (await readiness(shop))[0] == 503
        await transaction.rollback()
        await shop.bot.until_ready(within=5)
        # what was refused for want of time may be kept all the same: it comes again and is known
        for number in range(BURST):
            assert await accept_or_refuse(shop, number)
        async with second_connection(busy) as reader:
            stored = await reader.value("SELECT count(*) FROM job WHERE key LIKE 'evt:%'")
            assert stored == BURST
        await pays_and_is_told(shop, session)
    await other.close()
