"""What reminders read like, and what a tap on one does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from booking.remind import COMING
from db.fields import to_ms
from db.models import Draft
from db.money_models import Audit
from db.states import BookingState
from handlers import notices
from handlers.keyboards import Verb, on_booking
from tests.handlers.chat import Chat
from tests.handlers.conftest import NOW, START, read_aloud
from tests.handlers.rows import REFERENCE, a_booking, a_customer, make_door
from tests.handlers.test_notices import a_paid_booking, job

STARTS = to_ms(START)


def pays(booking, **more):
    return job("payment_reminder", booking=booking.id, until=None, **more)


def comes(booking, start=STARTS):
    return job("appointment_reminder", booking=booking.id, start=start, until=None)


@pytest.mark.parametrize("language", ["en", "bn"])
async def test_reminders_read_well(database, language, transcript):
    booking = await a_booking(await a_customer(language=language))
    door = make_door()
    sent = await notices.render(door, pays(booking))
    sent += await notices.render(door, job("reminder_muted", booking=booking.id, message=7))
    await booking.update_from_dict({"status": BookingState.CONFIRMED}).save()
    sent += await notices.render(door, comes(booking))
    sent += await notices.render(door, job("reminder_answered", booking=booking.id, message=8))
    assert [(one.mode, one.message_id) for one in sent[1::2]] == [("edit", 7), ("edit", 8)]
    assert "-----\n".join(map(read_aloud, sent)) == transcript


async def test_what_is_no_longer_true_is_not_said(database):
    booking = await a_booking(await a_customer())
    door = make_door()
    [sent] = await notices.render(door, pays(booking))
    assert sent.live
    overtaken = pays(booking)
    overtaken.payload["until"] = to_ms(NOW)
    assert await notices.render(door, overtaken) == []
    for change in (
        {"held_until": NOW},
        {"held_until": NOW + timedelta(hours=1), "muted_at": NOW},
        {"muted_at": None, "status": BookingState.CONFIRMED},
    ):
        await booking.update_from_dict(change).save()
        assert await notices.render(door, pays(booking)) == []
    assert len(await notices.render(door, comes(booking))) == 1
    assert await notices.render(door, comes(booking, start=STARTS - 1)) == []
    await booking.update_from_dict({"muted_at": NOW}).save()
    assert len(await notices.render(door, comes(booking))) == 1  # only the payment is not asked for


async def test_a_reminder_leaves_the_buttons_of_another_booking_that_was_begun(database):
    customer = await a_customer()
    booking = await a_booking(customer)
    await Draft.create(
        customer_id=customer.id, step="service", choices={}, created_at=NOW, updated_at=NOW
    )
    [sent] = await notices.render(make_door(), pays(booking))
    assert not sent.live


async def test_a_tap_answers_with_a_toast_and_a_button_less(database):
    toasts = []
    door = replace(make_door(), answer=lambda _id, toast: toasts.append(toast))
    booking = await a_paid_booking("en")
    await Chat(door).presses(on_booking(REFERENCE, Verb.COMING))
    [sent] = await notices.render(door, comes(booking))
    assert [button.text for row in sent.rows for button in row] == ["Cancel booking"]
    await Chat(door).presses(on_booking(REFERENCE, Verb.MUTE))
    stranger = Chat(door, user=72)
    for verb in (Verb.COMING, Verb.MUTE):
        assert "no such booking" in (await stranger.presses(on_booking(REFERENCE, verb))).text
    assert [line.action for line in await Audit.all().order_by("id")] == [COMING, "mute"]
    old = "This menu is old. Here is the current one."
    muted = "We will not remind you of this payment again."
    assert toasts == ["Thank you. See you then!", muted, old, old]


async def test_nobody_promises_to_come_to_what_has_begun(database):
    toasts = []
    door = replace(make_door(), answer=lambda _id, toast: toasts.append(toast))
    booking = await a_paid_booking("en")
    await booking.update_from_dict({"start": NOW}).save()
    shown = await Chat(door).presses(on_booking(REFERENCE, Verb.COMING))
    assert toasts == ["This menu is old. Here is the current one."]
    assert "Cancel booking" not in [button.text for row in shown.rows for button in row]
    assert not await Audit.exists(action=COMING)


async def test_what_was_paid_on_site_is_not_asked_for_again(database):
    booking = await a_paid_booking("en")
    await booking.update_from_dict({"onsite_paid_at": NOW}).save()
    [sent] = await notices.render(make_door(), comes(booking))
    assert "Paid on site: €40.00" in sent.text
    assert "Due on site" not in sent.text
