"""Two replicas of one shop on one PostgreSQL, as processes that are killed and restarted."""

import asyncio
import os
import signal
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from db.schema import known_migrations
from sandbox.stripe import Fault
from tests.crowd import DAY, says, tap, until, walk_to_summary
from tests.db.test_migrations import a_newer_release_changes
from tests.engines import second_connection
from tests.journeys.test_race import in_batches
from tests.journeys.test_webhook import event, post, signed
from tests.process import sandbox
from tests.replicas.check import check
from tests.replicas.customers import CARD, Customers, documents
from tests.replicas.fleet import CATALOG, fleet
from tests.replicas.proxy import turns

CROWD = max(24, int(os.environ.get("BOOKING_BOT_TEST_CROWD", "1000")) // 10)
COPIES = 100
UNITS = 8
LEASED = "SELECT count(*) FROM job WHERE kind = 'create_checkout' AND lease_until IS NOT NULL"
SWEPT = "SELECT lease_token FROM job WHERE kind = 'sweep' AND done_at IS NOT NULL"
LIVE = {"held", "awaiting_payment", "processing", "confirmed"}


@pytest.fixture
def url(postgres_engine):
    made = postgres_engine.fresh()
    yield made
    postgres_engine.drop(made)


@asynccontextmanager
async def two(folder, url, **options):
    """A world and two running replicas in it."""
    async with sandbox() as world, fleet(folder, world, url, turns, replicas=2, **options) as shop:
        await shop.start()
        await shop.bots[0].imports(CATALOG)
        yield world, shop


@pytest.mark.timeout(240)
@pytest.mark.parametrize("receive", ["webhook", "polling"])
async def test_a_kill_a_newer_schema_and_a_rolling_restart_lose_nothing(tmp_path, url, receive):
    async with two(tmp_path, url, receive=receive) as (world, shop):
        customers = Customers(world)
        coming = asyncio.ensure_future(customers.come(rate=1, seconds=8))
        await asyncio.sleep(2)
        await shop.kill_one(shop.bots[0])
        await a_newer_release_changes(url, oldest_code=known_migrations()[-1])
        async with second_connection(url) as other:
            await other.raw.execute("ALTER TABLE job ADD COLUMN news TEXT")
        await shop.restart_each()
        await coming
        await world.settle(within=60, quiet=2)
        assert await shop.stop() == [0, 0]
        found = await check(world, shop.bots[0], url, units=UNITS)
        assert found.wrong + customers.failed + shop.errors() == []
        assert found.confirmed >= 5


@pytest.mark.timeout(240)
async def test_a_frozen_poller_is_followed_and_stops_when_it_wakes(tmp_path, url):
    async with two(tmp_path, url, receive="polling") as (world, shop):
        first, second = shop.bots
        await until(lambda: polls(first) or polls(second), what="somebody who polls")
        leader, follower = (first, second) if polls(first) else (second, first)
        leader.process.send_signal(signal.SIGSTOP)
        await until(lambda: polls(follower), within=40, what="somebody who polls instead")
        await world.telegram.start(77, "svc_cut")
        await tap(world, 77, DAY, within=40)
        leader.process.send_signal(signal.SIGCONT)
        stopped = "polling stopped here"
        await until(lambda: stopped in leader.log.read_text(), what="an end of its polling")
        await walk_to_summary(world, 78, "cut", DAY, r"^\d\d:\d\d")
        assert shop.errors() == []


def polls(bot) -> bool:
    return "polling begins here" in bot.log.read_text()


@pytest.mark.family("R2")
@pytest.mark.timeout(120)
async def test_what_a_killed_replica_had_begun_is_done_by_another_within_ten_seconds(tmp_path, url):
    async with sandbox() as world, fleet(tmp_path, world, url, turns, replicas=2) as shop:
        first, second = shop.bots
        await first.start(module=("tests.victim", "--at", "checkout.before_create"))
        await first.imports(CATALOG)
        await walk_to_summary(world, 77, "cut", DAY, r"^\d\d:\d\d")
        await tap(world, 77, "^Confirm")
        await first.dies()
        async with second_connection(url) as other:
            assert await other.value(LEASED) == 1
        await second.start()
        await until(lambda: says(world, 77, "Pay €"), within=10, what="the payment link")
        assert await second.stop() == 0
        [row] = await second.rows("bookings")
        assert (row["status"], len(row["session_ids"])) == ("awaiting_payment", 1)
        assert len(world.stripe.store.sessions) == 1


@pytest.mark.timeout(120)
async def test_a_replica_is_known_to_others_before_it_begins_what_waited_for_its_start(
    tmp_path, url
):
    async with two(tmp_path, url) as (_, shop), second_connection(url) as other:
        await shop.stop()
        await other.raw.execute("UPDATE job SET run_at = 1 WHERE kind = 'sweep'")
        await shop.bots[0].start()
        assert "." in await who_swept(other)


async def who_swept(other) -> str:
    """Return whose lease the sweep was, as soon as it is done."""
    async with asyncio.timeout(30):
        while True:
            if token := await other.value(SWEPT):
                return token
            await asyncio.sleep(0.05)


@pytest.mark.timeout(240)
async def test_copies_of_one_event_at_two_replicas_confirm_once(tmp_path, url):
    async with two(tmp_path, url) as (world, shop):
        await walk_to_summary(world, 77, "cut", DAY, r"^\d\d:\d\d")
        world.stripe.faults.append(Fault("WEBHOOK", "drop", 1_000))
        await tap(world, 77, "^Confirm")
        await until(lambda: says(world, 77, "Pay €"), what="the payment link")
        await world.stripe.pay(next(iter(world.stripe.store.sessions)), CARD)
        body = event("completed", world.stripe.ledger()["sessions"][-1])
        doors = [SimpleNamespace(world=world, bot=bot) for bot in shop.bots]
        header = signed(doors[0], body)
        answers = await asyncio.gather(
            *(post(doors[number % 2], body, header) for number in range(COPIES))
        )
        assert set(answers) == {200}
        await until(lambda: documents(world, 77), what="the receipt")
        await world.telegram.settle(within=60, quiet=2)
        await shop.stop()
        assert [row["status"] for row in await shop.bots[0].rows("payments")] == ["succeeded"]
        assert documents(world, 77) == 1
        async with second_connection(url) as other:
            assert await other.value("SELECT count(*) FROM job WHERE key LIKE 'evt:%'") == 1


@pytest.mark.timeout(300)
async def test_a_crowd_at_two_replicas_gets_exactly_the_places_there_are(tmp_path, url):
    users = range(1000, 1000 + CROWD)
    options = {"messages_per_second": 100_000}
    async with two(tmp_path, url, **options) as (world, shop):
        walks = [lambda user=user: walk_to_summary(world, user, "seat", DAY) for user in users]
        await in_batches(walks, 25)
        await asyncio.gather(*(tap(world, user, "^Confirm", within=60) for user in users))
        for user in users:
            await until(lambda who=user: says(world, who, "held for you|taken"), within=60)
        await shop.stop()
        rows = await shop.bots[0].rows("bookings")
        assert sum(row["seats"] for row in rows if row["status"] in LIVE) == UNITS
