"""Cancelling: exactly what was agreed to, once, and never more than was paid."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from booking.cancel import Terms, cancel, terms_of
from booking.errors import (
    AlreadyBegun,
    AlreadyEnded,
    CancellationChanged,
    CancellationDisputed,
    PaymentUnderWay,
    Refusal,
)
from booking.money import Money
from booking.ports import CheckoutSession
from booking.refund import Purse, Source, Wish, refund
from booking.shop_cancel import cancel_by_shop, close_and_cancel, note_reason, stake_of
from booking.turn import Turn
from db import claims
from db.models import Booking, Customer
from db.money_models import Attempt, Audit, Dispute, Job, Refund
from db.moves import move_attempt
from db.states import AttemptState, BookingState, EndReason
from tests.booking.test_refund import ENV, a_paid_booking, check_never_more_than_paid
from tests.db.shop import NOW, cells, open_shop

HOURS_50 = {"policy": [[24, 100], [2, 50]]}
CONFIRMED = {"status": BookingState.CONFIRMED, "snapshot": HOURS_50}


class At:
    def __init__(self, instant):
        self.instant = instant

    def now(self):
        return self.instant


def at_clock(instant):
    return replace(ENV, clock=At(instant))


@pytest.fixture
async def shop(database):
    return await open_shop(units=3)


async def confirmed(shop, *paid, hours=3, unit=0, **values):
    """A confirmed booking so many hours ahead, with its place, paid in so many payments."""
    start = NOW + timedelta(hours=hours)
    due = values.get("due_minor", sum(paid[:1]))
    times = {"start": start, "end": start + timedelta(hours=1)}
    given = {**CONFIRMED, **times, "price_minor": due, "due_minor": due, **values}
    booking = await a_paid_booking(shop, *paid, **given)
    assert await claims.claim(
        booking_id=booking.id,
        unit_id=shop.units[unit].id,
        service_id=shop.service.id,
        start=start,
        cells=cells(hours * 60, 60),
        capacity=1,
        seats=1,
    )
    return booking


def wish(back, known=0, question=1, currency="EUR", actor="customer:1"):
    return Wish(amount=Money(back, currency), given_back=known, question=question, actor=actor)


async def cancels(booking, back, *, update=1, env=ENV, **known) -> bool:
    """The customer says yes to getting so much back; tell whether that was done."""
    turn = Turn(customer=await Customer.get(), update_id=update)
    try:
        await cancel(env, turn, booking=booking, wish=wish(back, question=update, **known))
    except Refusal:
        return False
    return True


async def gives_back(booking, minor, known=0) -> bool:
    given = wish(minor, known, question=1000 + minor, actor="admin:9")
    try:
        await refund(ENV, booking=booking, wish=given)
    except Refusal:
        return False
    return True


async def given_back() -> list[tuple[int, str]]:
    return [(one.amount_minor, one.reason) for one in await Refund.all().order_by("id")]


async def back_now(booking, at=NOW) -> int:
    return (await terms_of(booking, at=at)).back.minor


@pytest.mark.parametrize(
    ("currency", "paid", "percent", "back"),
    [
        ("EUR", 5000, 50, 2500),
        ("EUR", 999, 50, 500),
        ("JPY", 501, 50, 251),
        ("KWD", 1230, 50, 620),
        ("ISK", 50100, 50, 25100),
        ("UGX", 500, 33, 200),
        ("EUR", 5000, 100, 5000),
        ("EUR", 5000, 0, 0),
        ("EUR", 0, 100, 0),
    ],
)
def test_what_comes_back_is_to_the_step_of_the_currency(currency, paid, percent, back):
    nothing, money = Money(0, currency), Money(paid, currency)
    purse = Purse(money, nothing, (Source(1, paid),))
    terms = Terms(
        purse=purse, owed=money, percent=percent, ahead=(), onsite=nothing, onsite_paid=nothing
    )
    assert terms.back == Money(back, currency)


async def test_a_deadline_is_inclusive_and_what_has_passed_is_over(shop):
    booking = await confirmed(shop, 5000, hours=30)
    second = timedelta(seconds=1)
    whole, half = booking.start - timedelta(hours=24), booking.start - timedelta(hours=2)
    moments = (whole, whole + second, half, half + second, booking.start - second)
    assert [await back_now(booking, one) for one in moments] == [5000, 2500, 2500, 0, 0]
    ahead = [len((await terms_of(booking, at=one)).ahead) for one in moments]
    assert ahead == [2, 1, 1, 0, 0]
    with pytest.raises(AlreadyBegun):
        await terms_of(booking, at=booking.start)
    for status, refused in (
        (BookingState.PROCESSING, PaymentUnderWay),
        (BookingState.CANCELLED, AlreadyEnded),
        (BookingState.NO_SHOW, AlreadyEnded),
    ):
        booking.status = status
        with pytest.raises(refused):
            await terms_of(booking, at=NOW)


async def test_what_was_given_back_before_counts_and_a_second_payment_is_not_the_policys(shop):
    booking = await confirmed(shop, 5000, tip_minor=0)
    await gives_back(booking, 1000)
    assert await back_now(booking) == 1500
    await gives_back(booking, 3000, known=1000)
    assert await back_now(booking) == 0
    twice = await confirmed(shop, 5000, 5000, unit=1)
    assert await back_now(twice) == 7500
    await gives_back(twice, 5000)
    assert await back_now(twice) == 2500
    tipped = await confirmed(shop, 5500, unit=2, due_minor=5000, tip_minor=500)
    assert await back_now(tipped) == 2750


async def test_a_cancelled_booking_frees_its_place_and_writes_everything_down_at_once(shop):
    booking = await confirmed(shop, 5000)
    env = replace(ENV, shop=replace(ENV.shop, admins=frozenset({9})))
    assert await cancels(booking, 2500, env=env)
    now = await Booking.get()
    assert (now.status, now.end_reason, now.ended_at) == (
        BookingState.CANCELLED,
        EndReason.CUSTOMER,
        NOW,
    )
    assert await claims.holds_seats(booking.id) == 0
    assert await given_back() == [(2500, "cancellation")]
    jobs = sorted([one.kind for one in await Job.all()])
    assert jobs == ["admin_card", "ask_refund", "screen"]
    [said] = await Audit.all()
    assert (said.actor, said.action, said.detail["amount_minor"]) == ("customer:1", "cancel", 2500)


async def test_what_changed_since_the_question_is_refused_and_nothing_is_half_done(shop):
    booking = await confirmed(shop, 5000)
    late = at_clock(booking.start - timedelta(hours=1))
    assert not await cancels(booking, 2500, env=late)
    await gives_back(booking, 100)
    assert not await cancels(booking, 2500)
    assert not await cancels(booking, 2500, known=100)
    assert (await Booking.get()).status == BookingState.CONFIRMED
    assert await claims.holds_seats(booking.id) == 1
    assert await cancels(booking, 2400, known=100)
    assert sum(minor for minor, _ in await given_back()) == 2500


async def test_of_many_devices_and_both_sides_at_once_one_cancels(shop):
    booking = await confirmed(shop, 5000)
    everybody = [cancels(booking, 2500, update=number) for number in range(1, 11)]
    everybody += [shop_cancels(booking, 5000, question=number) for number in range(50, 60)]
    assert (await asyncio.gather(*everybody)).count(True) == 1
    assert await Refund.all().count() == 1
    assert await Audit.filter(action="cancel").count() == 1
    free = await confirmed(shop, unit=1, due_minor=0)
    both = await asyncio.gather(*(cancels(free, 0, update=number) for number in range(20, 30)))
    assert both.count(True) == 1


async def shop_cancels(booking, left, *, known=0, question=50, keep=False, env=ENV) -> bool:
    given = wish(left, known, question, actor="admin:9")
    try:
        return await cancel_by_shop(env, booking=booking, wish=given, keep=keep)
    except Refusal:
        return False


async def test_a_cancellation_beside_an_admins_refund_never_gives_back_more_than_was_paid(shop):
    for number, paid in enumerate((5000, 700, 3)):
        booking = await confirmed(shop, paid, unit=number)
        await asyncio.gather(
            cancels(booking, (paid + 1) // 2, update=paid),
            gives_back(booking, paid),
            shop_cancels(booking, paid, question=60 + paid),
            gives_back(booking, max(paid - 1, 1)),
        )
        await check_never_more_than_paid(booking)
        mine = await Refund.filter(attempt__booking_id=booking.id)
        assert len({one.reason for one in mine}) == 1


async def test_a_second_payment_that_arrives_meanwhile_is_seen_or_comes_after(shop):
    booking = await confirmed(shop, 5000)
    second = await Attempt.create(
        booking_id=booking.id,
        number=2,
        idempotency_key="second",
        params={},
        state=AttemptState.OPEN,
        amount_minor=5000,
        currency="EUR",
        expires_at=NOW,
        payment_intent="pi_second",
        created_at=NOW,
    )

    async def is_paid():
        return await move_attempt(second.id, AttemptState.SUCCEEDED, paid_minor=5000)

    cancelled, _ = await asyncio.gather(cancels(booking, 2500), is_paid())
    if cancelled:
        assert await given_back() == [(2500, "cancellation")]
    else:
        assert await given_back() == []
        assert await cancels(booking, 7500, update=2)
    assert (await Attempt.get(id=second.id)).state == AttemptState.SUCCEEDED
    await check_never_more_than_paid(booking)


async def test_the_shop_gives_all_that_is_left_back_or_nothing_of_it(shop):
    booking = await confirmed(shop, 5000)
    await gives_back(booking, 1000)
    assert not await shop_cancels(booking, 5000)
    await note_reason(ENV, booking=booking, question=50, reason="We are ill", actor="admin:9")
    assert await shop_cancels(booking, 4000, known=1000)
    assert (await Booking.get()).end_reason == EndReason.SHOP
    assert (await given_back())[1:] == [(4000, "cancelled_by_shop")]
    said = await Audit.get(action="cancel")
    assert said.detail["reason"] == "We are ill"
    told = await Job.get(kind="cancelled_by_shop")
    assert told.payload["why"] == "We are ill"
    kept = await confirmed(shop, 5000, unit=1)
    assert await shop_cancels(kept, 5000, keep=True, question=51)
    assert not await Refund.exists(attempt__booking_id=kept.id)


async def test_a_booking_whose_payment_is_under_way_is_cancelled_by_the_shop_alone(shop):
    booking = await confirmed(shop, status=BookingState.PROCESSING)
    assert not await cancels(booking, 0)
    assert await shop_cancels(booking, 0)
    assert await claims.holds_seats(booking.id) == 0
    over = await confirmed(shop, 5000, unit=1, status=BookingState.COMPLETED)
    with pytest.raises(AlreadyEnded):
        await stake_of(over)
    paid = await confirmed(shop, 5000, unit=2)
    with pytest.raises(CancellationChanged):
        await cancel_by_shop(ENV, booking=paid, wish=wish(0, question=70))


async def test_a_disputed_payment_is_left_to_the_bank_in_words_for_the_customer(shop):
    booking = await confirmed(shop, 5000, hours=30)
    attempt = await Attempt.get(booking_id=booking.id)
    await Dispute.create(
        attempt_id=attempt.id,
        dispute_id="du_1",
        state="needs_response",
        amount_minor=5000,
        currency="EUR",
        reason="fraudulent",
        opened_at=NOW,
    )
    with pytest.raises(CancellationDisputed, match="Your bank"):
        await terms_of(booking, at=NOW)


class LinkMeanwhile:
    """Stripe, asked to expire a booking's link while another link of it comes to be."""

    def __init__(self, booking):
        self.booking, self.expired = booking, []

    async def expire(self, session_id):
        self.expired.append(session_id)
        waiting = Attempt.filter(booking_id=self.booking.id, state=AttemptState.CREATED)
        for attempt in await waiting:
            await move_attempt(attempt.id, AttemptState.OPEN, session_id="cs_late", url="https://a")
        return CheckoutSession(
            id=session_id,
            status="expired",
            payment_status="unpaid",
            amount_total=5000,
            currency="EUR",
            livemode=False,
            mode="payment",
            expires_at=NOW,
        )


async def test_a_link_that_comes_while_the_shop_cancels_is_closed_too(shop):
    booking = await confirmed(shop, 5000, status=BookingState.AWAITING_PAYMENT)
    await Attempt.filter(booking_id=booking.id).update(
        state=AttemptState.OPEN, session_id="cs_first", payment_intent=None
    )
    await Attempt.create(
        booking_id=booking.id,
        number=2,
        idempotency_key="second",
        params={},
        amount_minor=5000,
        currency="EUR",
        expires_at=NOW,
        created_at=NOW,
    )
    assert not await cancel_by_shop(ENV, booking=booking, wish=wish(0, actor="admin:9"))
    stripe = LinkMeanwhile(booking)
    [job] = await Job.filter(kind="close_and_cancel")
    await close_and_cancel(replace(ENV, payments=stripe), job)
    assert (await Booking.get(id=booking.id)).status == BookingState.CANCELLED
    assert stripe.expired == ["cs_first", "cs_late"]
