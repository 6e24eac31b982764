"""kill -9 of the real process at every step of one booking: nothing is lost."""

import asyncio
from pathlib import Path

import pytest

from tests.crowd import exported, newest_buttons, sees, tap, tap_or_phone, until
from tests.process import Bot, sandbox

CATALOG = Path(__file__).parent / "race.toml"
ADA = 77
# every named point a booking passes, from the first tap to the sent receipt
POINTS = [
    "intake.before_commit",
    "intake.after_commit",
    "change.before_commit",
    "change.after_commit",
    "hold.before_commit",
    "hold.after_commit",
    "checkout.before_create",
    "checkout.after_create",
    "save_session.before_commit",
    "save_session.after_commit",
    "confirm.after_retrieve",
    "settle.before_commit",
    "settle.after_commit",
    "send.before",
    "send.after",
    "finish.before_commit",
    "finish.after_commit",
]


async def revive(bot):
    """Restart the bot whenever it dies, as systemd does."""
    while True:
        await bot.process.wait()
        await bot.start(ready=False)


async def book_and_pay(world) -> None:
    await world.telegram.start(ADA, "svc_cut")
    await tap(world, ADA, r"\d", within=20)
    await tap(world, ADA, "^10:00", within=20)
    await tap_or_phone(world, ADA)
    await tap(world, ADA, "^Confirm", within=20)
    await until(lambda: "I have paid" in newest_buttons(world, ADA), what="the payment link")
    session = await until(lambda: world.stripe.ledger()["sessions"], what="a session")
    await world.stripe.pay(session[0]["id"], "4242424242424242")


@pytest.mark.parametrize("point", POINTS)
async def test_a_kill_at_any_point_loses_nothing(tmp_path, database_url, point):
    async with sandbox() as world:
        bot = Bot(tmp_path, world, database_url)
        assert (await bot.command("catalog", "import", str(CATALOG)))[0] == 0
        await bot.start(module=("tests.victim", "--at", point), ready=True)
        reviver = asyncio.ensure_future(revive(bot))
        try:
            await book_and_pay(world)
            await sees(world, ADA, "(?i)receipt|paid", within=30)
            await until(lambda: documents(world) >= 1, what="the calendar file")
        finally:
            reviver.cancel()
            await bot.stop()
        assert "SIGKILL" not in world.telegram.transcript(ADA)
        await check_books(bot, world)


def documents(world) -> int:
    return sum(1 for message in world.telegram.chat(ADA) if message.get("document"))


async def check_books(bot, world) -> None:
    """One booking, confirmed, one payment, one session paid; messages at least once."""
    bookings = exported((await bot.command("export", "bookings"))[1])
    payments = exported((await bot.command("export", "payments"))[1])
    assert [row["status"] for row in bookings] == ["confirmed"]
    assert [row["status"] for row in payments] == ["succeeded"]
    assert payments[0]["amount_minor"] == bookings[0]["paid_minor"] == 5000
    ledger = world.stripe.ledger()
    assert [s["payment_status"] for s in ledger["sessions"]] == ["paid"]
    assert payments[0]["session_id"] == ledger["sessions"][0]["id"]
