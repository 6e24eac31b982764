"""Everything that makes a price meets everything else, to the cent, from the summary to Stripe."""

import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from booking import draft as drafts
from booking.catalog import Catalog, Coupon, PolicyStep, Service, Staff
from booking.catalog_import import import_catalog
from booking.choices import Step
from booking.confirm import Standing, confirm
from booking.customers import meet
from booking.money import Money, chargeable_step
from booking.pay import create_checkout
from booking.policy import refund_amount, refund_percent
from booking.ports import Environment
from booking.turn import Turn
from bot.randomness import SystemRandomness
from bot.stripe_gateway import StripeGateway
from db.job_rows import job_of
from db.models import Booking
from db.money_models import Attempt
from db.states import BookingState
from db.transactions import rows
from handlers import notices
from handlers.checkout import CheckoutWording
from handlers.door import Door
from handlers.keyboards import Verb, decode
from tests.handlers.chat import Chat
from tests.handlers.conftest import NOW, make_shop
from tests.handlers.rows import TOKENS
from tests.handlers.test_notices import job, screen
from tests.pairs import all_pairs
from tests.process import sandbox

FACTORS = {
    "currency": ("EUR", "JPY", "KWD", "ISK", "UGX", "BDT"),
    "coupon": ("", "PERCENT", "AMOUNT", "ALL"),
    "deposit": ("none", "amount", "percent"),
    "seats": (1, 3),
    "tip": (0, 5),
    "policy": ("none", "steps"),
    "language": ("en", "bn"),
}
CASES = all_pairs(FACTORS)
# price, deposit and coupon: amounts whose per cents are no amounts Stripe could charge
AMOUNTS = {
    "EUR": ("49.99", "10.05", "7.77"),
    "JPY": ("4999", "1001", "777"),
    "KWD": ("15.570", "3.130", "2.220"),
    "ISK": ("4501", "1003", "777"),
    "UGX": ("60001", "20003", "7777"),
    "BDT": ("1250.55", "300.05", "99.99"),
}
PLACES = {"EUR": (2, 2), "JPY": (0, 0), "KWD": (3, 3), "ISK": (2, 0), "UGX": (2, 0), "BDT": (2, 2)}
"""How many decimals Stripe's minor unit has, and how many people write."""
SIGNS = {"en": {"EUR": "€", "JPY": "¥"}, "bn": {"EUR": "€", "JPY": "JP¥", "BDT": "৳"}}
STEPS = (PolicyStep(hours=24, refund=100), PolicyStep(hours=2, refund=50))
DAY = datetime(2026, 12, 2, 11, 0, tzinfo=UTC)
PERSON = 100


def written(minor, currency, language) -> str:
    """An amount as people of the language write it, without asking the product."""
    exponent, places = PLACES[currency]
    whole, _, rest = f"{Decimal(minor).scaleb(-exponent):.{places}f}".partition(".")
    group = r"(?<=\d)(?=(\d{3})+$)" if language == "en" else r"(?<=\d)(?=(\d\d)*\d{3}$)"
    number = re.sub(group, ",", whole) + (f".{rest}" if rest else "")
    sign = SIGNS[language].get(currency, currency)
    space = "\u00a0" if sign[0].isascii() else ""
    if language == "en":
        return f"{sign}{space}{number}"
    return number.translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")) + space + sign


def make_catalog(currency) -> Catalog:
    """One service for each deposit and policy, one coupon of each kind."""
    price, deposit, off = AMOUNTS[currency]
    deposits = {"none": None, "amount": deposit, "percent": "33%"}
    services = tuple(
        Service(
            key=f"{name}-{policy}",
            name="Class",
            duration=30,
            price=price,
            deposit=asked,
            staff=("hall",),
            capacity=3,
            max_seats=3,
            cancellation=STEPS if policy == "steps" else (),
        )
        for name, asked in deposits.items()
        for policy in FACTORS["policy"]
    )
    coupons = (
        Coupon(code="PERCENT", percent=17),
        Coupon(code="AMOUNT", amount=off),
        Coupon(code="ALL", percent=100),
    )
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("09:00-18:00",))
    hall = Staff(key="hall", name="Hall", hours=week)
    return Catalog(staff=(hall,), services=services, coupons=coupons)


class Time:
    def __init__(self, clock):
        self._clock = clock

    def now(self):
        return datetime.fromtimestamp(self._clock.now(), UTC)


@asynccontextmanager
async def open_shop(currency):
    """The door of a shop in a currency, and the pretend Stripe behind it."""
    await import_catalog(make_catalog(currency), now=NOW)
    shop = make_shop(currency=currency, tips=(5,))
    async with (
        sandbox(start=NOW.timestamp()) as world,
        StripeGateway(secret_key=world.stripe.secret_key, api_url=world.stripe_url) as gateway,
    ):
        env = Environment(
            shop=shop,
            clock=Time(world.clock),
            payments=gateway,
            randomness=SystemRandomness(),
            wording=CheckoutWording(shop, TOKENS),
        )
        door = Door(env=env, tokens=TOKENS, answer=lambda *_: None, bot_username=lambda: "annabot")
        yield door, world.stripe


async def to_summary(door, number, case) -> tuple[Chat, str]:
    """Lead a customer of their own to the summary, with coupon and tip; what it says."""
    chat = Chat(door, user=PERSON + number, language=case["language"])
    customer = await meet(door.env, telegram_id=chat.user, name="Zoë", campaign=None)
    turn = Turn(customer=customer, update_id=number)
    key = f"{case['deposit']}-{case['policy']}"
    draft = await drafts.begin(door.env, turn, service=key)
    start = DAY + timedelta(days=number)
    await drafts.choose(
        door.env,
        turn,
        draft=draft,
        step=Step.SUMMARY,
        start=int(start.timestamp()),
        day=start.date().isoformat(),
        seats=case["seats"],
        phone="+4930123456",
    )
    await chat.shown()
    if case["coupon"]:
        await presses(chat, Verb.COUPON)
        await chat.says(case["coupon"].lower())
    if case["tip"] and any(decode(button.data).verb == Verb.TIP for button in chat.buttons):
        await presses(chat, Verb.TIP)
    return chat, (await chat.says("/start"), await presses(chat, Verb.CONTINUE))[1].text


async def presses(chat, verb):
    return await chat.presses(next(b.data for b in chat.buttons if decode(b.data).verb == verb))


def check_sums(booking, case) -> None:
    step = chargeable_step(booking.currency)
    net = booking.price_minor - booking.discount_minor
    assert net == booking.due_minor + booking.onsite_minor
    assert booking.asked_minor == booking.due_minor + booking.tip_minor
    parts = (net, booking.due_minor, booking.onsite_minor, booking.tip_minor, booking.asked_minor)
    assert [part % step for part in parts] == [0] * 5
    assert bool(booking.tip_minor) == bool(case["tip"] and booking.due_minor)
    assert bool(booking.onsite_minor) == (case["deposit"] != "none" and net > 0)
    assert bool(booking.discount_minor) == bool(case["coupon"])
    if booking.tip_minor:
        assert abs(20 * booking.tip_minor - net) <= 10 * step


def check_words(text, booking, case) -> None:
    """Every amount that is not nothing is said, in the order in which they add up."""
    lines = re.sub(r"</?\w+>", "", text).splitlines()
    amounts = [
        booking.price_minor,
        booking.discount_minor,
        booking.tip_minor,
        booking.asked_minor,
        booking.onsite_minor,
    ]
    shown = [written(one, booking.currency, case["language"]) for one in amounts if one]
    found = [next((at for at, line in enumerate(lines) if one in line), -1) for one in shown]
    assert -1 not in found, (shown, text)
    assert found == sorted(found), text


async def pays(door, stripe, booking, case) -> Attempt:
    """Open the session as its job does, check it at Stripe, pay it, and confirm."""
    waiting = "SELECT * FROM job WHERE kind = ? ORDER BY id DESC LIMIT 1"
    await create_checkout(door.env, job_of((await rows(waiting, ["create_checkout"]))[0]))
    attempt = await Attempt.get(booking_id=booking.id)
    session = next(one for one in stripe.ledger()["sessions"] if one["id"] == attempt.session_id)
    items = session["line_items"]
    assert session["amount_total"] == attempt.amount_minor == booking.asked_minor
    assert session["currency"].upper() == booking.currency
    assert [one["amount_total"] for one in items] == [
        part for part in (booking.due_minor, booking.tip_minor) if part
    ]
    assert [one["description"] for one in items[1:]] == (
        [{"en": "Tip", "bn": "বকশিশ"}[case["language"]]] if booking.tip_minor else []
    )
    await stripe.pay(attempt.session_id, "4242424242424242")
    assert await confirm(door.env, attempt.session_id) == Standing.PAID
    return await Attempt.get(id=attempt.id)


async def check_refunds(door, attempt, booking, case) -> None:
    """What the policy gives back can be given back, and is what Stripe then gives."""
    steps = STEPS if case["policy"] == "steps" else ()
    paid = Money(attempt.paid_minor, booking.currency)
    given = []
    for hours in (48, 3, 1):
        percent = refund_percent(steps, booking.start, booking.start - timedelta(hours=hours))
        back = refund_amount(paid, percent)
        assert back.minor % chargeable_step(paid.currency) == 0
        assert back <= paid
        given.append(back.minor)
    assert given[0] == (paid.minor if steps else 0)
    assert given[2] == 0
    if given[1]:
        wish = {"payment_intent": attempt.payment_intent, "amount": given[1]}
        refund = await door.env.payments.refund(wish, idempotency_key=f"half-{attempt.id}")
        assert (refund.status, refund.amount) == ("succeeded", given[1])


async def goes_through(door, stripe, number, case) -> None:
    chat, summed_up = await to_summary(door, number, case)
    assert (await presses(chat, Verb.CONFIRM)) is not None
    booking = await Booking.all().order_by("-id").first().select_related("customer")
    check_sums(booking, case)
    check_words(summed_up, booking, case)
    if not booking.due_minor:
        assert case["coupon"] == "ALL"
        assert booking.status == BookingState.CONFIRMED
        assert not await Attempt.exists(booking_id=booking.id)
    else:
        attempt = await pays(door, stripe, booking, case)
        assert attempt.paid_minor == booking.asked_minor
        await check_refunds(door, attempt, booking, case)
    (receipt,) = await notices.render(door, job("receipt_text", booking=booking.id))
    (seen,) = await notices.render(door, screen(booking.customer, "booking", booking.reference))
    for message in (receipt, seen):
        if booking.price_minor != booking.asked_minor or booking.seats > 1:
            check_words(message.text, booking, case)
        elif booking.asked_minor:
            paid = written(booking.asked_minor, booking.currency, case["language"])
            assert f"{paid}</b>" in message.text


def test_every_pair_of_values_meets_in_few_cases():
    assert len(CASES) < 40
    wanted = sum(
        len(one) * len(other)
        for at, one in enumerate(FACTORS.values())
        for other in list(FACTORS.values())[at + 1 :]
    )
    names = list(FACTORS)
    met = {
        (one, case[one], other, case[other])
        for case in CASES
        for at, one in enumerate(names)
        for other in names[at + 1 :]
    }
    assert len(met) == wanted


@pytest.mark.parametrize("currency", FACTORS["currency"])
async def test_deposit_coupon_seats_tip_policy_and_language_fit_together(database, currency):
    async with open_shop(currency) as (door, stripe):
        for number, case in enumerate(CASES):
            if case["currency"] == currency:
                await goes_through(door, stripe, number, case)


async def test_an_amount_stripe_finds_too_small_is_due_on_site_without_the_tip(database):
    async with open_shop("BDT") as (door, stripe):
        tiny = Service(key="none-none", name="Class", duration=30, price="0.30", staff=("hall",))
        catalog = make_catalog("BDT")
        await import_catalog(catalog.model_copy(update={"services": (tiny,)}), now=NOW)
        case = {**CASES[0], "deposit": "none", "policy": "none", "coupon": "", "seats": 1, "tip": 5}
        chat, summed_up = await to_summary(door, 1, {**case, "language": "en"})
        assert "Tip: BDT\u00a00.02" in summed_up
        await presses(chat, Verb.CONFIRM)
        waiting = await rows("SELECT * FROM job WHERE kind = ?", ["create_checkout"])
        await create_checkout(door.env, job_of(waiting[0]))
        await create_checkout(door.env, job_of(waiting[0]))
        booking = await Booking.get()
        assert booking.status == BookingState.CONFIRMED
        assert (booking.asked_minor, booking.tip_minor, booking.onsite_minor) == (0, 0, 30)
        assert stripe.ledger()["sessions"] == []
        (told,) = await rows("SELECT * FROM job WHERE kind = ?", ["due_on_site"])
        (sent,) = await notices.render(door, job_of(told))
        assert "pay BDT\u00a00.30 on site" in sent.text
        assert "The tip has been left out." in sent.text
