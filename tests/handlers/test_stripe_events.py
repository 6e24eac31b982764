"""Which of Stripe's events become work, and what that work does."""

import pytest

from booking.confirm import Standing, confirm
from db.models import Booking
from db.money_models import Attempt, Review
from db.states import AttemptState, BookingState
from handlers import stripe_events
from tests.handlers.conftest import make_shop
from tests.handlers.rows import REFERENCE, SESSION, StripeSays, a_booking, a_customer, make_door
from tests.handlers.test_notices import job

OURS = {"app": "booking-bot", "shop": "shop-1", "booking": REFERENCE}
PAID = {"status": "complete", "payment_status": "paid"}


def event(kind="checkout.session.completed", metadata=OURS):
    session = {"id": SESSION, "object": "checkout.session", "metadata": metadata}
    return {"id": "evt_1", "type": kind, "data": {"object": session}}


@pytest.mark.parametrize("kind", stripe_events.TYPES)
def test_our_events_become_jobs_in_the_order_of_their_booking(kind):
    accepted = stripe_events.accept(event(kind), make_shop())
    assert accepted is not None
    assert (accepted.key, accepted.lane) == ("evt:evt_1", f"pay:{REFERENCE}")


@pytest.mark.parametrize(
    "foreign",
    [
        event(metadata={}),
        event(metadata=None),
        event(metadata={**OURS, "shop": "another"}),
        event(metadata={**OURS, "app": "another"}),
        event(kind="invoice.paid"),
        {"id": "evt_1", "type": "ping"},
    ],
)
def test_foreign_events_are_let_go(foreign):
    assert stripe_events.accept(foreign, make_shop()) is None


@pytest.mark.parametrize(
    ("kind", "session", "status"),
    [
        (
            "checkout.session.completed",
            PAID,
            BookingState.CONFIRMED,
        ),
        (
            "checkout.session.async_payment_failed",
            {"status": "complete", "payment_status": "unpaid"},
            BookingState.EXPIRED,
        ),
        ("checkout.session.async_payment_failed", PAID, BookingState.CONFIRMED),
        ("checkout.session.expired", PAID, BookingState.CONFIRMED),
        (
            "checkout.session.completed",
            {"status": "open", "payment_status": "unpaid"},
            BookingState.AWAITING_PAYMENT,
        ),
    ],
)
async def test_what_stripe_says_now_decides_not_the_event(database, kind, session, status):
    booking = await a_booking(await a_customer())
    accepted = stripe_events.accept(event(kind), make_shop())
    door = make_door(StripeSays(**session))
    for _ in range(2):
        await stripe_events.handle(door, job("stripe_event", **accepted.payload))
    assert (await Booking.get(id=booking.id)).status == status


MISFITS = {
    "amount": {"amount_total": 999},
    "currency": {"currency": "USD"},
    "mode": {"mode": "subscription"},
    "livemode": {"livemode": True},
    "reference": {"client_reference_id": "BK-000000"},
}


@pytest.mark.family("R18")
@pytest.mark.parametrize("misfit", MISFITS)
async def test_a_payment_that_does_not_fit_confirms_nothing(database, misfit):
    booking = await a_booking(await a_customer())
    door = make_door(StripeSays(**PAID, **MISFITS[misfit]))
    assert await confirm(door.env, SESSION) == Standing.PARKED
    assert (await Booking.get(id=booking.id)).status == BookingState.PROCESSING
    assert [review.detail["misfit"] for review in await Review.all()] == [misfit]


@pytest.mark.family("R18")
@pytest.mark.parametrize("metadata", [{}, {**OURS, "shop": "another"}, {**OURS, "app": "another"}])
async def test_a_session_of_somebody_else_pays_for_nothing(database, metadata):
    booking = await a_booking(await a_customer(), attempt=AttemptState.CREATED)
    await Attempt.all().update(session_id=None)
    door = make_door(StripeSays(**PAID, metadata=metadata))
    assert await confirm(door.env, "cs_of_somebody") == Standing.UNKNOWN
    assert (await Booking.get(id=booking.id)).status == BookingState.AWAITING_PAYMENT
    assert await Review.all().count() == 0


def of_refund(metadata, kind="refund.updated"):
    refund = {"id": "re_1", "object": "refund", "metadata": metadata, "payment_intent": "pi_1"}
    return {"id": "evt_1", "type": kind, "data": {"object": refund}}


@pytest.mark.parametrize("metadata", [None, {}, {"booking": "BK-000000"}, OURS])
@pytest.mark.parametrize("kind", stripe_events.REFUND)
def test_every_refund_may_be_of_a_payment_of_ours(kind, metadata):
    accepted = stripe_events.accept(of_refund(metadata, kind), make_shop())
    assert (accepted.lane, accepted.payload["refund_id"]) == ("pay:pi_1", "re_1")


def test_a_refund_of_another_shop_of_ours_is_let_go_and_a_long_id_fits_its_lane():
    foreign = of_refund({**OURS, "shop": "another"})
    assert stripe_events.accept(foreign, make_shop()) is None
    long = of_refund(None)
    long["data"]["object"]["payment_intent"] = "pi_" + "x" * 300
    assert len(stripe_events.accept(long, make_shop()).lane) == 60
    assert stripe_events.accept(of_refund(None, "charge.refund.updated"), make_shop()) is None
