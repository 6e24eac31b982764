"""Every way our books may differ from Stripe's: named, put right, and right the second time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from booking.at_stripe import Page
from booking.ports import CheckoutSession, StripeRefund
from booking.reconcile import reconcile
from booking.report import Done, Found, Report
from bot.gauges import from_database
from db import claims
from db.models import Booking
from db.money_models import Attempt, Refund, Review
from db.states import AttemptState, BookingState, RefundState
from tests.booking.test_refund import ENV
from tests.db.shop import NOW, at, cells, open_shop

A, B = AttemptState, BookingState
PAID = {"status": "complete", "payment_status": "paid"}
FEES = {"charge": "ch_1", "fee_minor": 175, "net_minor": 4825}


class Stripe:
    """What Stripe has, as the test says."""

    def __init__(self, *sessions, refunds=()):
        self._sessions = {one.id: one for one in sessions}
        self._refunds = {one.id: one for one in refunds}
        self.hidden, self.expired = set(), []

    async def sessions(self, since, after):
        return Page([one for one in self._sessions.values() if one.id not in self.hidden])

    async def refunds(self, since, after):
        return Page([one for one in self._refunds.values() if one.id not in self.hidden])

    async def session(self, session_id):
        return self._sessions.get(session_id)

    async def refund(self, refund_id):
        return self._refunds.get(refund_id)

    async def expire(self, session_id):
        self.expired.append(session_id)
        self._sessions[session_id] = replace(self._sessions[session_id], status="expired")
        return self._sessions[session_id]


def session(reference, **fields) -> CheckoutSession:
    return CheckoutSession(
        **{
            "id": "cs_1",
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": 5000,
            "currency": "EUR",
            "livemode": False,
            "mode": "payment",
            "expires_at": at(30),
            "url": "https://checkout.example/1",
            "client_reference_id": reference,
            "metadata": {"app": "booking-bot", "shop": "shop-1", "booking": reference},
            "payment_intent": "pi_1" if fields.get("status") == "complete" else None,
            **fields,
        }
    )


async def an_attempt(booking, state, **values) -> Attempt:
    return await Attempt.create(
        **{
            "booking_id": booking.id,
            "number": 1,
            "idempotency_key": f"k{booking.id}",
            "params": {},
            "state": state,
            "amount_minor": 5000,
            "currency": "EUR",
            "expires_at": at(30),
            "session_id": "cs_1",
            "created_at": NOW,
            **values,
        }
    )


PAID_BEFORE = {"paid_minor": 5000, "payment_intent": "pi_1", "livemode": False}
CASES = {
    "paid": (B.AWAITING_PAYMENT, A.OPEN, {}, PAID, Found.PAID, Done.BOOKED, B.CONFIRMED),
    "paid and its id lost": (
        B.HELD, A.CREATED, {"session_id": None}, PAID, Found.PAID, Done.BOOKED, B.CONFIRMED,
    ),
    "paid less": (
        B.AWAITING_PAYMENT, A.OPEN, {}, {**PAID, "amount_total": 1}, Found.PAID, Done.PARKED,
        B.PROCESSING,
    ),
    "on its way": (
        B.AWAITING_PAYMENT, A.OPEN, {}, {"status": "complete"}, Found.PROCESSING, Done.BOOKED,
        B.PROCESSING,
    ),
    "failed": (
        B.PROCESSING, A.PROCESSING, {}, {"status": "complete", "failed": True}, Found.FAILED,
        Done.BOOKED, B.EXPIRED,
    ),
    "expired": (
        B.AWAITING_PAYMENT, A.OPEN, {}, {"status": "expired"}, Found.EXPIRED, Done.BOOKED,
        B.AWAITING_PAYMENT,
    ),
    "its id lost": (
        B.HELD, A.CREATED, {"session_id": None}, {}, Found.UNSAVED, Done.BOOKED, B.HELD,
    ),
    "payable after its end": (
        B.CANCELLED, A.EXPIRED, {}, {}, Found.PAYABLE, Done.CLOSED, B.CANCELLED,
    ),
    "payable beside a payment": (
        B.CONFIRMED, A.OPEN, {}, {}, Found.PAYABLE, Done.CLOSED, B.CONFIRMED,
    ),
    "fee unknown": (
        B.CONFIRMED, A.SUCCEEDED, PAID_BEFORE, {**PAID, **FEES}, Found.FEE, Done.BOOKED,
        B.CONFIRMED,
    ),
    "paid and not confirmed": (
        B.AWAITING_PAYMENT, A.SUCCEEDED, PAID_BEFORE | FEES, {**PAID, **FEES}, Found.UNUSED,
        Done.BOOKED, B.CONFIRMED,
    ),
}  # fmt: skip


async def seated(shop, booking, minute=0):
    made = await claims.claim(
        booking_id=booking.id,
        unit_id=shop.units[0].id,
        service_id=shop.service.id,
        start=booking.start,
        cells=cells(minute, 60),
        capacity=1,
        seats=1,
    )
    assert made


async def compared(stripe, **options) -> Report:
    return await reconcile(ENV, stripe, **options)


async def test_every_difference_is_named_dry_then_put_right_once(database):
    shop = await open_shop()
    expected, there, states = {}, [], []
    for number, case in enumerate(CASES.values()):
        status, state, values, session_now, found, done, after = case
        booking = await shop.booking(status=status, start=at(60 * number), end=at(60 * number + 60))
        if status.keeps_seats:
            await seated(shop, booking, 60 * number)
        of_case = {"session_id": f"cs_{number}", **values}
        if "payment_intent" in values:
            of_case["payment_intent"] = f"pi_{number}"
        await an_attempt(booking, state, **of_case)
        now = session(booking.reference, id=f"cs_{number}", **session_now)
        if now.payment_intent:
            now = replace(now, payment_intent=f"pi_{number}")
        there.append(now)
        expected[booking.reference] = (found, done, after)
        states.append(state)
    stripe = Stripe(*there)
    dry = await compared(stripe, dry=True)
    assert {one.reference: one.found for one in dry.differences} == {
        reference: found for reference, (found, _, _) in expected.items()
    }
    assert {one.done for one in dry.differences} == {Done.WOULD}
    assert [one.state for one in await Attempt.all().order_by("id")] == states
    assert stripe.expired == []
    real = await compared(stripe)
    now = {one.reference: one.status for one in await Booking.all()}
    assert {
        one.reference: (one.found, one.done, now[one.reference]) for one in real.differences
    } == expected
    assert Report.of(real.as_json()) == real
    again = await compared(stripe)
    assert again.differences == []
    assert again.agrees
    fees = await Attempt.filter(fee_minor__not_isnull=True)
    assert {(one.fee_minor, one.net_minor, one.charge) for one in fees} == {(175, 4825, "ch_1")}


@pytest.mark.parametrize("lacking", ["the seats", "a part of the money"])
async def test_what_was_paid_for_and_lacks_something_is_left_to_a_person(database, lacking):
    shop = await open_shop()
    booking = await shop.booking(status=B.PROCESSING)
    minor = 5000 if lacking == "the seats" else 4999
    if lacking != "the seats":
        await seated(shop, booking)
    paid = {**PAID_BEFORE, **FEES, "paid_minor": minor, "amount_minor": minor, "paid_at": NOW}
    await an_attempt(booking, A.SUCCEEDED, **paid)
    there = session(booking.reference, amount_total=minor, **PAID, **FEES)
    real = await compared(Stripe(there))
    assert (Found.UNUSED, Done.NOTHING) in [(one.found, one.done) for one in real.differences]
    assert (await Booking.get(id=booking.id)).status == B.PROCESSING


async def test_money_for_a_booking_nobody_knows_is_parked_and_stays_a_difference_in_sums(database):
    stranger = session("BK-000000", id="cs_2", **PAID)
    foreign = session("BK-000000", id="cs_3", metadata={}, **PAID)
    real = await compared(Stripe(stranger, foreign))
    assert [(one.found, one.done) for one in real.differences] == [(Found.STRANGER, Done.PARKED)]
    assert await Review.all().count() == 1
    again = await compared(Stripe(stranger, foreign))
    assert again.differences == []
    assert dict(again.drift) == {"EUR": -5000}


@pytest.mark.parametrize("reference", ["BK-000000", None])
@pytest.mark.parametrize("came", [True, False])
async def test_how_a_delayed_payment_on_a_strange_session_ends_is_found_out(
    database, reference, came
):
    shop = await open_shop()
    booking = await shop.booking(status=B.AWAITING_PAYMENT)
    await seated(shop, booking)
    strange = session(reference or booking.reference, status="complete")
    assert [one.found for one in (await compared(Stripe(strange))).differences] == [Found.STRANGER]
    assert (await compared(Stripe(strange))).differences == []
    over = replace(strange, **(PAID if came else {"failed": True}))
    real = await compared(Stripe(over))
    assert [one.found for one in real.differences] == [Found.STRANGER if came else Found.FAILED]
    review = await Review.get()
    assert (review.detail["paid"], review.answer) == (came, None if came else "never_came")
    assert await Attempt.all().count() == (1 if came and reference is None else 0)
    assert (await compared(Stripe(over))).differences == []


@pytest.mark.parametrize("reference", ["BK-000000", None])
async def test_money_that_comes_after_it_was_said_to_have_failed_is_asked_about_all_the_same(
    database, reference
):
    shop = await open_shop()
    booking = await shop.booking(status=B.AWAITING_PAYMENT)
    await seated(shop, booking)
    strange = session(reference or booking.reference, status="complete")
    await compared(Stripe(strange))
    await compared(Stripe(replace(strange, failed=True)))
    assert (await Review.get()).answer == "never_came"
    here = Stripe(replace(strange, **PAID))
    assert [one.found for one in (await compared(here)).differences] == [Found.STRANGER]
    review = await Review.get()
    assert (review.detail["paid"], review.closed_at, review.answer) == (True, None, None)
    assert (await compared(here)).differences == []


async def test_what_stripe_lists_no_more_is_read_by_itself(database):
    shop = await open_shop()
    booking = await shop.booking(status=B.PROCESSING)
    await seated(shop, booking)
    await an_attempt(booking, A.PROCESSING, created_at=NOW - timedelta(days=40))
    stripe = Stripe(session(booking.reference, **PAID))
    stripe.hidden.add("cs_1")
    real = await compared(stripe)
    assert [one.found for one in real.differences] == [Found.PAID]
    assert (await Booking.get(id=booking.id)).status == B.CONFIRMED


async def test_a_payment_stripe_does_not_have_is_for_a_person_and_drifts(database):
    shop = await open_shop()
    booking = await shop.booking(status=B.CONFIRMED)
    await seated(shop, booking)
    await an_attempt(booking, A.SUCCEEDED, **PAID_BEFORE)
    real = await compared(Stripe())
    assert [(one.found, one.done) for one in real.differences] == [(Found.MISSING, Done.NOTHING)]
    assert dict(real.drift) == {"EUR": 5000}
    await Attempt.all().update(livemode=True)
    assert (await compared(Stripe())).differences == []


async def seen() -> dict:
    """What whoever watches sees of the last comparison."""
    families = await from_database(NOW, "EUR")
    return {
        (s.name.removeprefix("booking_bot_reconcile_"), *s.labels.values()): s.value
        for family in families
        for s in family.samples
        if s.name.startswith("booking_bot_reconcile_")
    }


async def test_what_was_found_is_kept_for_whoever_watches_unless_it_was_only_looked_at(database):
    shop = await open_shop()
    booking = await shop.booking(status=B.CONFIRMED)
    await seated(shop, booking)
    await an_attempt(booking, A.SUCCEEDED, **PAID_BEFORE)
    await compared(Stripe(), dry=True)
    assert await seen() == {}
    await compared(Stripe())
    found = {("drift_minor", "EUR"): 5000, ("differences", "missing"): 1}
    assert await seen() == {("timestamp_seconds",): NOW.timestamp(), **found}
    await Attempt.all().update(livemode=True)
    await compared(Stripe())
    assert (await seen())["drift_minor", "EUR"] == 0


def told(**fields) -> StripeRefund:
    return StripeRefund(
        **{
            "id": "re_1",
            "status": "succeeded",
            "amount": 300,
            "payment_intent": "pi_1",
            "charge": "ch_1",
            "currency": "EUR",
            **fields,
        }
    )


@pytest.mark.parametrize("state", [None, RefundState.PENDING, RefundState.ASKED])
async def test_a_refund_that_is_new_or_has_gone_on_is_booked(database, state):
    shop = await open_shop()
    booking = await shop.booking(status=B.CONFIRMED)
    await seated(shop, booking)
    attempt = await an_attempt(booking, A.SUCCEEDED, **PAID_BEFORE, **FEES)
    if state:
        await Refund.create(
            attempt_id=attempt.id,
            idempotency_key="mine",
            refund_id="re_1" if state == RefundState.PENDING else None,
            state=state,
            amount_minor=300,
            reason="requested_by_customer",
            created_at=NOW,
        )
    refund = told(metadata={"refund": "mine"} if state else {})
    stripe = Stripe(session(booking.reference, **PAID, **FEES), refunds=[refund])
    dry = await compared(stripe, dry=True)
    assert [(one.found, one.done) for one in dry.differences] == [(Found.REFUND, Done.WOULD)]
    assert dict(dry.drift) == {"EUR": 300}
    real = await compared(stripe)
    assert [(one.found, one.done) for one in real.differences] == [(Found.REFUND, Done.BOOKED)]
    assert real.agrees
    [ours] = await Refund.all()
    assert (ours.state, ours.refund_id) == (RefundState.SUCCEEDED, "re_1")
    assert (await compared(stripe)).differences == []


async def test_a_refund_stripe_was_never_asked_for_is_asked_for_again(database):
    shop = await open_shop()
    booking = await shop.booking(status=B.CONFIRMED)
    await seated(shop, booking)
    attempt = await an_attempt(booking, A.SUCCEEDED, **PAID_BEFORE, **FEES)
    await Refund.create(
        attempt_id=attempt.id,
        idempotency_key="mine",
        amount_minor=300,
        reason="late_payment",
        created_at=NOW - timedelta(hours=2),
    )
    stripe = Stripe(session(booking.reference, **PAID, **FEES))
    real = await compared(stripe)
    assert [one.found for one in real.differences] == [Found.REFUND_UNASKED]
    assert real.agrees


async def test_seats_of_an_ended_booking_are_freed_and_lost_ones_are_for_a_person(database):
    shop = await open_shop()
    ended, alive = await shop.booking(status=B.CANCELLED), await shop.booking(status=B.CONFIRMED)
    await seated(shop, ended)
    expected = [(Found.SEATS_LOST, alive.reference), (Found.SEATS_KEPT, ended.reference)]
    for dry in (True, False):
        made = await compared(Stripe(), dry=dry)
        assert [(one.found, one.reference) for one in made.differences] == expected
    await seated(shop, alive)
    assert (await compared(Stripe())).differences == []
