"""What people do in the chat, through the real routes, on a real database."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from booking.audit import record
from booking.catalog import Coupon, Staff
from booking.catalog_import import import_catalog
from booking.choices import still_fitting
from booking.coupons import MOST_TRIED, UNKNOWN
from db.models import Booking, Customer, Draft
from db.money_models import Attempt
from db.states import AttemptState, BookingState
from db.transactions import rows
from handlers.keyboards import Verb, on_draft
from tests.handlers.chat import Chat
from tests.handlers.conftest import NOW, make_catalog
from tests.handlers.rows import make_door

WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("09:00-18:00",))


async def opened_door():
    """A shop that is open in the week, and the toasts it shows."""
    catalog = make_catalog()
    staff = tuple(Staff(key=one.key, name=one.name, hours=WEEK) for one in catalog.staff)
    await import_catalog(catalog.model_copy(update={"staff": staff}), now=NOW)
    toasts = []
    made = make_door()
    return replace(made, answer=lambda _id, toast: toasts.append(toast)), toasts


@pytest.fixture
async def door(database):
    return await opened_door()


@pytest.fixture
def chat(door):
    return Chat(door[0])


async def to_question(chat):
    await chat.says("/start svc_haircut")
    for label in ("^Any", "^Fri 4 Dec", "^11:00"):
        await chat.taps(label)


async def to_phone(chat):
    await to_question(chat)
    await chat.taps("^Skip")
    return await chat.taps("^Long")


async def to_summary(chat):
    await to_phone(chat)
    return await chat.shares("4930123456", chat.user)


async def test_a_customer_gets_to_the_payment(chat):
    assert "check your booking" in (await to_summary(chat)).text
    held = await chat.taps("^Confirm")
    assert "held for you until" in held.text
    assert [button.text for button in chat.buttons] == ["Cancel booking"]
    booking = await Booking.get()
    assert booking.details["phone"] == "+4930123456"
    assert booking.details["answers"] == {"notes": "", "length": "Long"}


async def test_everything_can_be_typed(chat):
    await chat.says("/book")
    for said in ("haircut", "chair 2", "4 december", "3pm", "no nuts", "long"):
        await chat.says(said)
    shown = await chat.says("030 123456")
    for line in ("Chair 2", "Friday, 4 December 2026, 15:00", "no nuts", "+4930123456"):
        assert line in shown.text


async def test_bengali_is_understood_too(door):
    chat = Chat(door[0], language="bn")
    await chat.says("/book")
    for said in ("চুল কাটা", "যেকোনো", "৪ ডিসেম্বর", "বিকাল ৩টা", "কিছু না", "ছোট"):
        await chat.says(said)
    shown = await chat.says("০৩০ ১২৩৪৫৬")
    assert "শুক্রবার, ৪ ডিসেম্বর, ২০২৬, ১৫:০০" in shown.text


async def test_two_misses_offer_a_person(chat):
    await to_phone(chat)
    assert "not a telephone number" in (await chat.says("nope")).text
    shown = await chat.says("still nope")
    assert "not a telephone number" in shown.text
    assert "A person helps you here: @anna" in shown.text
    assert shown.reply_rows[0][0].contact


async def test_the_contact_of_somebody_else_is_not_taken(chat):
    await to_phone(chat)
    shown = await chat.shares("4930999999", chat.user + 1)
    assert "somebody else" in shown.text
    assert (await Draft.get()).step == "phone"


async def test_back_on_the_reply_keyboard_goes_back_and_takes_it_away(chat):
    await to_phone(chat)
    shown = await chat.says("Back")
    assert "How long is it?" in shown.text
    sent = await rows("SELECT key FROM job WHERE key LIKE ?", ["%:released"])
    assert len(sent) == 1


async def test_an_old_keyboard_shows_the_present_screen_with_a_toast(chat, door):
    await chat.says("/start svc_haircut")
    old = chat.buttons[0].data
    await chat.taps("^Any")
    shown = await chat.presses(old)
    assert "Which day?" in shown.text
    assert "This menu is old" in door[1][-1]


async def test_the_same_update_twice_changes_nothing_and_scolds_nobody(chat, door):
    await chat.says("/start svc_haircut")
    data = chat.buttons[0].data
    await chat.presses(data, update_id=77)
    before = await Draft.get()
    await chat.presses(data, update_id=77)
    assert (await Draft.get()).version == before.version
    assert door[1][-1] is None


async def test_of_two_taps_on_one_keyboard_at_once_the_first_decides(chat, door):
    await chat.says("/start svc_haircut")
    taps = [button.data for button in chat.buttons if button.text.startswith("Chair")]
    draft = await Draft.get(open=True)
    assert len(taps) == 2
    await asyncio.gather(*(chat.presses(tap) for tap in taps))
    after = await Draft.get(open=True)
    assert after.version == draft.version + 1


async def test_a_full_day_says_why_it_cannot_be_chosen(chat, door):
    await chat.says("/start svc_haircut")
    await chat.taps("^Any")
    await chat.taps("^Other day")
    await chat.taps("\u2013")
    assert "no free times" in door[1][-1]


@pytest.mark.parametrize(
    "forged",
    [
        (Verb.CHANGE, "summary"),
        (Verb.CHANGE, "q99"),
        (Verb.DAY, "2026-99-99"),
        (Verb.TIME, "x"),
        (Verb.TIME, "99999999999999999999"),
        (Verb.SEATS, "5"),
        (Verb.ANSWER, "7"),
        (Verb.PAGE, "-1"),
        (Verb.SKIP, ""),
        (Verb.SERVICE, "no-such"),
        (Verb.STAFF, "no-such"),
        (Verb.CONFIRM, ""),
    ],
)
async def test_forged_taps_are_answered_and_break_nothing(chat, forged):
    await chat.says("/start svc_haircut")
    draft = await Draft.get()
    assert (await chat.presses(on_draft(draft.id, draft.version, *forged))).text
    assert await Booking.all().count() == 0


@pytest.mark.parametrize("forged", [(Verb.CHANGE, "day"), (Verb.TIME, "1"), (Verb.COUPON, "none")])
async def test_nothing_is_chosen_before_the_service(chat, forged):
    await chat.says("/book")
    draft = await Draft.get()
    shown = await chat.presses(on_draft(draft.id, draft.version, *forged))
    assert "What would you like to book?" in shown.text


async def test_nobody_moves_the_draft_of_another(chat, door):
    await chat.says("/start svc_haircut")
    draft = await Draft.get()
    stranger = Chat(door[0], user=72)
    await stranger.presses(on_draft(draft.id, draft.version, Verb.STAFF, "any"))
    assert (await Draft.get(id=draft.id)).version == draft.version


@pytest.mark.parametrize("data", ["", "v0:old", "v1:svc", "v1:home:-:-:", "🦊" * 16])
async def test_every_tap_is_answered(chat, door, data):
    shown = await chat.presses(data or "x")
    assert "Anna &amp; Co" in shown.text
    assert len(door[1]) == 1


COMMANDS = "/start /book /bookings /cancel /language /help /support /terms /privacy /forget /xyz"


@pytest.mark.parametrize("command", COMMANDS.split())
async def test_commands_answer_in_the_middle_of_a_booking(chat, command):
    await to_phone(chat)
    assert (await chat.says(command)).text


async def test_leaving_says_that_nothing_was_booked(chat):
    await to_question(chat)
    assert "Nothing was booked" in (await chat.says("/cancel")).text
    assert not (await Draft.get()).open


async def test_start_in_the_middle_offers_to_continue(chat):
    await to_question(chat)
    await chat.says("/start")
    assert chat.buttons[0].text == "Continue your booking (Haircut <short>, Fri 4 Dec, 11:00)"
    assert "Any notes?" in (await chat.taps("^Continue")).text


async def test_book_in_the_middle_asks_before_anything_is_lost(chat):
    await to_question(chat)
    assert "go on with it, or start again" in (await chat.says("/book")).text
    labels = [button.text for button in chat.buttons]
    assert labels[:2] == [
        "Continue your booking (Haircut <short>, Fri 4 Dec, 11:00)",
        "Start again",
    ]
    assert "Any notes?" in (await chat.taps("^Continue")).text
    await chat.says("/book")
    assert "What would you like to book?" in (await chat.taps("^Start again")).text


async def test_book_in_the_help_asks_too(chat):
    await to_question(chat)
    await chat.says("/help")
    assert "or start again?" in (await chat.taps("^Book")).text


async def test_book_asks_nothing_while_nothing_is_chosen(chat):
    await chat.says("/book")
    assert "What would you like to book?" in (await chat.says("/book")).text


async def test_one_field_is_changed_and_the_others_stay(chat):
    await to_summary(chat)
    await chat.taps("^Change")
    await chat.taps("^How long")
    shown = await chat.taps("^Short")
    assert "Short" in shown.text
    await chat.taps("^Change")
    await chat.taps("^Name")
    shown = await chat.says("Ada <L>")
    assert "Ada &lt;L&gt;" in shown.text
    assert "11:00" in shown.text


async def test_a_wrong_coupon_is_explained_and_asked_again(chat):
    await to_summary(chat)
    await chat.taps("^Coupon")
    assert "no such coupon" in (await chat.says("FREE")).text
    assert "check your booking" in (await chat.taps("^Back")).text


@pytest.mark.family("R20")
async def test_who_tries_code_after_code_is_told_to_wait_and_learns_nothing_meanwhile(door):
    catalog = make_catalog().model_copy(update={"coupons": (Coupon(code="TEN", percent=10),)})
    staff = tuple(Staff(key=one.key, name=one.name, hours=WEEK) for one in catalog.staff)
    await import_catalog(catalog.model_copy(update={"staff": staff}), now=NOW)
    chat = Chat(door[0])
    await to_summary(chat)
    await chat.taps("^Coupon")
    person = await Customer.get(telegram_id=chat.user)
    for _ in range(MOST_TRIED - 1):
        await record(door[0].env, actor=f"customer:{person.id}", action=UNKNOWN)
    assert "no such coupon" in (await chat.says("TEA")).text
    for guess in ("TEX", "TEN"):
        assert "many codes that there are not" in (await chat.says(guess)).text
    door[0].env.clock.at += timedelta(hours=1, seconds=1)
    assert "(TEN)" in (await chat.says("TEN")).text


async def test_the_language_is_chosen_once_and_kept(chat):
    await chat.says("/language")
    shown = await chat.taps("বাংলা")
    assert "এখন থেকে আমরা বাংলায় লিখব" in shown.text
    assert (await Customer.get()).language == "bn"


async def test_a_language_chosen_in_the_middle_leads_back_there(chat):
    await to_question(chat)
    await chat.says("/language")
    shown = await chat.taps("বাংলা")
    assert "এখন থেকে আমরা বাংলায় লিখব" in shown.text
    assert "কিছু বলবেন?" in shown.text


async def test_a_language_chosen_beside_the_telephone_question_renames_its_keyboard(chat):
    await to_phone(chat)
    await chat.says("/language")
    shown = await chat.taps("বাংলা")
    assert [button.text for row in shown.reply_rows for button in row] == [
        "আমার নম্বর পাঠান",
        "ফিরে যান",
    ]


async def test_a_language_chosen_while_a_booking_waits_leads_back_to_the_payment(chat):
    booking = await a_held_booking(chat)
    await chat.says("/language")
    shown = await chat.taps("বাংলা")
    assert booking.reference in shown.text
    assert "পর্যন্ত রাখা আছে" in shown.text


async def test_a_chosen_answer_is_read_in_the_language_of_the_reader(chat, door):
    await to_summary(chat)
    await chat.says("/language")
    assert "কত লম্বা? লম্বা" in (await chat.taps("বাংলা")).text
    await chat.taps("^নিশ্চিত")
    admin = Chat(door[0], user=900)
    reference = (await Booking.get()).reference
    assert "How long is it? Long" in (await admin.says(f"/booking {reference}")).text


async def test_a_choice_may_be_written_in_any_language_of_the_shop(chat):
    await to_question(chat)
    await chat.taps("^Skip")
    await chat.says("ছোট")
    assert (await Draft.get()).choices["answers"]["length"] == "Short"


async def test_a_day_of_a_class_says_how_many_places_are_left(chat):
    await chat.says("/start svc_yoga")
    assert re.fullmatch(r"Today, Tue 1 Dec · \d+ places", chat.buttons[0].text)
    places = int(chat.buttons[0].text.split()[-2])
    await chat.taps("^Today")
    offered = [label.text for label in chat.buttons if " places" in label.text]
    assert all(re.fullmatch(r"\d\d:\d\d · 12 places", label) for label in offered)
    assert places == 12 * len(offered)


async def test_a_campaign_is_remembered(chat):
    await chat.says("/start src_autumn")
    assert (await Customer.get()).campaign == "autumn"


async def test_being_forgotten_asks_first(chat):
    await chat.says("/forget")
    assert (await Customer.get()).name == "Zoë"
    assert "erased" in (await chat.taps("^Yes")).text
    assert (await Customer.get()).name is None


async def test_commands_of_admins_do_not_exist_for_others(chat, door):
    for command in ("/today", "/booking BK-7KD2QX"):
        assert "I don’t know this command" in (await chat.says(command)).text
    admin = Chat(door[0], user=900)
    assert "0 bookings" in (await admin.says("/today")).text
    assert "no such booking" in (await admin.says("/booking BK-7KD2QX")).text


async def test_pictures_are_answered(chat):
    message = chat._message(sticker=None, location={"latitude": 1.0, "longitude": 2.0})
    assert "only read text" in (await chat.handle(message=message)).text


async def test_an_edited_message_changes_nothing(chat):
    await to_phone(chat)
    await chat.handle(edited_message=chat._message(text="030 123456", edit_date=1_796_000_001))
    assert (await Draft.get()).step == "phone"


@pytest.mark.parametrize(("status", "is_blocked"), [("kicked", True), ("member", False)])
async def test_blocking_and_coming_back_are_noted(chat, status, is_blocked):
    await chat.says("/start")
    user = {"id": 5, "is_bot": True, "first_name": "Anna"}
    members = {"member": {"user": user, "status": "member"}}
    members["kicked"] = {"user": user, "status": "kicked", "until_date": 0}
    other = members["member" if status == "kicked" else "kicked"]
    change = {
        "chat": {"id": chat.user, "type": "private"},
        "from": chat.person,
        "date": 1_796_000_000,
        "old_chat_member": other,
        "new_chat_member": members[status],
    }
    await chat.handle(my_chat_member=change)
    assert ((await Customer.get()).blocked_at is not None) is is_blocked


async def a_held_booking(chat):
    await to_summary(chat)
    await chat.taps("^Confirm")
    return await Booking.get()


async def test_a_held_booking_stays_at_hand_on_the_start_screen(chat):
    booking = await a_held_booking(chat)
    shown = await chat.says("/start")
    assert "Haircut &lt;short&gt;, Fri 4 Dec, 11:00: held for you until" in shown.text
    assert chat.buttons[0].text == f"{booking.reference} · Haircut <short>"
    link = "https://checkout.stripe.example/c/1"
    await Attempt.filter(booking_id=booking.id).update(state=AttemptState.OPEN, url=link)
    await chat.says("/start")
    assert (chat.buttons[0].text, chat.buttons[0].url) == ("Pay €10.00", link)
    assert "held for you until" in (await chat.taps(f"^{booking.reference}")).text


async def test_cancel_shows_the_held_booking_with_its_cancel_button(chat):
    booking = await a_held_booking(chat)
    assert booking.reference in (await chat.says("/cancel")).text
    assert chat.buttons[-1].text == "Cancel booking"
    await chat.says("/book")
    assert "Stopped" in (await chat.says("/cancel")).text
    await Booking.filter(id=booking.id).update(status=BookingState.CONFIRMED)
    assert "To cancel a booking, choose it here" in (await chat.says("/cancel")).text
    await chat.taps("Haircut")
    assert [button.text for button in chat.buttons] == [
        "Book again",
        "Cancel booking",
        "My bookings",
    ]
    await Booking.filter(id=booking.id).update(start=NOW)
    assert "There is nothing to stop.\n\n" in (await chat.says("/cancel")).text


@pytest.mark.parametrize("said", ["8 Dec", "৮ ডিসেম্বর", "8.12.", "2026-12-08"])
async def test_a_date_typed_at_the_time_step_changes_the_day(chat, said):
    await chat.says("/start svc_haircut")
    await chat.taps("^Any")
    await chat.taps("^Fri 4 Dec")
    assert "8 Dec" in (await chat.says(said)).text
    draft = await Draft.get()
    assert (draft.step, draft.choices["day"]) == ("time", "2026-12-08")


@pytest.mark.parametrize(
    "said",
    ["tuesday 15:30", "8 Dec, 3:30 pm", "15:30 on 8 Dec", "8.12. 15:30", "৮ ডিসেম্বর বিকাল ৩:৩০"],
)
async def test_a_day_and_a_time_written_together_are_both_taken(chat, said):
    await chat.says("/start svc_haircut")
    await chat.taps("^Any")
    await chat.taps("^Fri 4 Dec")
    shown = await chat.says(said)
    assert "Tue 8 Dec, 15:30" in shown.text or "Tue 1 Dec, 15:30" in shown.text
    assert "Any notes?" in shown.text


async def test_a_day_and_a_time_are_taken_at_the_day_step_too(chat):
    await chat.says("/start svc_haircut")
    await chat.taps("^Any")
    assert "Wed 2 Dec, 15:30" in (await chat.says("tomorrow at 15:30")).text


async def test_a_day_whose_written_time_is_not_free_is_shown_with_its_times(chat):
    await chat.says("/start svc_haircut")
    await chat.taps("^Any")
    await chat.taps("^Fri 4 Dec")
    for _ in range(3):
        shown = await chat.says("tomorrow 23:00")
        assert "That time is not free" in shown.text
        assert "Wed 2 Dec" in shown.text
    assert "11:00" in [button.text for button in chat.buttons]


@pytest.mark.parametrize("said", ["11", "11:00", "11am", "১১:০০"])
async def test_a_time_typed_at_the_time_step_is_taken(chat, said):
    await chat.says("/start svc_haircut")
    await chat.taps("^Any")
    await chat.taps("^Fri 4 Dec")
    assert "Any notes?" in (await chat.says(said)).text


async def test_what_is_no_time_gets_the_hint_for_times(chat):
    await chat.says("/start svc_haircut")
    await chat.taps("^Any")
    await chat.taps("^Fri 4 Dec")
    assert "did not understand the time" in (await chat.says("soonish")).text


async def test_names_and_answers_are_one_visible_line(chat):
    await to_question(chat)
    await chat.says("no\nnuts\u202e\u200b please")
    assert (await Draft.get()).choices["answers"] == {"notes": "no nuts please"}


async def test_a_profile_name_of_invisible_characters_is_asked_for(chat):
    chat.first_name = "\u2067\u200b\u3164"
    await chat.says("/start")
    assert (await Customer.get()).name is None


async def test_a_profile_without_a_name_is_answered_like_any_other(chat):
    chat.first_name = ""
    assert (await chat.says("/start")) is not None
    assert (await Customer.get()).name is None


async def test_booking_again_takes_four_taps_even_with_questions(chat):
    booking = await a_held_booking(chat)
    await Booking.filter(id=booking.id).update(status=BookingState.CONFIRMED)
    await chat.says("/start")
    await chat.taps("^Book again")
    await chat.taps("^Mon 7 Dec")
    shown = await chat.taps("^11:00")
    assert "check your booking" in shown.text
    assert "How long is it? Long" in shown.text
    assert (await Draft.get(open=True)).choices["staff"] == "any"  # as it was chosen before
    assert chat.buttons[0].text == "Confirm"


async def test_earlier_answers_are_kept_only_where_they_still_fit():
    asked = make_catalog().services[1].questions
    assert still_fitting({"notes": "", "length": "লম্বা", "gone": "x"}, asked) == {
        "notes": "",
        "length": "লম্বা",
    }
    assert still_fitting({"length": "Huge", "notes": "fish"}, asked) == {"notes": "fish"}
    assert still_fitting({"length": ""}, asked) == {}


async def test_a_coupon_that_is_used_up_is_refused_when_it_is_typed(chat):
    catalog = make_catalog()
    staff = tuple(Staff(key=one.key, name=one.name, hours=WEEK) for one in catalog.staff)
    ten = Coupon(code="TEN", percent=10, max_uses_per_customer=1)
    await import_catalog(catalog.model_copy(update={"staff": staff, "coupons": (ten,)}), now=NOW)
    await to_summary(chat)
    await chat.taps("^Coupon")
    assert "(TEN)" in (await chat.says("ten")).text
    await chat.taps("^Confirm")
    await chat.says("/start svc_haircut")
    for label in ("^Any", "^Fri 4 Dec", "^12:00", "^Skip", "^Long", "^Coupon"):
        await chat.taps(label)
    assert "as often as it may be" in (await chat.says("TEN")).text
    assert "coupon" not in (await Draft.get(open=True)).choices
