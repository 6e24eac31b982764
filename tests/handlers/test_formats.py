"""Dates, money and zones as each language writes them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from booking.money import Money
from handlers import formats
from handlers.words import Words
from tests.handlers.conftest import START, make_shop


def words(language, zone="Europe/Berlin"):
    return Words(language, make_shop(timezone=ZoneInfo(zone)))


@pytest.mark.parametrize(
    ("minor", "currency", "english", "bengali"),
    [
        (123450, "EUR", "€1,234.50", "১,২৩৪.৫০€"),
        (123450, "USD", "$1,234.50", "১,২৩৪.৫০\u00a0US$"),
        (123450, "KWD", "KWD\u00a0123.450", "১২৩.৪৫০\u00a0KWD"),
        (1234, "JPY", "¥1,234", "১,২৩৪\u00a0JP¥"),
        (123400, "ISK", "ISK\u00a01,234", "১,২৩৪\u00a0ISK"),
        (123456700, "BDT", "BDT\u00a01,234,567.00", "১২,৩৪,৫৬৭.০০৳"),
    ],
)
def test_money_has_the_decimals_of_its_currency(minor, currency, english, bengali):
    assert formats.money(words("en"), Money(minor, currency)) == english
    assert formats.money(words("bn"), Money(minor, currency)) == bengali


def test_times_are_the_shops_and_of_24_hours():
    assert formats.clock(words("en"), START) == "15:30"
    assert formats.clock(words("bn"), START) == "১৫:৩০"
    assert formats.clock(words("en", "Asia/Dhaka"), START) == "20:30"


def test_days_are_written_short_and_long():
    assert formats.day(words("en"), date(2026, 12, 4)) == "Fri 4 Dec"
    assert formats.day(words("bn"), date(2026, 12, 4)) == "শুক্র, ৪ ডিসে"
    assert formats.long_moment(words("en"), START) == "Friday, 4 December 2026, 15:30"
    assert formats.long_moment(words("bn"), START) == "শুক্রবার, ৪ ডিসেম্বর, ২০২৬, ১৫:৩০"
    assert formats.month(words("bn"), date(2026, 12, 4)) == "ডিসেম্বর ২০২৬"


@pytest.mark.parametrize(
    ("zone", "moment", "name"),
    [
        ("Europe/Berlin", START, "Central European Standard Time (UTC+1)"),
        ("Europe/Berlin", datetime(2026, 7, 1, tzinfo=UTC), "Central European Summer Time (UTC+2)"),
        ("Asia/Kathmandu", START, "Kathmandu (UTC+5:45)"),
        ("UTC", START, "UTC"),
    ],
)
def test_a_zone_is_named_with_its_distance(zone, moment, name):
    assert formats.zone(words("en", zone), moment) == name


def test_weeks_begin_with_the_first_day_of_the_shops_country():
    assert formats.weekdays(words("en"))[0] == "Mo"
    assert formats.weekdays(words("en", "America/New_York"))[0] == "Su"
    assert formats.weekdays(words("bn", "Asia/Dhaka"))[0] == "রঃ"


def test_telegram_is_told_the_instant_with_a_fallback():
    assert formats.stamp(words("en"), START) == (
        '<tg-time unix="1796394600" format="wDt">Fri 4 Dec, 15:30</tg-time>'
    )


@pytest.mark.parametrize(
    ("minutes", "english", "bengali"),
    [(45, "45 min", "৪৫ মিনিট"), (120, "2 h", "২ ঘণ্টা"), (90, "1 h 30 min", "১ ঘণ্টা ৩০ মিনিট")],
)
def test_durations_are_short(minutes, english, bengali):
    assert formats.duration(words("en"), minutes) == english
    assert formats.duration(words("bn"), minutes) == bengali
