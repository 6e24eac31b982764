"""Every text is there in every language, is used, and fits its place."""

import ast
import re
import string
from pathlib import Path

import pytest

from booking.audit import ASKED_TO_CANCEL as ASKED
from booking.errors import Refusal
from booking.onsite import NOT_PAID, PAID
from booking.refund import Because
from booking.remind import COMING
from booking.report import Checked, Done, Found
from booking.reviews import Kind
from booking.standing import Standing
from db.job_desk import CLASSES
from db.states import BookingState, DisputeState, EndReason, RefundState
from handlers.cards import WHY
from handlers.screens.audit import key_of
from handlers.screens.dispute import REASONS
from handlers.screens.evidence import GROUPS, NAMED
from handlers.screens.info import ADMIN_COMMANDS, COMMANDS
from handlers.words import Words, catalogue, negotiate, read_digits, translated
from tests.handlers.conftest import make_shop

LANGUAGES = sorted(translated())
SOURCES = [
    path
    for room in ("handlers", "booking")
    for path in Path(room).rglob("*.py")
    if "__pycache__" not in path.parts
]
TOLD = [state for state in RefundState if state != RefundState.ASKED]
QUESTIONS = ("text", "number", "choice", "phone", "email", "date")
STANDINGS = (*(set(Standing) - {Standing.UNKNOWN, Standing.MISSING}), "unsure")
ACTIONS = {
    *(found for path in SOURCES for found in re.findall(r'action="([^"]+)"', path.read_text())),
    *(f"park {kind}" for kind in Kind),
    *(f"refund {state}" for state in TOLD),
    *(f"refund {because}" for because in Because),
    *(f"dispute {state}" for state in DisputeState),
    *("mute", COMING, ASKED, PAID, NOT_PAID),
}
"""What the audit log says that somebody did."""
FAMILIES = {
    "refusal": [kind.code() for kind in Refusal.__subclasses__()],
    "booking": list(BookingState),
    "status": list(BookingState),
    "ended": [reason for reason in EndReason if reason],
    "parked": [*Kind, "returned", "person"],
    "late": ["no_time", "nobody_chose", "declined"],
    "review": ["accept", "accept_effect", "return", "accepted", "returned"],
    "card": [
        *Kind,
        "confirmed",
        "cancelled",
        "cancel_waits",
        "cancel_missed",
        "checkout_refused",
        "job_failed",
        "receipt_waits",
        "refund_waits",
        "refund_refused",
        "stray_refused",
        "stray_returned",
        "stray_returning",
        "day",
        "reconciled",
        "webhooks_quiet",
        *(f"refund_{state}" for state in TOLD),
        *(f"dispute_{state}" for state in DisputeState),
        "dispute_due",
        "return_disputed",
    ],
    "dispute_state": list(DisputeState),
    "dispute_effect": list(DisputeState),
    "dispute_reason": REASONS,
    "evidence": [*(set(BookingState) - {BookingState.CONFIRMED}), "customer", "shop"],
    "told": [*NAMED, *GROUPS, "other"],
    "notice": [f"refund_{state}" for state in TOLD],
    "refund_state": list(RefundState),
    "refund_why": WHY,
    "found": list(Found),
    "done": list(Done),
    "checked": list(Checked),
    "day": ["reviews", "failed", "disputes", "refunds", "dead"],
    "did": [key_of(action).removeprefix("did.") for action in ACTIONS],
    "because": [reason for reason in EndReason if reason],
    "job_class": CLASSES,
    "command": [*COMMANDS, *ADMIN_COMMANDS],
    "question": QUESTIONS,
    "typed": QUESTIONS,
    "part": ["night", "morning", "afternoon", "evening"],
    "change": ["service", "staff", "day", "seats", "name", "phone", "email"],
    "line": ["name", "phone", "email"],
    "misfit": ["amount", "currency", "mode", "livemode", "reference", "session"],
    "page": [f"{standing}.{part}" for standing in STANDINGS for part in ("title", "text")],
}
BY_NAME = {f"{family}.{name}" for family, names in FAMILIES.items() for name in names}


def texts(language):
    return {
        message.id if isinstance(message.id, str) else message.id[0]: message.string
        for message in catalogue(language)
        if message.id
    }


def said_in_code():
    """Every string in the code that is, or is asked of `note` and `Words` as, a key."""
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def asked_for():
    """Keys that are certainly keys: first arguments of words(…), .plain(…), note(…), asks(…)."""
    calls = {"words", "plain", "note", "asks", "_answer", "_ended", "NotUnderstood"}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in calls:
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.value


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing(language):
    wanted = {key for key in asked_for() if re.fullmatch(r"[a-z_]+\.[\w.]+", key)} | BY_NAME
    assert sorted(wanted - set(texts(language))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_unused(language):
    assert sorted(set(texts(language)) - said_in_code() - BY_NAME) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_and_placeholders_agree_with_english(language):
    english = texts("en")
    assert set(texts(language)) == set(english)
    for key, text in texts(language).items():
        forms = (text,) if isinstance(text, str) else text
        first = english[key] if isinstance(english[key], str) else english[key][-1]
        for form in forms:
            assert form.strip(), key
            assert placeholders(form) == placeholders(first), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_and_toasts_hold_no_markup(language):
    for key, text in texts(language).items():
        if key.startswith(("button.", "toast.", "command.", "status.")):
            assert not re.search(r"[<>&]", text), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_begins_with_an_emoji(language):
    for key, text in texts(language).items():
        for form in (text,) if isinstance(text, str) else text:
            assert not re.match("[\U0001f000-\U0001ffff\u2600-\u27bf]", form), key


def test_bengali_is_not_left_in_english():
    english, bengali = texts("en"), texts("bn")
    neutral = {"home.hero", "month.before", "month.after", "question.ask"}
    same = {key for key in english if english[key] == bengali[key]}
    assert {
        key
        for key in same
        if re.search("[A-Za-z]{3}", re.sub(r"\{\w+\}|</?\w+>", "", str(english[key])))
    } - neutral <= {"format.month"}


@pytest.mark.parametrize(
    ("key", "begins"),
    [
        ("button.book", "Book"),
        ("button.bookings", "My bookings"),
        ("staff.any", "Any"),
        ("button.other_day", "Other day"),
        ("button.skip", "Skip"),
        ("button.back", "Back"),
        ("button.confirm", "Confirm"),
        ("button.pay", "Pay"),
        ("button.have_paid", "I have paid"),
        ("button.cancel_booking", "Cancel booking"),
        ("button.again", "Book again"),
        ("button.share", "Share my number"),
        ("button.stop_reminding", "Stop reminding"),
        ("button.coming", "I'll be there"),
        ("button.retry", "Retry"),
        ("button.language", "Language"),
        ("button.help", "Help"),
    ],
)
def test_the_english_labels_are_the_promised_ones(key, begins):
    assert texts("en")[key].startswith(begins)


def test_arguments_are_escaped_once():
    said = Words("en", make_shop())("home.hero", shop="A & <B>")
    assert said == "<b>A &amp; &lt;B&gt;</b>"


def test_numbers_are_written_in_the_digits_of_the_language():
    words = Words("bn", make_shop())
    assert words.plain("days.one", day="x", count=15) == "x · ১৫টি খালি"
    assert read_digits("১৫:৩০ ٣ ４") == "15:30 3 4"


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [("bn-BD", "bn"), ("bn_IN", "bn"), ("BN", "bn"), ("pt-BR", "en"), (None, "en"), ("", "en")],
)
def test_the_language_of_the_app_is_taken_or_the_shops_default(wanted, spoken):
    assert negotiate(wanted, make_shop()) == spoken


def test_a_language_the_shop_does_not_offer_is_not_spoken():
    assert negotiate("bn", make_shop(languages=("en",))) == "en"


def test_every_card_that_is_sent_has_its_text():
    sent = set()
    for room in ("bot", "booking", "handlers"):
        for path in Path(room).rglob("*.py"):
            sent |= set(re.findall(r'card="(\w+)"', path.read_text()))
    assert sent - set(FAMILIES["card"]) == set()
