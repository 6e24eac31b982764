"""Refunds: however they are asked for, together they never exceed what was paid."""

import asyncio
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.errors import NothingToRefund, RefundTooLarge, Refusal
from booking.money import Money
from booking.ports import Environment, Shop, StripeRefund
from booking.refund import Purse, Source, Wish, purse_of, refund
from booking.refund_books import book
from bot.randomness import SystemRandomness
from db.database import database as current
from db.money_models import Attempt, Refund
from db.moves import move_refund
from db.states import AttemptState, RefundState
from db.transactions import run
from tests.db.shop import NOW, at, open_shop

PAID = (5000, 700)
_questions = count(1)


class Clock:
    def now(self):
        return NOW


ENV = Environment(
    shop=Shop(id="shop-1", name="S", timezone=ZoneInfo("Europe/Berlin"), currency="EUR"),
    clock=Clock(),
    payments=None,
    randomness=SystemRandomness(),
    wording=None,
)


async def a_paid_booking(shop, *paid, currency="EUR", **values):
    """A booking with one succeeded attempt for each amount."""
    booking = await shop.booking(**values)
    for number, minor in enumerate(paid, 1):
        await Attempt.create(
            booking_id=booking.id,
            number=number,
            idempotency_key=f"{booking.id}-{number}",
            params={},
            state=AttemptState.SUCCEEDED,
            amount_minor=minor,
            paid_minor=minor,
            currency=currency,
            expires_at=at(30),
            payment_intent=f"pi_{booking.id}_{number}",
            created_at=NOW,
        )
    return booking


async def wishes(booking, minor, *, known, question=None) -> bool:
    """Ask for so much back; tell whether it was granted."""
    wish = Wish(
        amount=Money(minor, "EUR"),
        given_back=known,
        question=question or next(_questions),
        actor="admin:9",
    )
    try:
        await refund(ENV, booking=booking, wish=wish)
    except Refusal:
        return False
    return True


async def known(booking) -> int:
    try:
        return (await purse_of(booking)).given_back.minor
    except NothingToRefund:
        return sum(PAID)


async def check_never_more_than_paid(booking) -> None:
    for attempt in await Attempt.filter(booking_id=booking.id):
        refunds = await Refund.filter(attempt_id=attempt.id)
        assert sum(one.amount_minor for one in refunds if one.state.counts) <= attempt.paid_minor


amounts = st.integers(1, 6000)
rounds = st.lists(
    st.tuples(st.lists(amounts, min_size=1, max_size=4), st.sampled_from(RefundState)), max_size=5
)


def collect(strategy, found, examples) -> None:
    """Let Hypothesis choose; the event loop is ours, so what it chose is tried afterwards."""

    @settings(max_examples=examples, database=None, deadline=None)
    @given(strategy)
    def choose(chosen):
        found.append(chosen)

    choose()


async def test_whoever_asks_at_once_and_whatever_fails_no_more_than_paid_is_given_back(database):
    shop = await open_shop()
    found = []
    collect(rounds, found, 40)
    for steps in found:
        booking = await a_paid_booking(shop, *PAID)
        for asked, outcome in steps:
            before = await known(booking)
            await asyncio.gather(*(wishes(booking, each, known=before) for each in asked))
            await check_never_more_than_paid(booking)
            mine = Refund.filter(attempt__booking_id=booking.id, state=RefundState.ASKED)
            for one in await mine:
                await move_refund(one.id, outcome)
            await check_never_more_than_paid(booking)


async def without_the_guard() -> None:
    """Put a view in the place of the attempts, whose rows nobody can lock."""
    await run("ALTER TABLE attempt RENAME TO unguarded")
    await run(
        "CREATE FUNCTION attempts() RETURNS SETOF unguarded LANGUAGE plpgsql AS"
        " 'BEGIN RETURN QUERY SELECT * FROM unguarded; END'"
    )
    await run("CREATE VIEW attempt AS SELECT * FROM attempts()")


async def test_control_without_the_lock_the_same_race_gives_back_too_much(database):
    if current().is_sqlite:
        pytest.skip("a transaction of SQLite has the whole database anyway")
    booking = await a_paid_booking(await open_shop(), *PAID)
    await without_the_guard()
    # side by side they are only while nobody has committed: on a slow machine not each time
    for _ in range(10):
        granted = await asyncio.gather(*(wishes(booking, 5000, known=0) for _ in range(20)))
        if granted.count(True) > 1:
            return
        await run("DELETE FROM refund")
    raise AssertionError("the lock was off and still nobody got too much: this proves nothing")


async def test_of_many_who_give_all_of_it_back_at_once_one_succeeds(database):
    booking = await a_paid_booking(await open_shop(), *PAID)
    granted = await asyncio.gather(*(wishes(booking, sum(PAID), known=0) for _ in range(20)))
    assert granted.count(True) == 1
    assert sorted([one.amount_minor for one in await Refund.all()]) == sorted(PAID)
    await check_never_more_than_paid(booking)


async def test_one_question_is_answered_once(database):
    booking = await a_paid_booking(await open_shop(), *PAID)
    await asyncio.gather(*(wishes(booking, 100, known=0, question=7) for _ in range(10)))
    assert await wishes(booking, 100, known=0, question=7)
    assert await Refund.all().count() == 1


async def test_a_second_payment_is_given_back_before_the_first(database):
    booking = await a_paid_booking(await open_shop(), *PAID)
    assert await wishes(booking, 900, known=0)
    given = await Refund.all().select_related("attempt").order_by("id")
    assert [(one.attempt.number, one.amount_minor) for one in given] == [(2, 700), (1, 200)]


async def test_money_in_another_currency_is_given_back_in_it(database):
    booking = await a_paid_booking(await open_shop(), 900, currency="USD")
    assert (await purse_of(booking)).left == Money(900, "USD")
    assert not await wishes(booking, 900, known=0)


async def test_stripes_words_are_booked_once_in_whatever_order_they_come(database):
    booking = await a_paid_booking(await open_shop(), 5000)
    intent = (await Attempt.get()).payment_intent

    def told(status):
        return StripeRefund(
            id="re_1", status=status, amount=300, payment_intent=intent, charge=None
        )

    order = ["pending", "succeeded", "pending", "succeeded", "failed", "succeeded", "canceled"]
    await asyncio.gather(*(book(ENV, told("pending")) for _ in range(5)))
    for status in order:
        assert await book(ENV, told(status))
    [one] = await Refund.all()
    assert (one.state, one.refund_id, one.reason) == (RefundState.FAILED, "re_1", "dashboard")
    assert (await purse_of(booking)).left == Money(5000, "EUR")


async def test_a_refund_of_ours_that_was_thought_never_made_is_booked_all_the_same(database):
    booking = await a_paid_booking(await open_shop(), 5000)
    await wishes(booking, 300, known=0)
    [ours] = await Refund.all().select_related("attempt")
    await move_refund(ours.id, RefundState.FAILED)
    told = StripeRefund(
        id="re_1",
        status="succeeded",
        amount=300,
        payment_intent=ours.attempt.payment_intent,
        charge=None,
        metadata={"refund": ours.idempotency_key},
    )
    assert await book(ENV, told)
    assert await book(ENV, told)
    states = [(one.state, one.reason) for one in await Refund.all().order_by("id")]
    reason = "requested_by_customer"
    assert states == [(RefundState.FAILED, reason), (RefundState.SUCCEEDED, reason)]


async def test_what_is_not_ours_is_not_booked(database):
    for intent in ("pi_foreign", None):
        told = StripeRefund(
            id="re_1", status="succeeded", amount=1, payment_intent=intent, charge=None
        )
        assert not await book(ENV, told)
    assert await Refund.all().count() == 0


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=5), st.integers(1, 60_000))
def test_an_amount_is_split_exactly_over_what_the_payments_have_left(left, minor):
    sources = tuple(Source(number, each) for number, each in enumerate(left))
    purse = Purse(Money(sum(left), "EUR"), Money(0, "EUR"), sources)
    if minor > sum(left):
        with pytest.raises(RefundTooLarge):
            list(purse.split(Money(minor, "EUR")))
        return
    parts = dict(purse.split(Money(minor, "EUR")))
    assert sum(parts.values()) == minor
    assert all(0 < part <= left[source] for source, part in parts.items())
