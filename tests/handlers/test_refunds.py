"""What customers and admins read about money that is given back."""

import re

import pytest

from booking.money import Money
from db.money_models import Attempt, Refund
from db.states import AttemptState, BookingState, EndReason, RefundState
from handlers import notices
from handlers.cards import WHY
from handlers.keyboards import Tap, Verb, decode
from handlers.screens.refund import Question, read
from handlers.typed_values import read_amount
from handlers.words import read_digits
from tests.handlers.conftest import NOW
from tests.handlers.rows import REFERENCE, a_booking, a_customer, make_door
from tests.handlers.test_notices import a_paid_booking, job, screen

TOLD = [state for state in RefundState if state != RefundState.ASKED]


async def a_refund(state, minor=1000, **values) -> Refund:
    attempt = await Attempt.get()
    return await Refund.create(
        attempt_id=attempt.id,
        idempotency_key="2" * 32,
        amount_minor=minor,
        reason="dashboard",
        state=state,
        created_at=NOW,
        **values,
    )


@pytest.mark.parametrize("language", ["en", "bn"])
@pytest.mark.parametrize("state", TOLD)
async def test_the_customer_is_told_every_state_to_the_cent(database, state, language):
    booking = await a_paid_booking(language)
    refund = await a_refund(state, 357, refund_id="re_1")
    told = job(f"refund_{state}", booking=booking.id, refund=refund.id)
    (sent,) = await notices.render(make_door(), told)
    text = read_digits(sent.text)
    assert "3.57" in text
    assert REFERENCE in text
    issued = "issued a refund" if language == "en" else "ফেরত পাঠিয়েছে"
    assert (issued in text) == (state == RefundState.SUCCEEDED)
    assert ("5–10" in text) == (state == RefundState.SUCCEEDED)


@pytest.mark.parametrize("because", ["", *sorted(WHY), "what_nobody_knows"])
async def test_a_card_says_why_and_how_much(database, because):
    booking = await a_paid_booking("en")
    refund = await a_refund(RefundState.FAILED, refund_id="re_1")
    card = job(
        "admin_card",
        chat=900,
        card="refund_failed",
        booking=booking.id,
        refund=refund.id,
        because=because,
    )
    (sent,) = await notices.render(make_door(), card)
    lines = re.sub(r"<[^>]+>", "", sent.text).splitlines()
    assert "Amount: €10.00" in lines
    assert "Refund: re_1" in lines
    assert "Refund: €10.00 · failed, nothing was given back" in lines
    assert "" not in lines[2 : 4 + (because in WHY)]


async def test_what_was_given_back_of_an_ended_booking_is_said_instead_of_a_promise(database):
    ended = {"status": BookingState.EXPIRED, "end_reason": EndReason.PAYMENT_EXPIRED}
    customer = await a_customer()
    await a_booking(customer, attempt=AttemptState.SUCCEEDED, **ended)
    await Attempt.all().update(paid_minor=1000)
    shown = screen(customer, "booking", REFERENCE)
    refund = await a_refund(RefundState.SUCCEEDED, 400)
    (sent,) = await notices.render(make_door(), shown)
    assert "We will write to you about the money" in sent.text
    assert "Given back: €4.00" in sent.text
    refund.amount_minor = 1000
    await refund.save(update_fields=["amount_minor"])
    (sent,) = await notices.render(make_door(), shown)
    assert "about the money" not in sent.text
    assert "Given back: €10.00" in sent.text


async def test_the_receipt_and_the_booking_say_what_was_given_back_once_it_is(database):
    booking = await a_paid_booking("en")
    refund = await a_refund(RefundState.PENDING, 400)
    for kind in ("pending", "succeeded"):
        refund.state = RefundState(kind)
        await refund.save(update_fields=["state"])
        for each in (
            job("receipt_text", booking=booking.id),
            screen(await booking.customer, "booking", REFERENCE),
        ):
            (sent,) = await notices.render(make_door(), each)
            assert ("Given back: €4.00" in sent.text) == (kind == "succeeded")


async def test_the_question_is_of_admins_alone_and_gone_when_nothing_is_left(database):
    booking = await a_paid_booking("en")
    await Attempt.all().update(paid_minor=1000)
    asked = f"{REFERENCE} {Question(Money(1000, 'EUR'), 0, 5)}"
    customer = await booking.customer
    shown = screen(customer, "refund", asked)
    (sent,) = await notices.render(make_door(), shown)
    assert "no such booking" in sent.text
    door = make_door(admins=frozenset({customer.telegram_id}))
    (sent,) = await notices.render(door, shown)
    assert [button.text for row in sent.rows for button in row] == ["Yes, give €10.00 back", "No"]
    yes = decode(sent.rows[0][0].data)
    assert yes == Tap(Verb.REFUND, REFERENCE, arg=asked.split()[1])
    await a_refund(RefundState.PENDING)
    (sent,) = await notices.render(door, shown)
    labels = [button.text for row in sent.rows for button in row]
    assert labels == ["Paid on site", "Cancel booking"]
    assert "Refund: €10.00 · on its way" in sent.text


def test_a_question_is_read_as_it_was_written():
    for question in (Question(Money(1, "EUR"), 0, 1), Question(Money(10**12, "JPY"), 9, 2**31)):
        assert read(str(question)) == question
    for forged in ("", "no", "1.2.3", "1.2.3.eur", "-1.0.1.EUR", "1.2.3.EUR.4", "z" * 30):
        assert read(forged) is None


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("10", "EUR", 1000),
        ("10.00", "EUR", 1000),
        ("10,00", "EUR", 1000),
        ("€10.05", "EUR", 1005),
        ("10.05 eur", "EUR", 1005),
        ("১০.০৫", "EUR", 1005),
        ("৳১০", "BDT", 1000),
        ("500", "JPY", 500),
        ("1.230", "KWD", 1230),
        ("0", "EUR", 0),
        ("1.5", "EUR", None),
        ("1,000", "EUR", None),
        ("1,000.00", "EUR", None),
        ("-1", "EUR", None),
        ("10 USD", "EUR", None),
        ("1.231", "KWD", None),
        ("5.50", "ISK", None),
        ("1e3", "EUR", None),
        ("", "EUR", None),
    ],
)
def test_an_amount_is_read_exactly_or_not_at_all(text, currency, minor):
    amount = read_amount(text, currency=currency)
    assert amount == (None if minor is None else Money(minor, currency))
