"""What admins look up in the chat: a day, a booking, the bot's work, and who did what."""

from dataclasses import replace
from datetime import timedelta

import pytest

from booking.audit import record
from booking.customers import keep_contact
from db.fields import to_ms
from db.jobs import enqueue
from db.money_models import Attempt, Audit
from db.transactions import rows, run
from handlers.keyboards import Verb, menu
from tests.handlers.chat import Chat
from tests.handlers.conftest import NOW, START, read_aloud
from tests.handlers.rows import REFERENCE, SESSION, a_booking, a_customer, make_door

ADMIN = 900


@pytest.fixture
def toasts():
    return []


@pytest.fixture
def door(database, toasts):
    return replace(make_door(), answer=lambda _id, toast: toasts.append(toast))


@pytest.fixture
def admin(door):
    return Chat(door, user=ADMIN)


async def a_known_customer():
    customer = await a_customer(name=None, phone=None)
    await keep_contact(customer, name="Zoë Private", phone="+4930123456", email="zoe@example.com")
    return customer


def labels(screen) -> list[str]:
    return [button.text for row in screen.rows for button in row]


async def test_a_day_is_named_as_people_name_it(admin):
    await a_booking(await a_customer())
    for said, day in (
        ("2026-12-04", "Friday, 4 December 2026"),
        ("4.12.", "Friday, 4 December 2026"),
        ("friday", "Friday, 4 December 2026"),
        ("শুক্রবার", "Friday, 4 December 2026"),
        ("tomorrow", "Wednesday, 2 December 2026"),
        ("2026-11-30", "Monday, 30 November 2026"),
    ):
        shown = await admin.says(f"/day {said}")
        assert day in shown.text
        assert ("Haircut" in shown.text) == ("4 December" in day)


async def test_days_are_turned_over_from_today(admin):
    await a_booking(await a_customer())
    assert "Tuesday, 1 December" in (await admin.says("/today")).text
    for label, day in (("Later", "2 Dec"), ("Later", "3 Dec"), ("Later", "4 Dec"), ("◀", "3 Dec")):
        shown = await admin.taps(label)
        assert day in shown.text
        assert labels(shown) == ["◀ Earlier day", "Later day ▶"]
    shown = await admin.says("/day whenever")
    assert "Please write a day" in shown.text
    assert "1 December" in shown.text
    for end in ("0001-01-01", "31.12.9999"):
        assert "Please write a day" in (await admin.says(f"/day {end}")).text
    assert "1 December" in (await admin.presses(menu(Verb.DATE, "forged"))).text


KNOWN = ("BK-7KD2QX", "7kd2qx", "zoë", "private ZOË", "Zoe@Example.com", "pi_1", SESSION)
PHONE = ("030 123456", "+49 30 123456", "০৩০১২৩৪৫৬")


async def test_a_booking_is_found_by_whatever_is_known(admin):
    await a_booking(await a_known_customer())
    await Attempt.all().update(payment_intent="pi_1")
    for said in (*KNOWN, *PHONE):
        shown = await admin.says(f"/find {said}")
        assert labels(shown) == ["Fri 4 Dec, 15:30 · Zoë Private · to be paid"], said
    assert "+4930123456" in (await admin.taps("^Fri")).text


async def test_what_does_not_fit_is_not_found(admin):
    await a_booking(await a_known_customer())
    for said in ("", "zo", "zoë nobody", "pi_2", "<b>", "BK-000000", "+4930"):
        shown = await admin.says(f"/find {said}".strip())
        assert "Please write what you know after /find" in shown.text
        assert not any("Zoë" in label for label in labels(shown))


async def test_of_many_the_latest_are_shown(admin):
    customer = await a_known_customer()
    first = await a_booking(customer)
    columns = [name for name in first._meta.db_fields if name not in {"id", "reference", "start"}]
    names = ", ".join(f'"{name}"' for name in columns)
    for number in range(1, 22):
        start = to_ms(START - timedelta(days=number))
        await run(
            f"INSERT INTO booking (reference, start, {names}) SELECT ?, ?, {names} FROM booking"
            " WHERE id = ?",
            (f"BK-0000{number:02}", start, first.id),
        )
    shown = await admin.says("/find zoë")
    assert "20 bookings fit" in shown.text
    assert "there are more" in shown.text
    assert len(labels(shown)) == 20
    assert labels(shown)[0].startswith("Fri 4 Dec")


async def a_dead_job(number, error, *, minutes=5, lane="out:71", **payload):
    await enqueue(kind="receipt_text", key=f"k{number}", lane=lane, payload=payload, now=NOW)
    dead = to_ms(NOW - timedelta(minutes=minutes))
    where = (dead, error, 20, f"k{number}")
    await run("UPDATE job SET dead_at = ?, last_error = ?, attempts = ? WHERE key = ?", where)


@pytest.mark.parametrize("language", ["en", "bn"])
async def test_work_that_was_given_up_is_begun_anew_by_a_button(door, toasts, language, transcript):
    booking = await a_booking(await a_customer())
    await a_dead_job(1, "0badc0de bot.runner.GiveUp: Bad Request: <b>", booking=booking.id)
    await a_dead_job(2, "0badcafe ValueError: no\nsuch thing", minutes=3000, lane=None)
    await a_dead_job(3, "blocked", minutes=1)
    later = NOW + timedelta(hours=1)
    await enqueue(kind="end_hold", key="later", payload={}, now=NOW, run_at=later)
    admin = Chat(door, user=ADMIN, language=language)
    shown = await admin.says("/jobs")
    assert read_aloud(shown) == transcript
    await admin.taps(r"(Retry|চেষ্টা) [1১] ")
    [again] = await rows("SELECT * FROM job WHERE key = 'k1'")
    assert (again["dead_at"], again["attempts"], again["run_at"]) == (None, 0, to_ms(NOW))
    line = await Audit.get()
    assert (line.actor, line.action, line.reference) == ("admin:900", "retry", REFERENCE)
    await admin.presses(menu(Verb.RETRY, "zzzzzzzzzzzz"))
    await admin.presses(menu(Verb.RETRY, "-1"))
    assert len(await Audit.all()) == 1
    assert toasts[1] == toasts[2] != toasts[0]


async def test_what_fails_and_is_tried_again_is_listed_before_it_is_given_up(admin):
    booking = await a_booking(await a_customer())
    for number, error in enumerate(("PaymentRejected: no such session", "NotYet: 2026-12-02")):
        payload = {"booking": booking.id}
        await enqueue(kind="stripe_event", key=f"k{number}", payload=payload, now=NOW)
        await run("UPDATE job SET last_error = ? WHERE key = ?", (error, f"k{number}"))
    text = (await admin.says("/jobs")).text
    assert "1 job failed and is tried again by itself:" in text
    assert "stripe_event" in text
    assert REFERENCE in text
    assert "Last time: PaymentRejected: no such session" in text
    assert "NotYet" not in text


async def test_a_quiet_bot_says_so(admin):
    text = (await admin.says("/jobs")).text
    assert "Nothing was given up." in text


@pytest.mark.parametrize("language", ["en", "bn"])
async def test_the_log_reads_as_sentences(door, language, transcript):
    customer = await a_known_customer()
    gone = await a_customer(telegram_id=73, name=None, phone=None)
    refund = {"amount_minor": 1250, "currency": "EUR"}
    for actor, action, detail in (
        (f"customer:{customer.id}", "hold", {"seats": 2}),
        (f"customer:{gone.id}", "hold", None),
        ("system", "release", {"reason": "payment_expired"}),
        ("stripe", "park late_payment", None),
        ("admin:900", "refund", refund),
        ("stripe", "refund succeeded", refund | {"refund": "re_1"}),
        ("admin:900", "unheard of", {"reason": "<b>closed</b>"}),
    ):
        await record(door.env, actor=actor, action=action, reference=REFERENCE, detail=detail)
    await record(door.env, actor="system", action="confirm", reference="BK-OTHER1")
    admin = Chat(door, user=ADMIN, language=language)
    of_one = await admin.says(f"/audit {REFERENCE.lower()}")
    assert "OTHER1" not in of_one.text
    of_all = await admin.says("/audit")
    assert read_aloud(of_one) + "-----\n" + read_aloud(of_all) == transcript
    for unknown in ("BK-000000", "BK-0000000000"):
        assert unknown in (await admin.says(f"/audit {unknown}")).text


async def test_a_reference_that_is_too_long_is_an_unknown_one(admin):
    for said in ("/booking BK-7KD2QXX", "/start b_BK-7KD2QXX"):
        assert "no such booking" in (await admin.says(said)).text


async def test_a_reference_as_long_as_a_message_is_answered_with_a_message(admin):
    shown = await admin.says("/audit " + "B" * 4080)
    assert "Nothing is written down about BBB" in shown.text
    assert len(shown.text) < 4096


async def test_for_others_there_is_no_desk(door):
    await a_booking(await a_known_customer())
    await a_dead_job(1, "0badc0de ValueError: x")
    stranger = Chat(door, user=72)
    for command in ("/day friday", "/find zoë", "/jobs", "/audit"):
        assert "I don’t know this command" in (await stranger.says(command)).text
    [number] = [row["id"] for row in await rows("SELECT id FROM job WHERE key = 'k1'")]
    for data in (menu(Verb.RETRY, str(number)), menu(Verb.DATE, "2026-12-04")):
        assert "Haircut" not in (await stranger.presses(data)).text
    [still] = await rows("SELECT dead_at FROM job WHERE key = 'k1'")
    assert still["dead_at"] is not None
