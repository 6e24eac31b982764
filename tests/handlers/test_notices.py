"""What is sent for each kind of job of the outbox."""

import pytest
from icalendar import Calendar

from booking.reviews import Answer, Kind
from db.jobs import Job
from db.models import Draft
from db.money_models import Attempt, Review
from db.states import AttemptState, BookingState, EndReason
from handlers import notices, receipts
from tests.handlers.conftest import NOW, START, read_aloud
from tests.handlers.rows import REFERENCE, SESSION, a_booking, a_customer, make_door


def job(kind, **payload) -> Job:
    return Job(
        id=1,
        kind=kind,
        key=f"{kind}:1",
        lane="out:71",
        payload=payload,
        priority=1,
        attempts=1,
        max_attempts=20,
        lease_token="t",
        created_at=NOW,
        run_at=NOW,
    )


def screen(customer, view, ref=None, note=None, message_id=None) -> Job:
    return job(
        "screen",
        customer=customer.id,
        view=view,
        ref=ref,
        note=note,
        mode="edit" if message_id else "new",
        message_id=message_id,
    )


async def a_paid_booking(language):
    customer = await a_customer(language=language)
    booking = await a_booking(customer, status=BookingState.CONFIRMED, confirmed_at=NOW)
    await Attempt.filter(session_id=SESSION).update(
        state=AttemptState.SUCCEEDED,
        paid_minor=1000,
        payment_intent="pi_1",
        receipt_url="https://pay.stripe.example/receipt",
        paid_at=NOW,
    )
    return booking


@pytest.mark.parametrize("language", ["en", "bn"])
async def test_the_receipt_says_everything(database, language, transcript):
    booking = await a_paid_booking(language)
    (sent,) = await notices.render(make_door(), job("receipt_text", booking=booking.id))
    assert sent.chat_id == 71
    assert not sent.live
    assert read_aloud(sent) == transcript


async def test_the_calendar_file_is_one_event_in_utc(database):
    booking = await a_paid_booking("en")
    first = await notices.render(make_door(), job("receipt_ics", booking=booking.id))
    again = await notices.render(make_door(), job("receipt_ics", booking=booking.id))
    assert first == again
    name, content = first[0].document
    assert name == f"{REFERENCE}.ics"
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "PUBLISH"
    assert event["UID"].startswith(REFERENCE)
    assert event.start == START
    assert b"DTSTART:20261204T143000Z" in content
    assert event["LOCATION"] == "Main St 1 <2nd floor>"
    assert "Haircut" in event["SUMMARY"]


async def test_a_shop_without_an_address_says_nothing_of_a_place_in_the_calendar(database):
    booking = await a_paid_booking("en")
    there = job("receipt_ics", booking=booking.id)
    [sent] = await notices.render(make_door(address=""), there)
    assert b"LOCATION" not in sent.document[1]


async def test_the_qr_code_is_a_picture_with_a_caption(database):
    booking = await a_paid_booking("en")
    (sent,) = await notices.render(make_door(), job("receipt_qr", booking=booking.id))
    assert sent.photo.startswith(b"\x89PNG")
    assert REFERENCE in sent.caption
    assert receipts.qr_code(REFERENCE) == sent.photo


TEN = {"price_minor": 5500, "discount_minor": 500}
STANDS = {
    "held": {"status": BookingState.HELD},
    "awaiting_payment": {},
    "processing": {"status": BookingState.PROCESSING},
    "expired": {"status": BookingState.EXPIRED, "end_reason": EndReason.PAYMENT_EXPIRED},
    "cancelled": {"status": BookingState.CANCELLED, "end_reason": EndReason.CUSTOMER},
}


@pytest.mark.parametrize("language", ["en", "bn"])
@pytest.mark.parametrize("stand", STANDS)
async def test_a_booking_reads_well_wherever_it_stands(database, stand, language, transcript):
    customer = await a_customer(language=language)
    created = AttemptState.CREATED if stand == "held" else AttemptState.OPEN
    await a_booking(customer, attempt=created, **STANDS[stand])
    (sent,) = await notices.render(make_door(), screen(customer, "booking", REFERENCE))
    assert read_aloud(sent) == transcript


NEWS = {
    "confirmed": {"status": BookingState.CONFIRMED},
    "expired": STANDS["expired"],
    "cancelled": STANDS["cancelled"],
}


@pytest.mark.parametrize("language", ["en", "bn"])
@pytest.mark.parametrize("news", NEWS)
async def test_news_of_a_booking_read_shortly(database, news, language, transcript):
    customer = await a_customer(language=language)
    await a_booking(customer, **NEWS[news])
    (sent,) = await notices.render(make_door(), screen(customer, "news", REFERENCE, message_id=5))
    assert read_aloud(sent) == transcript


async def test_the_receipt_says_what_the_confirmation_does_not_say_again(database):
    booking = await a_paid_booking("en")
    (receipt,) = await notices.render(make_door(), job("receipt_text", booking=booking.id))
    customer = await booking.customer
    (live,) = await notices.render(make_door(), screen(customer, "news", REFERENCE))
    labels = [
        {button.text for row in message.rows for button in row} for message in (live, receipt)
    ]
    assert not labels[0] & labels[1]
    assert "Paid" not in live.text
    assert len(live.text.splitlines()) < len(receipt.text.splitlines()) / 1.5


async def test_an_expiry_is_explained_once(database):
    customer = await a_customer()
    booking = await a_booking(customer, **STANDS["expired"])
    (live,) = await notices.render(make_door(), screen(customer, "news", REFERENCE, message_id=5))
    (told,) = await notices.render(make_door(), job("hold_ended", booking=booking.id))
    assert "not paid in time" in told.text
    assert "Nothing was charged" in told.text
    assert "not paid" not in live.text
    assert "charged" not in live.text
    assert [button.text for row in told.rows for button in row] == ["Book again"]
    assert "Book again" not in [button.text for row in live.rows for button in row]


async def test_an_expiry_is_told_once_where_the_booking_is_not_on_the_screen(database):
    customer = await a_customer(live_message_id=9)
    booking = await a_booking(customer, **STANDS["expired"])
    old = screen(customer, "news", REFERENCE, message_id=5)
    assert await notices.render(make_door(), old) == []
    assert len(await notices.render(make_door(), job("hold_ended", booking=booking.id))) == 1


async def test_an_expiry_does_not_say_that_nothing_was_charged_when_something_was(database):
    booking = await a_booking(await a_customer(), **STANDS["expired"])
    paid = {"state": AttemptState.SUCCEEDED, "paid_minor": 100, "currency": "USD"}
    await Attempt.filter(session_id=SESSION).update(**paid)
    (told,) = await notices.render(make_door(), job("hold_ended", booking=booking.id))
    assert "Nothing was charged" not in told.text
    assert "about the money you paid" in told.text


@pytest.mark.parametrize("language", ["en", "bn"])
async def test_the_day_reads_calmly(database, language, transcript):
    admin = await a_customer(telegram_id=900, language=language)
    await a_booking(await a_customer(), seats=2)
    (sent,) = await notices.render(make_door(), screen(admin, "today", "2026-12-04"))
    assert read_aloud(sent) == transcript


@pytest.mark.parametrize("language", ["en", "bn"])
@pytest.mark.parametrize(
    "kind", ["hold_ended", "payment_failed", "payment_page_refused", "payment_link_late"]
)
async def test_notices_read_well(database, kind, language, transcript):
    booking = await a_booking(await a_customer(language=language))
    (sent,) = await notices.render(make_door(), job(kind, booking=booking.id))
    assert read_aloud(sent) == transcript


@pytest.mark.parametrize("kind", list(Kind))
async def test_a_parked_payment_is_explained_to_the_customer_and_the_admins(
    database, kind, transcript
):
    booking = await a_booking(await a_customer())
    review = await Review.create(
        kind=kind,
        session_id=SESSION,
        booking_id=booking.id,
        detail={
            "amount_minor": 1000,
            "currency": "EUR",
            "payment_intent": "pi_1",
            "reference": REFERENCE,
            "misfit": "amount" if kind == Kind.MISMATCH else "",
            "paid": True,
        },
        opened_at=NOW,
        answer=Answer.RETURNED if kind == Kind.SECOND_PAYMENT else None,
    )
    door = make_door()
    told = await notices.render(door, job("payment_parked", booking=booking.id, review=review.id))
    card = await notices.render(door, job("admin_card", card=kind, chat=900, review=review.id))
    assert [told[0].chat_id, card[0].chat_id] == [71, 900]
    assert read_aloud(told[0]) + "-----\n" + read_aloud(card[0]) == transcript


@pytest.mark.parametrize("card", ["confirmed", "checkout_refused", "job_failed"])
async def test_cards_for_admins_read_well(database, card, transcript):
    booking = await a_paid_booking("bn")
    payload = {"card": card, "chat": 900, "booking": booking.id}
    (sent,) = await notices.render(make_door(), job("admin_card", **payload, why="<bad>"))
    assert read_aloud(sent) == transcript


async def test_nobody_sees_the_booking_of_another(database):
    await a_booking(await a_customer())
    other = await a_customer(telegram_id=72)
    (sent,) = await notices.render(make_door(), screen(other, "booking", REFERENCE))
    assert "Haircut" not in sent.text


@pytest.mark.parametrize("view", ["today", "any_booking"])
async def test_views_of_admins_are_empty_for_others(database, view):
    await a_booking(await a_customer())
    stranger = await a_customer(telegram_id=72)
    ref = "2026-12-04" if view == "today" else REFERENCE
    (sent,) = await notices.render(make_door(), screen(stranger, view, ref))
    assert "Haircut" not in sent.text
    admin = await a_customer(telegram_id=900)
    (sent,) = await notices.render(make_door(), screen(admin, view, ref))
    assert "Haircut" in sent.text


async def test_a_screen_edits_the_tapped_message_and_becomes_the_live_one(database):
    customer = await a_customer()
    (sent,) = await notices.render(make_door(), screen(customer, "home", message_id=5))
    assert (sent.mode, sent.message_id, sent.live) == ("edit", 5, True)


async def test_news_of_a_booking_do_not_overwrite_the_question_of_another(database):
    customer = await a_customer(live_message_id=5)
    await a_booking(customer)
    news = screen(customer, "news", REFERENCE, message_id=5)
    (alone,) = await notices.render(make_door(), news)
    await Draft.create(
        customer_id=customer.id, step="service", choices={}, created_at=NOW, updated_at=NOW
    )
    (beside,) = await notices.render(make_door(), news)
    asked = screen(customer, "outcome", REFERENCE, message_id=5)
    (tapped,) = await notices.render(make_door(), asked)
    shown = [(one.mode, one.live) for one in (alone, beside, tapped)]
    assert shown == [("edit", True), ("new", False), ("edit", True)]


async def test_a_remark_stands_above_the_screen(database):
    customer = await a_customer()
    note = {"key": "typed.day", "args": {"person": "@<anna>"}}
    (sent,) = await notices.render(make_door(), screen(customer, "home", note=note))
    assert sent.text.startswith("I did not understand the date")
    assert "@&lt;anna&gt;" in sent.text


async def test_what_was_erased_meanwhile_is_not_sent(database):
    assert await notices.render(make_door(), job("receipt_text", booking=1)) == []


async def test_the_list_of_bookings_names_each_by_time_and_state(database, transcript):
    customer = await a_customer()
    await a_booking(customer)
    (sent,) = await notices.render(make_door(), screen(customer, "bookings"))
    assert read_aloud(sent) == transcript


@pytest.mark.parametrize("stand", ["held", "processing", "expired"])
async def test_admins_read_the_truth_about_a_booking_without_money(database, stand, transcript):
    await a_booking(await a_customer(), **STANDS[stand], coupon="TEN", **TEN)
    admin = await a_customer(telegram_id=900)
    (sent,) = await notices.render(make_door(), screen(admin, "any_booking", REFERENCE))
    assert "Nothing to pay" not in sent.text
    assert read_aloud(sent) == transcript


async def test_the_receipt_with_a_coupon_shows_price_discount_paid_and_rest(database):
    booking = await a_paid_booking("en")
    await booking.update_from_dict({"coupon": "TEN", **TEN}).save()
    (sent,) = await notices.render(make_door(), job("receipt_text", booking=booking.id))
    said = ["Price: €55.00", "Discount: −€5.00 (TEN)", "<b>Paid: €10.00</b>", "Due on site: €40.00"]
    assert [line for line in sent.text.splitlines() if line in said] == said
