"""What every screen of the conversation reads like, in every language."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.choices import Step
from booking.free_days import FreeDay
from booking.pricing import quote
from handlers.keyboards import MAX_BYTES
from handlers.screens import day, details, home, info, service, summary, time
from handlers.step_screens import STEPS
from handlers.words import Words
from tests.handlers.conftest import START, read_aloud

COUNTS = {date(2026, 12, day): day % 4 for day in range(1, 32)} | {date(2027, 1, 5): 2}
FREE = {on: FreeDay(times=count, places=count * 12) for on, count in COUNTS.items()}
CHOSEN = {
    "service": "haircut",
    "staff": "chair-2",
    "day": "2026-12-04",
    "start": int(START.timestamp()),
    "seats": 1,
}
FINISHED = {
    **CHOSEN,
    "answers": {"notes": "<b>fish & chips</b>", "length": "Long"},
    "name": "Zoë <O'Hara>",
    "phone": "+4930123456",
    "coupon": "WELCOME10",
}
CLASS = {**CHOSEN, "service": "yoga", "staff": "any", "seats": 2, "name": "Zoë", "email": "z@e.com"}
BERLIN = ZoneInfo("Europe/Berlin")


def offers(count, step=15, left=1):
    first = datetime(2026, 12, 4, 9, 0, tzinfo=BERLIN)
    return [time.Offer(first + timedelta(minutes=step * number), left) for number in range(count)]


def priced(frame):
    return quote(frame.service, 1, None, "EUR")


SCREENS = {
    "home": lambda f: home.home(f().words),
    "home_started": lambda f: home.home(f().words, started=f(**CHOSEN).short()),
    "begun": lambda f: home.begun(f().words, f(**CHOSEN).short()),
    "home_again": lambda f: home.home(f().words, again=home.Again("BK-7KD2QX", "Haircut")),
    "services": lambda f: service.services(f()),
    "staff": lambda f: service.staff(f(service="haircut")),
    "days": lambda f: day.days(f(service="haircut", staff="any"), FREE),
    "days_of_a_class": lambda f: day.days(f(service="yoga", staff="chair-1"), FREE),
    "days_none": lambda f: day.days(f(service="haircut", staff="any"), {}),
    "month": lambda f: day.month(f(service="haircut", staff="any", month="2026-12"), FREE),
    "times": lambda f: time.times(
        f(service="haircut", staff="any", day="2026-12-04"), offers(12, 60)
    ),
    "times_of_a_class": lambda f: time.times(
        f(service="yoga", staff="chair-1", day="2026-12-04"), offers(2, 60, left=7)
    ),
    "times_second_page": lambda f: time.times(
        f(service="haircut", staff="any", day="2026-12-04", page=1), offers(50, 5)
    ),
    "times_none": lambda f: time.times(f(service="haircut", staff="any", day="2026-12-04"), []),
    "seats": lambda f: time.seats(f(**{**CHOSEN, "service": "yoga", "seats": None}), 4),
    "taken": lambda f: time.taken(f(**CHOSEN, alternatives=[int(START.timestamp()) + 900])),
    "question": lambda f: details.question(f(**CHOSEN, question="notes"), question(f, 0)),
    "question_choice": lambda f: details.question(f(**CHOSEN, question="length"), question(f, 1)),
    "name": lambda f: details.name(f(**CHOSEN)),
    "phone": lambda f: details.phone(f(**CHOSEN)),
    "email": lambda f: details.email(f(**CHOSEN)),
    "summary": lambda f: summary.summary(f(**FINISHED), priced(f(**FINISHED))),
    "summary_of_a_class": lambda f: summary.summary(f(**CLASS), priced(f(**CLASS))),
    "change": lambda f: summary.change(f(**FINISHED)),
    "coupon": lambda f: summary.coupon(f(**FINISHED)),
    "help": lambda f: info.help_(f().words, admin=True),
    "support": lambda f: info.support(f().words),
    "terms": lambda f: info.terms(f().words),
    "privacy": lambda f: info.privacy(f().words),
    "forget": lambda f: info.forget(f().words),
    "language": lambda f: info.language(f().words),
}


def question(frame, number):
    return frame(**CHOSEN).service.questions[number]


@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_reads_well(name, frame, transcript):
    assert read_aloud(SCREENS[name](frame)) == transcript


@pytest.mark.parametrize("name", SCREENS)
def test_telegram_takes_every_screen(name, frame):
    screen = SCREENS[name](frame)
    buttons = [button for row in screen.rows for button in row]
    assert 0 < len(screen.text) <= 4096
    assert len(buttons) <= 100
    assert all(len(row) <= 8 for row in screen.rows)
    assert not (screen.rows and screen.reply_rows)
    for button in buttons:
        assert button.text.strip()
        assert len((button.data or "").encode()) <= MAX_BYTES
        assert [button.data, button.url, button.web_app, button.copy].count(None) == 3


def test_every_step_has_a_screen():
    assert set(STEPS) == set(Step)


@pytest.mark.parametrize("name", sorted(set(SCREENS) - {"home", "home_started", "home_again"}))
def test_every_screen_leads_back(name, frame):
    screen = SCREENS[name](frame)
    labels = [button.text for row in (*screen.rows, *screen.reply_rows) for button in row]
    assert frame().words.plain("button.back") in labels


def test_a_day_says_how_many_times_are_free_and_contains_its_number(frame):
    screen = day.days(frame(service="haircut", staff="any"), FREE)
    first = screen.rows[0][0].text
    digits = frame().words.digits
    assert digits("1") in first
    assert len(screen.rows) == 7 + 2


def test_only_days_with_free_times_can_be_chosen_in_the_month(frame):
    screen = day.month(frame(service="haircut", staff="any", month="2026-12"), FREE)
    chosen = [b.data for row in screen.rows for b in row if ":day:" in (b.data or "")]
    assert len(chosen) == sum(1 for on, count in COUNTS.items() if count and on.month == 12)


def test_a_shop_with_one_language_offers_no_language(shop):
    words = Words("en", replace(shop, languages=("en",)))
    labels = [button.text for row in home.home(words).rows for button in row]
    assert labels == ["Book", "My bookings", "Help"]
