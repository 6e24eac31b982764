"""Opening hours: read, checked, and turned into instants."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.hours import (
    border,
    cell_of,
    existing,
    instant_of,
    midnight,
    overlaps,
    parse_clock,
    parse_range,
)

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:00-12:30", (540, 750)),
        ("22:00-02:00", (1320, 1560)),
        ("00:00-24:00", (0, 1440)),
        ("18:00-00:00", (1080, 1440)),
        ("18:00 - 24:00", (1080, 1440)),
    ],
)
def test_ranges_are_minutes_after_midnight(text, expected):
    assert parse_range(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("09:00", "not a range of hours"),
        ("9:00-12:00", "not a time of day"),
        ("09:00-25:00", "not a time of day"),
        ("09:00-24:30", "not a time of day"),
        ("09:60-12:00", "not a time of day"),
        ("09:00-12:03", "not a multiple of 5"),
        ("09:00-09:00", "opens and closes at once"),
        ("24:00-02:00", "opens at 24:00"),
    ],
)
def test_what_is_no_range_is_refused_with_a_reason(text, said):
    with pytest.raises(ValueError, match=said):
        parse_range(text)


def laid(**days):
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return tuple(tuple(map(parse_range, days.get(name, ()))) for name in names)


@pytest.mark.parametrize(
    ("week", "clash"),
    [
        (laid(mon=["09:00-12:00", "12:00-15:00"]), False),
        (laid(mon=["09:00-12:05", "12:00-15:00"]), True),
        (laid(mon=["22:00-02:00"], tue=["01:00-03:00"]), True),
        (laid(mon=["22:00-02:00"], tue=["02:00-03:00"]), False),
        (laid(sun=["22:00-02:00"], mon=["01:00-03:00"]), True),
        (laid(sun=["22:00-02:00"], mon=["02:00-03:00"]), False),
        (laid(sun=["22:00-02:00"]), False),
        (laid(mon=["09:00-20:00", "10:00-11:00"]), True),
    ],
)
def test_ranges_that_share_time_are_found_around_the_week(week, clash):
    assert any(overlaps(week)) is clash


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_lies_in_its_cell(instant):
    cell = cell_of(instant)
    assert instant_of(cell) <= instant < instant_of(cell + 1)


def test_a_skipped_time_does_not_exist_and_as_a_border_is_the_jump():
    skipped = datetime.fromisoformat("2026-03-29T02:30")
    assert existing(skipped, BERLIN) is None
    assert border(skipped, BERLIN) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_time_that_comes_twice_is_the_first_or_the_last_when_asked_for():
    twice = datetime.fromisoformat("2026-10-25T02:30")
    assert existing(twice, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert border(twice, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert border(twice, BERLIN, last=True) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_day_whose_midnight_is_skipped_begins_at_the_jump():
    havana = ZoneInfo("America/Havana")
    assert midnight(date(2026, 3, 8), havana) == datetime(2026, 3, 8, 5, tzinfo=UTC)


def test_a_day_that_never_was_begins_and_ends_at_once():
    apia = ZoneInfo("Pacific/Apia")
    assert midnight(date(2011, 12, 30), apia) == midnight(date(2011, 12, 31), apia)


def test_clock_times_are_minutes():
    assert [parse_clock(text) for text in ("00:00", "09:05", "24:00")] == [0, 545, 1440]
