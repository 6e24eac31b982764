"""What an admin reads of questions about money that were answered already."""

from booking.reviews import Kind
from db.models import Booking
from db.money_models import Attempt, Review
from db.states import BookingState, EndReason
from handlers import notices
from handlers.keyboards import Verb, on_booking
from tests.handlers.chat import Chat
from tests.handlers.conftest import NOW
from tests.handlers.rows import REFERENCE, SESSION, make_door
from tests.handlers.test_notices import a_paid_booking, job

ADMIN = 900


async def a_payment_that_does_not_fit():
    booking = await a_paid_booking("en")
    await booking.update_from_dict({"status": BookingState.PROCESSING}).save()
    await Review.create(
        kind=Kind.MISMATCH,
        session_id=SESSION,
        booking_id=booking.id,
        detail={
            "amount_minor": 1000,
            "currency": "EUR",
            "payment_intent": "pi_1",
            "reference": REFERENCE,
            "misfit": "amount",
            "paid": True,
        },
        opened_at=NOW,
    )


def answer_no(admin) -> str:
    return next(button.data for button in admin.buttons if button.text == "No")


async def test_no_leaves_a_payment_waiting_only_while_nobody_has_decided(database):
    await a_payment_that_does_not_fit()
    admin = Chat(make_door(), user=ADMIN)
    await admin.says(f"/booking {REFERENCE}")
    await admin.taps("^Confirm the booking")
    no = answer_no(admin)
    assert "the payment still waits" in (await admin.presses(no)).text
    await admin.taps("^Confirm the booking")
    await admin.taps("^Yes, confirm")
    assert "Somebody has already decided" in (await admin.presses(no)).text


async def test_no_to_a_refund_that_was_made_does_not_deny_it(database):
    await a_paid_booking("en")
    admin = Chat(make_door(), user=ADMIN)
    await admin.says(f"/refund {REFERENCE}")
    no = answer_no(admin)
    await admin.taps("^Yes, give")
    assert "No money was given back now." in (await admin.presses(no)).text


async def test_what_was_accepted_in_another_currency_is_said_in_it(database):
    booking = await a_paid_booking("en")
    await Attempt.filter(booking_id=booking.id).update(currency="USD")
    door = make_door()
    assert "Paid: $10.00" in (await Chat(door, user=ADMIN).says(f"/booking {REFERENCE}")).text
    [receipt] = await notices.render(door, job("receipt_text", booking=booking.id))
    assert "Paid: $10.00" in receipt.text
    customer = Chat(door)
    await customer.presses(on_booking(REFERENCE, Verb.CANCEL))
    assert "Paid: $10.00" in (await customer.taps("^Yes, cancel")).text


async def test_an_older_yes_does_not_confirm_what_the_shop_has_cancelled(database):
    await a_payment_that_does_not_fit()
    admin = Chat(make_door(), user=ADMIN)
    await admin.says(f"/booking {REFERENCE}")
    await admin.taps("^Confirm the booking")
    ended = {"status": BookingState.CANCELLED, "end_reason": EndReason.SHOP}
    await Booking.filter(reference=REFERENCE).update(**ended)
    assert "already ended" in (await admin.taps("^Yes, confirm")).text
    assert "Confirm the booking anyway" not in [button.text for button in admin.buttons]
