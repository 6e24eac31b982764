"""Webhooks lost for a day: our books find the money all the same, once, whatever happens."""

import asyncio

import pytest

from booking.reconcile import reconcile
from bot.books import BESIDES
from bot.stripe_lists import SlowStripe
from tests.journeys.conftest import running_shop
from tests.journeys.test_conversation import ADA, BELA
from tests.journeys.test_refund import ADMIN, gives_back, newest, refunds, times
from tests.journeys.test_webhook import documents, to_pay

DAY = 24 * 3600


def lines(out: str) -> list[str]:
    return out.strip().splitlines()


def days(shop) -> list[str]:
    """The admin's cards of days."""
    said = (each.get("text") or "" for each in shop.telegram.chat(ADMIN))
    return [text for text in said if "Net:" in text]


async def books(shop, **options):
    env = shop.app.environment
    return await reconcile(env, SlowStripe(env.payments), besides=BESIDES, **options)


async def pays_unheard(shop, user=ADA, time="^11:00") -> str:
    """Somebody pays, nobody opens the success page, and no event arrives; gives the reference."""
    await shop.pays(await to_pay(shop, user, time))
    row = (await shop.exported("bookings"))[-1]
    assert row["status"] == "awaiting_payment"
    return row["reference"]


async def test_what_no_event_told_is_found_told_and_put_right_by_the_command(shop):
    await shop.telegram.start(ADMIN)
    shop.fails("WEBHOOK", "drop")
    ada = await pays_unheard(shop)
    bela = await pays_unheard(shop, BELA, "^14:00")
    shop.stripe.refund(shop.stripe.ledger()["charges"][0]["id"], 300)
    before = await shop.exported("payments"), await shop.exported("audit")
    code, out, err = await shop.bot.command("reconcile", "--dry-run")
    assert (code, err) == (0, "")
    assert f"{ada} · €50.00: paid at Stripe, not in our books – would be put right" in lines(out)
    assert f"{ada} · €3.00: refund at Stripe, not so in our books – would be put right" in lines(
        out
    )
    assert lines(out)[-1] == "Our books minus Stripe’s: -€97.00"
    await shop.settle()
    assert (await shop.exported("payments"), await shop.exported("audit")) == before
    code, out, err = await shop.bot.command("reconcile")
    assert (code, err) == (0, "")
    assert f"{bela} · €50.00: paid at Stripe, not in our books – put right" in lines(out)
    assert f"{ada} · €3.00: refund at Stripe, not so in our books – put right" in lines(out)
    assert lines(out)[-1] == "Our books minus Stripe’s: €0.00"
    await shop.settle()
    assert [row["status"] for row in await shop.exported("bookings")] == ["confirmed"] * 2
    assert await refunds(shop) == [(300, "succeeded")]
    payments = await shop.exported("payments")
    assert all(row["fee_minor"] + row["net_minor"] == row["amount_minor"] for row in payments)
    for user in (ADA, BELA):
        assert len(documents(shop, user)) == 1
    assert times(shop, ADA, "issued a refund of €3.00") == 1
    again = await books(shop)
    assert (again.differences, again.agrees) == ([], True)
    shop.recovers()
    await shop.time_passes(700)  # Stripe delivers again what it could not
    assert [len(documents(shop, user)) for user in (ADA, BELA)] == [1, 1]
    assert times(shop, ADA, "issued a refund of €3.00") == 1


async def test_what_people_wish_waits_behind_no_event_that_was_missed(shop):
    await shop.telegram.start(ADMIN)
    shop.fails("WEBHOOK", "drop")
    both = [await pays_unheard(shop), await pays_unheard(shop, BELA, "^14:00")]
    await books(shop)
    shop.recovers()
    await shop.settle()
    for reference in both:  # the clock stands: of the missed events all but one wait for their turn
        await gives_back(shop, reference)
    assert await refunds(shop) == [(5000, "succeeded")] * 2


async def test_the_bot_finds_it_by_itself_and_says_once_that_webhooks_are_quiet(shop):
    await shop.telegram.start(ADMIN)
    await shop.time_passes(2 * 3600)
    shop.fails("WEBHOOK", "drop")
    await pays_unheard(shop)
    await shop.time_passes(15 * 60)
    assert len(documents(shop)) == 1
    assert not shop.reads(ADMIN, "do not arrive")
    for _ in range(3):
        await shop.time_passes(15 * 60)
    assert times(shop, ADMIN, "messages do not arrive") == 1
    assert shop.reads(ADMIN, "booking-bot check")


async def test_every_day_has_its_card_the_first_and_those_the_clock_jumped_over(shop, transcript):
    await shop.telegram.start(ADMIN)
    await shop.time_passes(DAY)
    assert times(shop, ADMIN, "Net:") == 1
    await shop.pays(await to_pay(shop))
    await shop.time_passes(5 * DAY)
    of_the_payment, of_the_last_day = days(shop)[1:]
    assert "1 booking made" not in of_the_last_day
    assert of_the_payment == transcript


async def test_an_admin_asks_agrees_and_reads_what_was_done(shop, transcript):
    await shop.telegram.start(ADMIN)
    shop.fails("WEBHOOK", "drop")
    await pays_unheard(shop)
    await shop.says(ADMIN, "/reconcile")
    asked = newest(shop, ADMIN)
    assert shop.buttons(ADMIN) == ["Yes, compare the last 30 days with Stripe", "No"]
    await shop.taps(ADMIN, "^Yes")
    said = [m["text"] for m in shop.telegram.chat(ADMIN) if "Our books and Stripe" in m["text"]]
    assert len(said) == 1
    assert len(documents(shop)) == 1
    actions = [(row["action"], row["actor"]) for row in await shop.exported("audit")]
    assert ("reconcile", f"admin:{ADMIN}") in actions
    await shop.taps(ADMIN, "^Show BK-")
    assert "Haircut" in newest(shop, ADMIN)
    reference = (await shop.exported("bookings"))[0]["reference"]
    await shop.says(ADA, "/reconcile")
    assert "don’t know this command" in newest(shop, ADA)
    assert "\n\n".join([asked, *said]).replace(reference, "BK-…") == transcript


@pytest.mark.parametrize("fault", ["settle.before_commit", "settle.after_commit"])
async def test_interrupted_anywhere_it_comes_to_the_same_end(tmp_path, database_url, fault):
    class Killed(BaseException):
        """Stands for kill -9: nothing after it runs."""

    armed = []

    def point(name):
        if armed and name == fault:
            armed.clear()
            raise Killed

    async with running_shop(tmp_path, database_url, points=point) as shop:
        shop.fails("WEBHOOK", "drop")
        await pays_unheard(shop)
        await pays_unheard(shop, BELA, "^14:00")
        armed.append(True)
        with pytest.raises(Killed):
            await books(shop)
        reports = await asyncio.gather(books(shop), books(shop))
        assert all(report.agrees for report in reports)
        await shop.settle()
        assert [row["status"] for row in await shop.exported("bookings")] == ["confirmed"] * 2
        assert [len(documents(shop, user)) for user in (ADA, BELA)] == [1, 1]


async def test_while_stripe_is_away_it_stops_cleanly_and_says_how_far_it_came(shop):
    shop.fails("WEBHOOK", "drop")
    await pays_unheard(shop)
    shop.fails("GET /v1/refunds", "429")
    code, out, err = await shop.bot.command("reconcile")
    assert code == 1
    assert "put right" in lines(out)[0]
    assert "not known" in lines(out)[-1]
    assert "booking-bot: stopped before the end: Stripe" in err
