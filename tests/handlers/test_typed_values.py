"""What people type is understood the way they mean it."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.typed_values import (
    read_count,
    read_date,
    read_email,
    read_moment,
    read_phone,
    read_time,
)

TODAY = date(2026, 11, 24)
BERLIN, DHAKA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Dhaka")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("4 dec", date(2026, 12, 4)),
        ("Dec 4", date(2026, 12, 4)),
        ("Fri 4 Dec", date(2026, 12, 4)),
        ("Friday, 4 December 2026", date(2026, 12, 4)),
        ("4th December", date(2026, 12, 4)),
        ("4. Dec", date(2026, 12, 4)),
        ("25/11", date(2026, 11, 25)),
        ("25.11.", date(2026, 11, 25)),
        ("25.11.26", date(2026, 11, 25)),
        ("3/2", date(2027, 2, 3)),
        ("2026-12-04", date(2026, 12, 4)),
        ("29 feb", date(2028, 2, 29)),
        ("today", TODAY),
        ("Tomorrow", date(2026, 11, 25)),
        ("friday", date(2026, 11, 27)),
        ("tuesday", TODAY),
        ("২৫/১১", date(2026, 11, 25)),
        ("৪ ডিসেম্বর", date(2026, 12, 4)),
        ("৪ঠা ডিসেম্বর", date(2026, 12, 4)),
        ("৫ জানুয়ারি", date(2027, 1, 5)),
        ("আগামীকাল", date(2026, 11, 25)),
        ("আজ", TODAY),
        ("শুক্রবার", date(2026, 11, 27)),
    ],
)
def test_dates_are_read(said, meant):
    assert read_date(said, today=TODAY) == meant


NO_DATES = ("31/2", "soon", "", "99", "4 foo", "25/11/26/1", "13/13", "9999-12-31", "0001-01-01")


@pytest.mark.parametrize("said", NO_DATES)
def test_what_is_no_date_is_not_guessed(said):
    assert read_date(said, today=TODAY) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("15:30", time(15, 30)),
        ("15.30", time(15, 30)),
        ("15h30", time(15, 30)),
        ("3pm", time(15)),
        ("3:30 PM", time(15, 30)),
        ("12 am", time(0)),
        ("12 pm", time(12)),
        ("at 9", time(9)),
        ("half past 9", time(9, 30)),
        ("১৫:৩০", time(15, 30)),
        ("বিকাল ৩টা", time(15)),
        ("সকাল ১০টায়", time(10)),
        ("রাত ৮টা", time(20)),
        ("রাত ১২টা", time(0)),
        ("সাড়ে ৫টা", time(5, 30)),
    ],
)
def test_times_are_read(said, meant):
    assert read_time(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "",
        "later",
        "25:00",
        "12:75",
        "4 dec 15:30 or 16",
        "4 Dec",
        "৪ ডিসেম্বর",
        "24.12.",
        "2026-12-04",
    ],
)
def test_what_is_no_time_is_not_guessed(said):
    assert read_time(said) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("tomorrow 15:30", (date(2026, 11, 25), time(15, 30))),
        ("tomorrow at 3pm", (date(2026, 11, 25), time(15))),
        ("Fri 4 Dec, 15:30", (date(2026, 12, 4), time(15, 30))),
        ("half past 9 on friday", (date(2026, 11, 27), time(9, 30))),
        ("2026-12-04 9:00", (date(2026, 12, 4), time(9))),
        ("আগামীকাল বিকাল ৩টা", (date(2026, 11, 25), time(15))),
        ("৪ ডিসেম্বর ১৫:৩০", (date(2026, 12, 4), time(15, 30))),
        ("4 Dec 2026", None),
        ("4 Dec", None),
        ("15:30", None),
        ("tomorrow maybe", None),
        ("", None),
    ],
)
def test_a_day_and_a_time_together_are_read(said, meant):
    assert read_moment(said, today=TODAY) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [("2", 2), ("২", 2), ("two", 2), ("দুই", 2), ("3 people", 3), ("৩ জন", 3), ("many", None)],
)
def test_counts_are_read(said, meant):
    assert read_count(said) == meant


@pytest.mark.parametrize(
    ("said", "zone", "meant"),
    [
        ("030 123456", BERLIN, "+4930123456"),
        ("+49 30 123456", DHAKA, "+4930123456"),
        ("০১৭১২-৩৪৫৬৭৮", DHAKA, "+8801712345678"),
        ("12", BERLIN, None),
        ("call me", BERLIN, None),
    ],
)
def test_telephone_numbers_are_read_with_the_shops_country(said, zone, meant):
    assert read_phone(said, zone=zone) == meant


def test_addresses_are_read():
    assert read_email(" Ada@Example.com ") == "Ada@example.com"
    assert read_email("ada at example") is None


@given(st.text(max_size=40))
def test_no_text_breaks_a_reader(text):
    read_date(text, today=TODAY)
    read_time(text)
    read_moment(text, today=TODAY)
    read_count(text)
    read_phone(text, zone=BERLIN)
    read_email(text)
