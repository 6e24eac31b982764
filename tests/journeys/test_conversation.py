"""From /start to Pay, as the chat reads."""

import re

import pytest

from tests.crowd import sees, tap
from tests.journeys.conftest import CATALOG

ADA, BELA = 71, 72


async def to_summary(shop, user=ADA, time="^11:00"):
    await shop.says(user, "/start")
    await shop.walks(user, "^Book", "^Haircut", "^Any", r"\b2\b", time, "^Skip")
    await shop.shares_phone(user)


async def test_a_customer_books_pays_and_gets_the_receipt(shop, transcript):
    shop.telegram.person(ADA, first_name="Ada", language_code="en")
    shop.fails("POST /v1/checkout/sessions$", "slow:0.5", 1)
    await to_summary(shop)
    await shop.taps(ADA, "^Confirm")
    await shop.pays(shop.sessions()[0]["id"])
    assert shop.chat(ADA) == transcript
    assert [row["status"] for row in await shop.exported("bookings")] == ["confirmed"]


async def test_the_same_way_in_bengali(shop, transcript):
    shop.telegram.person(BELA, first_name="বেলা", language_code="bn")
    shop.fails("POST /v1/checkout/sessions$", "slow:0.5", 1)
    await shop.says(BELA, "/start")
    for position in range(4):
        await shop.taps(BELA, first_choice(shop, BELA, position))
    await shop.taps(BELA, "১১:০০")
    await shop.says(BELA, "কিছু না")
    await shop.shares_phone(BELA)
    await shop.taps(BELA, shop.buttons(BELA)[0])
    await shop.pays(shop.sessions()[0]["id"])
    assert shop.chat(BELA) == transcript


def first_choice(shop, user, _position):
    return "^" + re.escape(shop.buttons(user)[0])


async def test_a_new_customer_reaches_pay_in_six_taps(shop):
    shop.telegram.person(ADA, first_name="Ada", language_code="en")
    taps = 0
    await shop.says(ADA, "/start")
    for label in ("^Book", "^Haircut", "^Any", r"\b2\b", "^11:00"):
        await shop.taps(ADA, label)
        taps += 1
    await shop.says(ADA, "nothing")
    await shop.says(ADA, "+49 30 123456")
    await shop.taps(ADA, "^Confirm")
    assert taps + 1 <= 6
    assert any(label.startswith("Pay") for label in shop.buttons(ADA))


async def test_a_returning_customer_reaches_pay_in_four_taps(shop):
    await to_summary(shop)
    await shop.taps(ADA, "^Confirm")
    await shop.pays(shop.sessions()[0]["id"])
    await shop.says(ADA, "/start")
    taps = 0
    for label in ("^Book again", r"\b3\b", "^11:00"):
        await shop.taps(ADA, label)
        taps += 1
    await shop.says(ADA, "nothing")
    await shop.taps(ADA, "^Confirm")
    assert taps + 1 <= 4
    assert any(label.startswith("Pay") for label in shop.buttons(ADA))


async def test_a_double_tap_on_confirm_makes_one_booking(shop):
    await to_summary(shop)
    message = next(m for m in reversed(shop.telegram.chat(ADA)) if m.get("reply_markup"))
    data = next(
        b["callback_data"]
        for row in message["reply_markup"]["inline_keyboard"]
        for b in row
        if b["text"] == "Confirm"
    )
    for _ in range(5):
        await shop.telegram.press(ADA, message["message_id"], data)
    await shop.settle()
    assert len(await shop.exported("bookings")) == 1
    assert len(shop.sessions()) == 1


@pytest.mark.parametrize(
    "steps",
    [
        [],
        ["^Book"],
        ["^Book", "^Haircut"],
        ["^Book", "^Haircut", "^Any"],
        ["^Book", "^Haircut", "^Any", r"\b2\b"],
        ["^Book", "^Haircut", "^Any", r"\b2\b", "^11:00"],
        ["^Book", "^Haircut", "^Any", r"\b2\b", "^11:00", "^Skip"],
    ],
    ids=len,
)
async def test_every_command_answers_in_every_state(shop, steps):
    await shop.says(ADA, "/start")
    await shop.walks(ADA, *steps)
    pages = "/help /support /terms /privacy /language /bookings /forget /nonsense"
    commands = f"/book {pages} /book /cancel /book /start"
    for command in commands.split():
        before = len(shop.telegram.chat(ADA))
        await shop.says(ADA, command)
        assert len(shop.telegram.chat(ADA)) > before + 1, f"{command} was not answered"
    assert "Book" in " ".join(shop.buttons(ADA))


async def test_back_keeps_what_was_chosen(shop):
    await to_summary(shop)
    for _ in range(3):
        await shop.taps(ADA, "^Back")
    await shop.taps(ADA, r"\b3\b") if not has(shop, ADA, "^11:00") else None
    await shop.taps(ADA, "^14:00")
    await shop.taps(ADA, "^Confirm")
    assert shop.reads(ADA, "14:00")


def has(shop, user, label):
    return any(re.search(label, text) for text in shop.buttons(user))


async def test_an_old_keyboard_says_so_and_shows_the_present_screen(shop):
    await shop.says(ADA, "/start")
    await shop.taps(ADA, "^Book")
    message = next(m for m in reversed(shop.telegram.chat(ADA)) if m.get("reply_markup"))
    data = message["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await shop.taps(ADA, "^Haircut")
    await shop.telegram.press(ADA, message["message_id"], data)
    await shop.settle()
    assert any("old" in toast.lower() for toast in shop.telegram.toasts(ADA))


async def test_a_coupon_lowers_the_price_and_is_used_once(shop):
    await to_summary(shop)
    await shop.taps(ADA, "^Coupon")
    await shop.says(ADA, "welcome10")
    await shop.taps(ADA, "^Confirm")
    assert shop.sessions()[0]["amount_total"] == 4500
    await to_summary(shop, BELA, "^14:00")
    await shop.taps(BELA, "^Coupon")
    await shop.says(BELA, "WELCOME10")
    if "Confirm" in shop.buttons(BELA):
        await shop.taps(BELA, "^Confirm")
    assert len(shop.sessions()) == 1
    assert shop.reads(BELA, "(?i)coupon")


async def test_a_deposit_is_asked_online_and_the_rest_on_site(shop):
    await shop.says(ADA, "/start svc_colour")
    await shop.walks(ADA, r"\b2\b", "^11:00")
    await shop.shares_phone(ADA)
    await shop.taps(ADA, "^Confirm")
    row = (await shop.exported("bookings"))[0]
    assert (row["price_minor"], row["due_minor"], row["onsite_minor"]) == (12000, 3000, 9000)
    assert shop.sessions()[0]["amount_total"] == 3000


async def test_a_free_booking_is_confirmed_without_stripe(shop):
    await shop.says(ADA, "/start svc_consultation")
    await shop.walks(ADA, r"\b2\b", "^11:00")
    await shop.shares_phone(ADA)
    await shop.taps(ADA, "^Confirm")
    assert [row["status"] for row in await shop.exported("bookings")] == ["confirmed"]
    assert shop.sessions() == []
    assert any(message.get("document") for message in shop.telegram.chat(ADA))


async def test_a_lost_race_offers_the_three_nearest_times(shop):
    await shop.says(ADA, "/start svc_colour")
    await shop.walks(ADA, r"\b2\b", "^11:00")
    await shop.shares_phone(ADA)
    await shop.says(BELA, "/start svc_colour")
    await shop.walks(BELA, r"\b2\b", "^11:00")
    await shop.shares_phone(BELA)
    await shop.taps(ADA, "^Confirm")
    await shop.taps(BELA, "^Confirm")
    times = [label for label in shop.buttons(BELA) if re.search(r"\d\d:\d\d", label)]
    assert len(times) == 3
    await shop.taps(BELA, re.escape(times[0]))
    await shop.taps(BELA, "^Confirm")
    assert len(shop.sessions()) == 2


async def test_what_is_typed_is_understood_where_it_can_be(shop):
    await shop.says(ADA, "/start svc_haircut")
    await shop.taps(ADA, "^Any")
    await shop.says(ADA, "gibberish")
    await shop.says(ADA, "2 Dec")
    await shop.says(ADA, "১১:০০")
    assert has(shop, ADA, "Skip")


async def test_a_price_that_changed_is_shown_before_it_is_charged(shop):
    await to_summary(shop)
    await shop.imports(CATALOG.replace('price = "50.00"', 'price = "60.00"'))
    await shop.taps(ADA, "^Confirm")
    assert shop.sessions() == []
    assert shop.reads(ADA, "price or the terms have changed")
    await shop.taps(ADA, "^Confirm")
    assert shop.sessions()[0]["amount_total"] == 6000


async def test_a_time_taken_back_by_a_closure_is_not_sold(shop):
    closure = "[[closures]]\nfrom = 2026-12-02T00:00:00\nto = 2026-12-03T00:00:00\n"
    await to_summary(shop)
    await shop.imports(CATALOG + closure)
    await shop.taps(ADA, "^Confirm")
    assert shop.sessions() == []
    assert len([label for label in shop.buttons(ADA) if re.search(r"\d\d:\d\d", label)]) == 3


async def test_a_slow_stripe_holds_up_nobody_else(shop):
    await to_summary(shop)
    shop.fails("POST /v1/checkout/sessions$", "slow:8", 1)
    await tap(shop.world, ADA, "^Confirm")
    await shop.telegram.say(BELA, "/start svc_colour")
    await tap(shop.world, BELA, r"\b3\b", within=5)
    await tap(shop.world, BELA, "^11:00", within=5)
    await sees(shop.world, BELA, "reach you by phone", within=5)
    assert not has(shop, ADA, "^Pay")
    await shop.settle()
    assert has(shop, ADA, "^Pay")
