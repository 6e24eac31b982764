"""Whoever is forgotten is nowhere, whatever they had begun, and whatever Stripe says later."""

from datetime import UTC, datetime

import pytest

from bot.config import read
from bot.crew import KEPT
from bot.keys import keyring
from db import jobs
from db.connection import SQLITE, engine_of
from tests.engines import second_connection
from tests.journeys.test_conversation import ADA
from tests.journeys.test_late import HOLD
from tests.journeys.test_reconcile import books
from tests.journeys.test_refund import ADMIN

CANARIES = ("quetzalina", "quetzal_user", "4915777777777", "allergic to quinoa")
DAYS = 5 * 24 * 3600
TABLES = {
    SQLITE: "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgres": "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
}


async def found_in(shop, url: str) -> set[str]:
    """Where somebody's name, number or words are, sealed or not: "table.column: what"."""
    keys, found = keyring(read(shop.bot.config)), set()
    async with second_connection(url) as other:
        for table in await other.rows(TABLES[engine_of(url)]):
            for row in await other.rows(f'SELECT * FROM "{table["name"]}"'):
                for column, value in row.items():
                    read_out = keys.unseal(value) if isinstance(value, bytes) else str(value)
                    text = read_out.decode() if isinstance(read_out, bytes) else read_out
                    found |= {
                        f"{table['name']}.{column}: {canary}"
                        for canary in CANARIES
                        if canary in text.lower()
                    }
    return found


async def begins(shop, time="^11:00"):
    await shop.says(ADA, "/start")
    await shop.walks(ADA, "^Book", "^Haircut", "^Any", r"\b2\b", time)
    await shop.says(ADA, "Allergic to quinoa")


async def drafted(shop):
    await begins(shop)
    await shop.shares_phone(ADA)


async def held(shop):
    await drafted(shop)
    await shop.taps(ADA, "^Confirm")


async def expired(shop):
    await held(shop)
    await shop.time_passes(HOLD + 5)


async def given_up(shop):
    await held(shop)
    await shop.taps(ADA, "^Cancel booking")


async def paid(shop):
    await held(shop)
    await shop.pays(shop.sessions()[-1]["id"])


async def been_there(shop):
    await paid(shop)
    await shop.time_passes(DAYS)


async def cancelled(shop):
    await paid(shop)
    await shop.taps(ADA, "^Cancel booking")
    await shop.taps(ADA, "^Yes")


async def not_yet_refunded(shop):
    await paid(shop)
    shop.fails("POST /v1/refunds", "500")
    await shop.taps(ADA, "^Cancel booking")
    await shop.taps(ADA, "^Yes")


async def blocked(shop):
    await been_there(shop)
    await shop.telegram.block(ADA)
    await shop.telegram.unblock(ADA)
    await shop.settle()


async def nothing(shop):
    """Nothing comes."""


async def refunded(shop):
    [charge] = shop.stripe.ledger()["charges"]
    shop.stripe.refund(charge["id"], 1000)
    await shop.settle()


async def disputed(shop):
    [charge] = shop.stripe.ledger()["charges"]
    shop.stripe.dispute(charge["id"])
    await shop.settle()


async def every_event_again(shop):
    for event in shop.stripe.ledger()["events"]:
        shop.stripe.webhooks.resend(event)
    await shop.settle()


async def late_money(shop):
    session = shop.sessions()[-1]["id"]
    shop.tampers(session, status="open")
    await shop.pays(session)
    await shop.time_passes(HOLD + 5)


async def stripe_recovers(shop):
    shop.recovers()
    await shop.time_passes(600)


async def compared(shop):
    assert (await books(shop)).differences == []


async def asked_again(shop):
    """The old button, or the command, once more."""
    await shop.says(ADA, "/forget")
    await shop.taps(ADA, "^Yes")


CASES = [
    (drafted, nothing),
    (drafted, asked_again),
    (expired, nothing),
    (expired, late_money),
    (expired, every_event_again),
    (given_up, nothing),
    (given_up, late_money),
    (been_there, nothing),
    (been_there, refunded),
    (been_there, disputed),
    (been_there, every_event_again),
    (been_there, compared),
    (been_there, asked_again),
    (cancelled, nothing),
    (cancelled, every_event_again),
    (cancelled, compared),
    (not_yet_refunded, stripe_recovers),
    (blocked, nothing),
    (blocked, refunded),
]
IN_CI = {(drafted, nothing), (expired, late_money), (been_there, disputed)}
IN_CI |= {(not_yet_refunded, stripe_recovers)}


def marked(case):
    name = " then ".join(act.__name__ for act in case)
    return pytest.param(*case, id=name, marks=[] if case in IN_CI else [pytest.mark.slow])


async def money(shop) -> list[tuple]:
    """What the books say, without who it was."""
    bookings = await shop.exported("bookings")
    payments = await shop.exported("payments")
    return [
        *((row["reference"], row["status"], row["paid_minor"], row["start"]) for row in bookings),
        *((row["session_id"], row["amount_minor"], row["paid_at"]) for row in payments),
    ]


async def known(shop) -> None:
    shop.telegram.person(ADA, first_name="Quetzalina", username="quetzal_user")
    shop.telegram.person(ADA, phone="4915777777777")
    await shop.telegram.start(ADMIN)
    await shop.settle()


@pytest.mark.family("R25")
@pytest.mark.parametrize(("before", "after"), [marked(case) for case in CASES])
async def test_a_forgotten_customer_is_nowhere_and_the_books_go_on(
    shop, database_url, before, after
):
    await known(shop)
    await before(shop)
    assert await found_in(shop, database_url), "nothing to be found: the test proves nothing"
    kept = await money(shop)
    await shop.says(ADA, "/forget")
    await shop.taps(ADA, "^Yes")
    assert shop.reads(ADA, "Your personal data is erased")
    await shop.time_passes(60)
    assert await found_in(shop, database_url) == set()
    assert {row[:1] for row in kept} <= {row[:1] for row in await money(shop)}
    await after(shop)
    await shop.time_passes(60)
    assert await found_in(shop, database_url) == set()
    payments = await shop.exported("payments")
    theirs = {(one["id"], one["amount"], one["status"]) for one in shop.stripe.ledger()["refunds"]}
    ours = {
        (one["id"], one["amount_minor"], one["status"])
        for row in payments
        for one in row["refunds"]
    }
    assert ours == theirs
    paid = {one["id"] for one in shop.sessions() if one["payment_status"] == "paid"}
    assert {row["session_id"] for row in payments if row["status"] == "succeeded"} == paid
    assert (await books(shop)).differences == []
    async with second_connection(database_url) as other:
        dead = "SELECT kind, last_error FROM job WHERE dead_at IS NOT NULL"
        assert await other.rows(dead) == []


@pytest.mark.family("R25")
async def test_what_an_admin_wrote_of_somebody_or_they_where_no_name_belongs_goes_too(
    shop, database_url
):
    await known(shop)
    await paid(shop)
    [row] = await shop.exported("bookings")
    await shop.says(ADMIN, f"/cancelbooking {row['reference']} Quetzalina is ill")
    await shop.taps(ADMIN, "^Yes")
    assert shop.reads(ADA, "Quetzalina is ill")
    await drafted(shop)
    await shop.taps(ADA, "^Coupon")
    await shop.says(ADA, "Quetzalina")
    await shop.says(ADA, "/forget")
    await shop.taps(ADA, "^Yes")
    await shop.time_passes(60)
    left = await found_in(shop, database_url)
    assert {one for one in left if not one.startswith("job.")} == set()
    # what admins wrote and read lies in their own lanes, for a while
    await shop.time_passes(KEPT.total_seconds() + 60)
    await jobs.forget(datetime.fromtimestamp(shop.world.clock.now(), UTC) - KEPT)
    assert await found_in(shop, database_url) == set()
    assert {one["action"] for one in await shop.exported("audit")} >= {"cancel", "unknown coupon"}


@pytest.mark.family("R25")
async def test_what_was_still_to_be_told_is_told_and_then_forgotten_too(shop, database_url):
    await known(shop)
    await been_there(shop)
    await shop.says(ADA, "/forget")
    shop.telegram.faults.add(match="sendMessage|editMessageText", kind="500", times=1000)
    await refunded(shop)
    await shop.telegram.tap(ADA, "^Yes")
    await shop.settle()
    async with second_connection(database_url) as other:
        waiting = "SELECT count(*) FROM job WHERE lane = 'out:71' AND done_at IS NULL"
        assert await other.value(waiting) >= 2
    assert not shop.reads(ADA, "a refund of")
    shop.telegram.faults.planned.clear()
    await shop.time_passes(120)
    assert shop.reads(ADA, "a refund of €10.00")
    assert shop.reads(ADA, "Your personal data is erased")
    assert await found_in(shop, database_url) == set()


@pytest.mark.family("R25")
async def test_a_booking_to_come_is_kept_until_it_is_cancelled(shop, database_url):
    await known(shop)
    await paid(shop)
    await shop.says(ADA, "/forget")
    await shop.taps(ADA, "^Yes")
    assert not shop.reads(ADA, "Your personal data is erased")
    assert (await shop.exported("bookings"))[0]["customer_name"] == "Quetzalina"
    await shop.says(ADA, f"/start b_{(await shop.exported('bookings'))[0]['reference']}")
    await shop.taps(ADA, "^Cancel booking")
    await shop.taps(ADA, "^Yes")
    await shop.says(ADA, "/forget")
    await shop.taps(ADA, "^Yes")
    await shop.time_passes(60)
    assert await found_in(shop, database_url) == set()


@pytest.mark.family("R25")
async def test_who_comes_back_is_somebody_new_to_the_old_bookings(shop, database_url):
    await known(shop)
    await expired(shop)
    await shop.says(ADA, "/forget")
    await shop.taps(ADA, "^Yes")
    await begins(shop, "^14:00")
    await shop.says(ADA, "Zora")
    await shop.shares_phone(ADA)
    await shop.taps(ADA, "^Confirm")
    names = [row["customer_name"] for row in await shop.exported("bookings")]
    assert names == ["", "Zora"]


@pytest.mark.family("R25")
async def test_no_key_of_a_job_names_whose_chat_is_erased(shop, database_url):
    somebody = 6610498231  # keys are in the log
    await shop.says(somebody, "/start")
    await shop.says(somebody, "/forget")
    await shop.taps(somebody, "^Yes")
    await shop.time_passes(60)
    async with second_connection(database_url) as other:
        keys = [row["key"] for row in await other.rows("SELECT key FROM job")]
    assert [key for key in keys if key.startswith("erase_lane:")]
    assert [key for key in keys if str(somebody) in key] == []
