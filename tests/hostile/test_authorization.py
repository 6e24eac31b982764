"""Every command, tap and view, tried by everybody: generated from the lists the program goes by."""

import itertools
import re

import pytest

from booking import notices
from booking.reviews import Kind
from db import connection, jobs
from db.job_rows import job_of
from db.models import Customer, Draft
from db.money_models import Review
from db.transactions import rows
from handlers import views
from handlers.asked import Asked
from handlers.keyboards import Tap, Verb, base36, encode
from handlers.notices import render
from handlers.routes import COMMANDS, TAPS, Role
from handlers.screens.info import ADMIN_COMMANDS
from tests.engines import second_connection, use_database
from tests.handlers.chat import Chat
from tests.handlers.conftest import NOW
from tests.handlers.rows import REFERENCE, SESSION
from tests.handlers.test_doors import opened_door
from tests.handlers.test_notices import a_paid_booking

OWNER, ADMIN, FORMER = 71, 900, 901
ABSENT, ABSENT_ID = "BK-ZZZZZZ", 99_999
ARGUMENTS = ("", "yes", "1")
WATCHED = (
    "booking",
    "attempt",
    "refund",
    "review",
    "claim",
    "seat",
    "coupon_use",
    "draft",
    "audit",
)
DETAIL = {"amount_minor": 1000, "currency": "EUR", "payment_intent": "pi_1", "paid": True}
DETAIL |= {"reference": REFERENCE, "misfit": "amount"}
ADMINS_TAPS = [verb for verbs, entry in TAPS.items() for verb in verbs if entry.role is Role.ADMIN]
EVERYBODYS_TAPS = [verb for verb in Verb if verb not in ADMINS_TAPS]
ADMINS_COMMANDS = [name for name, entry in COMMANDS.items() if entry.role is Role.ADMIN]
numbers = itertools.count(5000)


class Shop:
    """A shop in which one customer has a paid booking, a draft and a question about money."""

    def __init__(self, database):
        self.database = database

    async def open(self):
        self.door, self.toasts = await opened_door()
        self.stripe, self.chat = self.door.env.payments, Chat(self.door, first_name="Eve")
        booking = await a_paid_booking("en")
        self.draft = await Draft.create(
            customer_id=booking.customer_id,
            step="summary",
            choices={},
            version=3,
            created_at=NOW,
            updated_at=NOW,
        )
        review = await Review.create(
            kind=Kind.MISMATCH,
            session_id=SESSION,
            booking_id=booking.id,
            detail=DETAIL,
            opened_at=NOW,
        )
        await jobs.enqueue(kind="receipt_qr", key="dead", payload={}, now=NOW)
        [dead] = await jobs.lease(kinds=["receipt_qr"], limit=1, now=NOW)
        await jobs.bury(dead, now=NOW, error="deadbeef ValueError: no")
        await rows("DELETE FROM audit")
        self.theirs = (REFERENCE, base36(self.draft.id), base36(review.id), base36(dead.id))
        self.before = await self.kept()
        return self

    async def kept(self):
        """What belongs to the owner and to the shop, as a second connection reads it."""
        async with second_connection(self.database.url) as other:
            found = {}
            for table in WATCHED:
                query = f"SELECT * FROM {table} ORDER BY id"
                if table == "audit":  # whoever is forgotten at his own wish is written down
                    query = "SELECT * FROM audit WHERE action <> 'forget' ORDER BY id"
                found[table] = [tuple(dict(row).values()) for row in await other.rows(query)]
            found["draft"] = [one for one in found["draft"] if one[0] == self.draft.id]
            query = "SELECT id, dead_at FROM job WHERE key = 'dead'"
            found["dead"] = [tuple(dict(row).values()) for row in await other.rows(query)]
            return found

    async def somebody(self, who):
        """A chat of somebody the program has not seen yet in this test, in the named part."""
        if who == "former admin":
            await Customer.create(telegram_id=next(numbers), created_at=NOW)
        chat = self.chat
        chat.user, chat.buttons = next(numbers), []
        if who == "another customer":
            await Customer.create(telegram_id=chat.user, name="Eve", language="en", created_at=NOW)
        return chat

    async def told(self, chat, act):
        """What somebody is told: the toast, the text and the buttons, with no reference in it."""
        self.toasts.clear()
        shown = await act(chat)
        labels = [button.text for button in chat.buttons]
        return _masked([self.toasts[:], str(shown.text) if shown else None, labels])


def _masked(told):
    return re.sub(r"BK-[0-9A-Z]{6}", "BK-…", repr(told))


@pytest.fixture
async def database(sqlite_engine):
    """A fresh database: who may do what knows no engine."""
    url = sqlite_engine.fresh()
    yield await use_database(url)
    await connection.close()
    sqlite_engine.drop(url)


@pytest.fixture
async def shop(database):
    return await Shop(database).open()


def test_every_verb_has_exactly_one_entry():
    listed = [verb for verbs in TAPS for verb in verbs]
    assert sorted(listed) == sorted(Verb)


def test_every_entry_has_the_role_it_should_have():
    """Written down once more: what is moved from one role to another is moved twice."""
    assert set(ADMINS_COMMANDS) == set(ADMIN_COMMANDS)
    assert {verb.value for verb in ADMINS_TAPS} == {
        *("rvw", "look", "date", "rty", "rfd", "rec", "sxl", "ons")
    }


@pytest.mark.family("R21")
@pytest.mark.parametrize("who", ["stranger", "another customer"])
@pytest.mark.parametrize("verb", EVERYBODYS_TAPS)
async def test_a_tap_on_what_is_anothers_is_a_tap_on_what_is_not_there(shop, who, verb):
    absent = (ABSENT, base36(ABSENT_ID), base36(ABSENT_ID), base36(ABSENT_ID))
    refs = zip(shop.theirs, absent, ("-", "3", "-", "-"), strict=True)
    for (theirs, nobodys, version), arg in itertools.product(refs, ARGUMENTS):
        answers = []
        for ref in (theirs, nobodys):
            chat = await shop.somebody(who)
            data = encode(Tap(verb, ref, version, arg))
            answers.append(await shop.told(chat, lambda chat, data=data: chat.presses(data)))
        assert answers[0] == answers[1], (theirs, version, arg)
    after = await shop.kept()
    assert after == shop.before
    assert shop.stripe.asked == []


@pytest.mark.family("R21")
@pytest.mark.parametrize("who", ["stranger", "another customer", "owner", "former admin"])
@pytest.mark.parametrize("verb", ADMINS_TAPS)
async def test_for_others_there_is_no_tap_of_admins(shop, who, verb):
    owner = Chat(shop.door, user=OWNER)
    for ref, arg in itertools.product((*shop.theirs, "-"), (*ARGUMENTS, shop.theirs[3])):
        answers = []
        for data in (encode(Tap(verb, ref, "-", arg)), "v1:nonsense:-:-:"):
            chat = owner if who == "owner" else await shop.somebody(who)
            answers.append(await shop.told(chat, lambda chat, data=data: chat.presses(data)))
        assert answers[0] == answers[1], (ref, arg)
    assert await shop.kept() == shop.before
    assert shop.stripe.asked == []


@pytest.mark.family("R21")
@pytest.mark.parametrize("who", ["stranger", "another customer", "owner", "former admin"])
@pytest.mark.parametrize("name", ADMINS_COMMANDS)
async def test_for_others_there_is_no_command_of_admins(shop, who, name):
    owner = Chat(shop.door, user=OWNER)
    for argument in ("", REFERENCE, f"{REFERENCE} 10", "2026-12-04", "Zoë"):
        answers = []
        for text in (f"/{name} {argument}".strip(), "/nonsense"):
            chat = owner if who == "owner" else await shop.somebody(who)
            answers.append(await shop.told(chat, lambda chat, text=text: chat.says(text)))
        assert answers[0] == answers[1], argument
    assert await shop.kept() == shop.before


@pytest.mark.family("R21")
@pytest.mark.parametrize("name", ADMINS_COMMANDS)
async def test_for_admins_there_is(shop, name):
    admin = Chat(shop.door, user=ADMIN)
    unknown = await shop.told(admin, lambda chat: chat.says("/nonsense"))
    assert await shop.told(admin, lambda chat: chat.says(f"/{name} {REFERENCE}")) != unknown


@pytest.mark.family("R21")
@pytest.mark.parametrize("view", sorted(views.VIEWS))
async def test_a_view_shows_nobody_what_is_anothers(shop, view):
    eve = await Customer.create(telegram_id=next(numbers), name="Eve", created_at=NOW)
    words = shop.door.words(eve)
    for ref in (REFERENCE, str(shop.draft.id), "Zoë"):
        asked = Asked(door=shop.door, words=words, customer=eve, ref=_fitting(view, ref))
        screen = await views.VIEWS[view](asked)
        for private in ("Zoë Private", "+4930", "secret", "15:30"):
            assert private not in str(screen), (view, ref)


def _fitting(view, ref):
    if view == "page":
        return "help"
    return ref if view != "draft" or ref.isdigit() else "1"


@pytest.mark.family("R21")
async def test_a_card_that_waits_is_not_sent_to_whom_is_no_admin_any_more(shop):
    for chat in (ADMIN, FORMER):
        await notices.tell_admin(
            shop.door.env, chat_id=chat, card="job_failed", about="x", why="x", booking=None
        )
    found = await rows("SELECT * FROM job WHERE kind = 'admin_card' ORDER BY id")
    said = [await render(shop.door, job_of(row)) for row in found]
    assert [len(one) for one in said] == [1, 0]
