"""kill -9 of the real process at every step of one booking: nothing is lost."""

import asyncio
from pathlib import Path

import pytest

from tests.crowd import DAY, newest_buttons, tap, tap_or_phone, until
from tests.journeys.conftest import running_shop
from tests.journeys.test_conversation import ADA, to_summary
from tests.process import Bot, sandbox

CATALOG = (Path(__file__).parent / "race.toml").read_text()
# every named point a booking passes, and for what happens often a later time too
POINTS = [
    ("take_in.before_commit", 1),
    ("take_in.after_commit", 1),
    ("take_in.before_commit", 6),
    ("create.before_commit", 1),
    ("create.after_commit", 1),
    ("speak.before_commit", 1),
    ("speak.after_commit", 1),
    ("open.before_commit", 1),
    ("open.after_commit", 1),
    ("change.before_commit", 2),
    ("change.after_commit", 2),
    ("hold.before_commit", 1),
    ("hold.after_commit", 1),
    ("checkout.before_create", 1),
    ("checkout.after_create", 1),
    ("save_session.before_commit", 1),
    ("save_session.after_commit", 1),
    ("confirm.after_retrieve", 1),
    ("settle.before_commit", 1),
    ("settle.after_commit", 1),
    ("confirm.after_commit", 1),
    ("send.before", 1),
    ("send.after", 1),
    ("send.before", 8),
    ("send.after", 8),
    ("finish.before_commit", 1),
    ("finish.after_commit", 12),
    ("told.before_commit", 1),
]
# not of a booking: starting, importing a catalogue, reading it, forgetting old jobs, and the card
# of an admin who cannot be reached
OTHER = {
    "finish_each",
    "release_leases",
    "import",
    "forget",
    "free",
    "read_shelf",
    "blocked",
    "bury",
    "begin",
}


async def test_no_point_of_a_booking_is_left_out(tmp_path, database_url):
    seen = set()
    async with running_shop(tmp_path, database_url, points=seen.add) as shop:
        await to_summary(shop)
        await shop.taps(ADA, "^Confirm")
        await shop.pays(shop.sessions()[0]["id"])
    passed = {point for point in seen if point.split(".")[0] not in OTHER}
    assert passed == {name for name, _ in POINTS}


class Reviver:
    """Restarts the bot whenever it dies, as systemd does, and counts the deaths."""

    def __init__(self, bot: Bot):
        self.bot, self.deaths = bot, 0

    async def run(self) -> None:
        while True:
            await self.bot.process.wait()
            self.deaths += 1
            await self.bot.start(ready=False)


async def book_and_pay(world) -> None:
    await world.telegram.start(ADA, "svc_cut")
    await tap(world, ADA, DAY, within=20)
    await tap(world, ADA, "^10:00", within=20)
    await tap_or_phone(world, ADA)
    await tap(world, ADA, "^Confirm", within=20)
    await until(lambda: "I have paid" in newest_buttons(world, ADA), what="the payment link")
    session = await until(lambda: world.stripe.ledger()["sessions"], what="a session")
    await world.stripe.pay(session[0]["id"], "4242424242424242")


def documents(world) -> int:
    return sum(1 for message in world.telegram.chat(ADA) if message.get("document"))


def photos(world) -> int:
    return sum(1 for message in world.telegram.chat(ADA) if message.get("photo"))


@pytest.mark.family("R1")
@pytest.mark.timeout(180)
@pytest.mark.parametrize(("point", "nth"), POINTS, ids=str)
async def test_a_kill_at_any_point_loses_nothing(
    tmp_path, database_url, point, nth, record_property
):
    record_property("runs", 1)
    async with sandbox() as world:
        bot = Bot(tmp_path, world, database_url)
        await bot.imports(CATALOG)
        await bot.start(module=("tests.victim", "--at", point, "--nth", str(nth)))
        reviver = Reviver(bot)
        reviving = asyncio.ensure_future(reviver.run())
        try:
            await book_and_pay(world)
            await until(lambda: documents(world) and photos(world), what="the whole receipt")
        finally:
            reviving.cancel()
            await bot.stop()
        assert reviver.deaths == 1, "the process was never at this point"
        await check_books(bot, world)


async def check_books(bot, world) -> None:
    """One booking, confirmed, one payment, one session paid; nothing twice but messages."""
    bookings, payments = await bot.rows("bookings"), await bot.rows("payments")
    assert [row["status"] for row in bookings] == ["confirmed"]
    assert [row["status"] for row in payments] == ["succeeded"]
    assert payments[0]["amount_minor"] == bookings[0]["paid_minor"] == 5000
    sessions = world.stripe.ledger()["sessions"]
    assert [session["payment_status"] for session in sessions] == ["paid"]
    assert payments[0]["session_id"] == sessions[0]["id"]
    assert documents(world) <= 2
