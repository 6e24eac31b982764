"""Whatever somebody writes is shown as it was written, everywhere, and means nothing."""

import csv
import io
import json
import logging
import unicodedata
from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from icalendar import Calendar
from markupsafe import escape

from booking.exports import Span, rows_of
from booking.ports import CheckoutSubject
from booking.reviews import Kind
from bot import logs
from bot.commands.export import _cell
from bot.hook import UNWRITABLE
from bot.updates import as_job
from db import jobs
from db.fields import to_ms
from db.models import Booking, Customer
from db.money_models import Attempt, Refund, Review
from db.transactions import rows
from handlers import notices, pages
from handlers.notices import NOTICES
from handlers.written import clean
from sandbox.telegram.html import parse_html
from tests.handlers.chat import Chat
from tests.handlers.conftest import NOW, START
from tests.handlers.rows import REFERENCE, SESSION, StripeSays, make_door
from tests.handlers.test_doors import opened_door
from tests.handlers.test_notices import a_paid_booking, job, screen
from tests.hostile.strings import STRINGS

LONGEST, LONGEST_CAPTION = 4096, 1024
ADMIN = 900
PAYLOADS = {
    "amount_minor": 1,
    "currency": "EUR",
    "start": to_ms(START),
    "until": to_ms(START),
    "message": 1,
    "tip_minor": 1,
}


def read(message, longest=LONGEST):
    """The text of a message as Telegram would show it; fails where Telegram would refuse it."""
    source = str(message.text or message.caption or "")
    plain, _ = parse_html(source)
    assert len(plain.strip()) <= longest
    assert not any(unicodedata.category(sign) == "Cs" for sign in plain)
    for row in message.rows:
        for button in row:
            assert 0 < len(button.text.encode()) <= 1000
            assert button.data is None or len(button.data.encode()) <= 64
    return plain


@pytest.fixture
async def salon(database):
    return (await opened_door())[0]


def test_there_are_two_hundred_of_them():
    assert len(set(STRINGS)) >= 200


def kept(text):
    """A text as the program keeps it when it comes from a customer."""
    return clean(text.encode("utf-8", "ignore").decode())


@pytest.mark.family("R22")
async def test_whatever_is_typed_at_any_question_is_shown_as_typed(salon, record_property):
    record_property("runs", len(STRINGS))
    chat = Chat(salon)
    for number, text in enumerate(map(kept, STRINGS)):
        if not text:
            continue
        chat.user, chat.buttons = 7000 + number, []
        await chat.says("/start svc_haircut")
        for label in ("^Any", "^Fri 4 Dec", "^11:00"):
            await chat.taps(label)
        shown = await chat.says(text[:LONGEST])
        read(shown)
        if text.startswith("/") or "How long is it" not in str(shown.text):
            continue  # a command, or too long for an answer
        await chat.taps("^Long")
        await chat.shares("4930123456", chat.user)
        summary = read(await chat.shown())
        assert text[:100] in summary


@pytest.mark.family("R22")
@pytest.mark.parametrize("step", ["home", "service", "day", "phone", "coupon"])
async def test_a_text_where_none_is_asked_for_breaks_nothing(salon, step):
    ways = {
        "home": ["/start"],
        "service": ["/book"],
        "day": ["/start svc_haircut", "^Any"],
        "phone": ["/start svc_haircut", "^Any", "^Fri 4 Dec", "^11:00", "^Skip", "^Long"],
        "coupon": ["/start coupon_"],
    }
    chat = Chat(salon)
    for number, text in enumerate(map(kept, STRINGS[::5])):
        chat.user, chat.buttons = 9000 + number, []
        for act in ways[step]:
            await (chat.taps(act) if act.startswith("^") else chat.says(act))
        read(await chat.says(text or "x"))


async def money_stands_open(booking) -> dict[str, int]:
    """A refund and a question about money, for the notices that tell of one."""
    attempt = await Attempt.get(booking_id=booking.id)
    detail = {"amount_minor": 1000, "currency": "EUR", "payment_intent": "pi_1", "paid": True}
    review = await Review.create(
        kind=Kind.MISMATCH,
        session_id=SESSION,
        booking_id=booking.id,
        detail=detail | {"reference": REFERENCE, "misfit": "amount"},
        opened_at=NOW,
    )
    refund = await Refund.create(
        attempt_id=attempt.id,
        idempotency_key="2" * 32,
        amount_minor=500,
        reason="customer",
        created_at=NOW,
    )
    return {"review": review.id, "refund": refund.id}


async def everything_said(door, booking, written, rows_of_money) -> list[str]:
    """Everything that is ever said about a booking, to its customer and to admins."""
    customer = await Customer.get(id=booking.customer_id)
    admin, _ = await Customer.get_or_create(
        telegram_id=ADMIN, defaults={"created_at": NOW, "language": "en"}
    )
    payload = PAYLOADS | rows_of_money | {"booking": booking.id}
    whys = {"cancelled_by_shop": written, "late_returned": "no_time"}
    kinds = sorted(NOTICES.keys() - {"receipt_qr"})  # a picture of the reference alone
    asked = [job(kind, **payload, why=whys.get(kind, "")) for kind in kinds]
    asked += [screen(customer, view, REFERENCE) for view in ("booking", "news", "bookings", "home")]
    asked += [screen(admin, view, REFERENCE) for view in ("any_booking", "found", "audit")]
    asked += [screen(admin, "today", "2026-12-04"), screen(admin, "jobs")]
    for card in ("confirmed", "job_failed", "checkout_refused"):
        asked.append(job("admin_card", card=card, chat=ADMIN, booking=booking.id, why=written))
    said = []
    for one in asked:
        for message in await notices.render(door, one):
            said.append(read(message, LONGEST_CAPTION if message.caption else LONGEST))
            if message.document:
                said.append(_calendar(message.document[1]))
    return said


def _calendar(file: bytes) -> str:
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert [part.name for part in Calendar.from_ical(file).walk()].count("VEVENT") == 1
    assert event["DTSTART"].dt.astimezone(UTC).year == 2026
    return f"{event['SUMMARY']} {event['DESCRIPTION']} {event.get('LOCATION', '')}"


@pytest.mark.family("R22")
async def test_what_a_customer_wrote_is_shown_as_written_to_everybody(
    salon, database, record_property
):
    strings = STRINGS if database.is_sqlite else STRINGS[::7]  # an engine matters little here
    record_property("runs", len(strings))
    booking, door = await a_paid_booking("en"), make_door()
    money = await money_stands_open(booking)
    for text in map(kept, strings):
        if not text:
            continue
        name, answer = text[:100], text[:1000]
        await Customer.filter(id=booking.customer_id).update(name=name)
        details = {"name": name, "phone": "+4930", "email": "", "answers": {"notes": answer}}
        await Booking.filter(id=booking.id).update(details=details)
        said = await everything_said(door, booking, answer, money)
        assert any(name.strip() in one for one in said), name
        [row] = [row async for row in rows_of("bookings", SPAN, livemode=False)] or [None]
        cells = next(csv.reader(io.StringIO(_csv(row)))) if row else []
        for cell in cells:
            assert not cell.lstrip().startswith(("=", "+", "@", "\t", "\r", "\uff1d"))


SPAN = Span(None, None, ZoneInfo("UTC"))


def _csv(row) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_cell(value) for value in row.values()])
    return out.getvalue()


@pytest.mark.family("R22")
async def test_what_a_shop_calls_its_things_is_shown_as_written(salon, database, record_property):
    strings = STRINGS if database.is_sqlite else STRINGS[::7]
    record_property("runs", len(strings))
    booking = await a_paid_booking("en")
    money = await money_stands_open(booking)
    for text in map(kept, strings):
        title = text[:100]
        if not title:
            continue
        snapshot = {"service": {"en": title}, "staff": {"": title}, "kind": "in_person"}
        await Booking.filter(id=booking.id).update(snapshot=snapshot)
        door = make_door(
            StripeSays(status="complete", payment_status="paid"), name=title, address=title
        )
        said = await everything_said(door, booking, title, money)
        assert any(title.strip() in one for one in said), title
        page = await _page(door)
        assert str(escape(title)) in page
        if escape(title) != title:
            assert f">{title}<" not in page


async def _page(door) -> str:
    app = web.Application()
    pages.add_to(app, door)
    async with TestClient(TestServer(app)) as client:
        answer = await client.get(f"/booking/success?session_id={SESSION}")
        assert answer.status == 200
        return await answer.text()


@pytest.mark.family("R22")
async def test_a_profile_name_of_any_kind_is_greeted(salon):
    chat = Chat(salon)
    for number, text in enumerate(STRINGS):
        name = text.encode("utf-8", "ignore").decode()[:64] or "x"
        chat.user, chat.first_name = 11_000 + number, name
        read(await chat.says("/start"))
        read(await chat.says("/book"))


@pytest.mark.family("R22")
async def test_an_update_with_any_text_is_stored_or_dropped_and_stands_in_nobodys_way(database):
    for number, text in enumerate(STRINGS):
        message = {"message_id": 1, "date": 0, "chat": {"id": 71, "type": "private"}, "text": text}
        update = {"update_id": number, "message": message}
        try:
            await jobs.take_in([as_job(json.loads(json.dumps(update)))])
        except UNWRITABLE:
            assert any(unicodedata.category(sign) == "Cs" for sign in text)
    found = await rows("SELECT count(*) AS n FROM job")
    assert found[0]["n"] >= len(STRINGS) - 10


@pytest.mark.family("R22")
@pytest.mark.parametrize("style", ["console", "json"])
@pytest.mark.parametrize("as_error", [False, True])
def test_nothing_in_a_text_makes_a_line_of_the_log_of_its_own(style, as_error):
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(level="debug", style=style, stream=stream)
    try:
        log = logs.get("test")
        for text in STRINGS:
            stream.seek(0)
            stream.truncate()
            if as_error:
                log.error("failed", exc_info=ValueError(text))
            else:
                log.info("said", text=text)
                logging.getLogger("library").info("said %s", text)
            written = stream.getvalue()
            own = [line for line in written.split("\n") if line and not line.startswith("  ")]
            assert len(own) == (1 if as_error else 2), written
            for sign in written:
                assert sign == "\n" or sign.isprintable() or style == "json", repr(sign)
            assert "\x1b" not in written
            assert "\u202e" not in written
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()


@pytest.mark.family("R22")
async def test_what_is_asked_of_stripe_keeps_its_lengths_whatever_things_are_called(database):
    for text in map(kept, STRINGS):
        title = {"en": text or "x"}
        door = make_door(name=text or "x")
        subject = CheckoutSubject(
            reference=REFERENCE,
            service=title,
            staff=title,
            start=NOW,
            held_until=NOW,
            language="en",
            currency="EUR",
            due_minor=1000,
            seats=2,
            coupon=(text or "x")[:40],
            discount_minor=100,
            onsite_minor=100,
        )
        said = door.env.wording.checkout(subject)
        assert 0 < len(said.product) <= 250
        assert len(said.description) <= 1200
        assert len(said.submit) <= 1200
        assert json.dumps(replace(said).product)
