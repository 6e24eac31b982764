"""The schedule: its rules one by one."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.hours import cell_of, parse_range
from booking.schedule import (
    Days,
    Occupied,
    Resource,
    Rules,
    Slot,
    cells,
    offered,
)
from booking.spread import choose_staff, load, nearest

BERLIN = ZoneInfo("Europe/Berlin")


def week(*ranges, on=range(7)):
    spans = tuple(parse_range(text) for text in ranges)
    return tuple(spans if day in on else () for day in range(7))


def times(rules, hours, day, *, zone=BERLIN, busy=(), closures=(), now=None, **more):
    """The local times offered on one day."""
    member = Resource("anna", hours, (1,), closures)
    at = now or datetime.combine(day, datetime.min.time(), UTC) - timedelta(days=3)
    days = Days(first=day, last=day, zone=zone, now=at)
    slots = offered(rules, [member], {1: busy}, days, **more)[day]
    return [slot.start.astimezone(zone).strftime("%H:%M") for slot in slots]


def service(duration=60, **more):
    return Rules(service="cut", duration=duration, step=more.pop("step", 30), **more)


def at(text, zone=BERLIN):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def row(start, rules, taken=1):
    kept = cells(start, rules.duration, rules.before, rules.after)
    return Occupied(kept.start, kept.stop, rules.service, start, taken, rules.capacity)


PLAIN = date(2026, 12, 4)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def test_starts_are_opening_plus_steps_and_the_service_ends_by_closing():
    assert times(service(), week("09:10-11:10"), PLAIN) == ["09:10", "09:40", "10:10"]


def test_starts_are_not_anchored_again_after_a_booking():
    taken = [row(at("2026-12-04T09:00"), service(45))]
    assert times(service(45), week("09:00-11:30"), PLAIN, busy=taken) == [
        "10:00", "10:30",
    ]  # fmt: skip


def test_each_range_of_hours_has_its_own_steps():
    hours = week("09:00-10:00", "13:15-14:15")
    assert times(service(30), hours, PLAIN) == ["09:00", "09:30", "13:15", "13:45"]


def test_a_service_does_not_reach_from_one_range_into_the_next():
    assert times(service(), week("09:00-10:00", "10:00-11:00"), PLAIN) == ["09:00", "10:00"]


def test_fixed_starts_replace_the_steps():
    rules = service(starts=(8 * 60, 9 * 60 + 5, 18 * 60))
    assert times(rules, week("09:00-12:00", "17:00-19:00"), PLAIN) == ["09:05", "18:00"]


def test_buffers_reach_outside_the_hours():
    rules = service(before=30, after=30)
    assert times(rules, week("09:00-10:00"), PLAIN) == ["09:00"]


def test_buffers_of_neighbours_add_up():
    rules = service(30, before=10, after=20, step=5)
    taken = [row(at("2026-12-04T10:00"), rules)]
    found = times(rules, week("09:00-11:40"), PLAIN, busy=taken)
    assert found == ["09:00", "11:00", "11:05", "11:10"]


def test_hours_past_midnight_belong_to_the_next_days_date():
    hours = week("22:00-01:00", on=[4])
    assert times(service(), hours, PLAIN) == ["22:00", "22:30", "23:00", "23:30"]
    assert times(service(), hours, PLAIN + timedelta(days=1)) == ["00:00"]


@pytest.mark.family("R15")
def test_a_start_the_clock_skips_does_not_exist():
    found = times(service(30), week("01:00-04:00"), SPRING)
    assert found == ["01:00", "01:30", "03:00", "03:30"]


@pytest.mark.family("R15")
def test_a_start_the_clock_shows_twice_is_offered_once_the_first():
    member = Resource("anna", week("01:00-04:00"), (1,))
    days = Days(first=AUTUMN, last=AUTUMN, zone=BERLIN, now=at("2026-10-20T00:00"))
    starts = [slot.start for slot in offered(service(30), [member], {}, days)[AUTUMN]]
    local = [start.astimezone(BERLIN).strftime("%H:%M") for start in starts]
    assert local == ["01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]
    assert starts[3] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.family("R15")
def test_a_service_over_the_change_lasts_as_long_as_it_lasts():
    assert times(service(120), week("00:30-04:00"), SPRING)[-1] == "01:00"
    assert times(service(120), week("01:30-03:00"), AUTUMN) == ["01:30", "02:00"]


@pytest.mark.family("R15")
def test_lord_howe_changes_by_half_an_hour():
    zone = ZoneInfo("Australia/Lord_Howe")
    hours = week("01:30-03:30")
    spring = times(service(30, step=15), hours, date(2026, 10, 4), zone=zone)
    assert spring == ["01:30", "01:45", "02:30", "02:45", "03:00"]
    autumn = times(service(30, step=15), hours, date(2026, 4, 5), zone=zone)
    assert autumn == ["01:30", "01:45", "02:00", "02:15", "02:30", "02:45", "03:00"]


def test_notice_is_inclusive():
    rules = service(30, min_notice=60)
    found = times(rules, week("09:00-11:00"), PLAIN, now=at("2026-12-04T08:30"))
    assert found == ["09:30", "10:00", "10:30"]
    late = at("2026-12-04T08:30") + timedelta(microseconds=1)
    assert times(rules, week("09:00-11:00"), PLAIN, now=late) == ["10:00", "10:30"]


def test_the_horizon_is_inclusive_in_the_shops_days():
    zone, rules = ZoneInfo("Asia/Kathmandu"), service(max_days_ahead=1)
    before_midnight = datetime(2026, 12, 2, 18, 14, tzinfo=UTC)
    after_midnight = datetime(2026, 12, 2, 18, 15, tzinfo=UTC)
    hours = week("09:00-10:00")
    assert times(rules, hours, PLAIN, zone=zone, now=before_midnight) == []
    assert times(rules, hours, PLAIN, zone=zone, now=after_midnight) == ["09:00"]


def test_nothing_is_offered_into_a_closure_but_a_buffer_may_reach_into_it():
    shut = (cell_of(at("2026-12-04T10:00")), cell_of(at("2026-12-04T11:00")))
    found = times(service(after=30), week("09:00-12:00"), PLAIN, closures=(shut,))
    assert found == ["09:00", "11:00"]


def test_a_class_with_seats_left_is_offered_and_blocks_everything_else():
    yoga = Rules(service="yoga", duration=60, step=30, capacity=12)
    running = [row(at("2026-12-04T18:00"), yoga, taken=10)]
    hours = week("17:00-20:00")
    assert times(yoga, hours, PLAIN, busy=running) == ["17:00", "18:00", "19:00"]
    assert times(yoga, hours, PLAIN, busy=running, seats=3) == ["17:00", "19:00"]
    assert times(yoga, hours, PLAIN, busy=running, seats=13) == []
    assert times(service(), hours, PLAIN, busy=running) == ["17:00", "19:00"]
    member = Resource("mira", hours, (1,))
    days = Days(first=PLAIN, last=PLAIN, zone=BERLIN, now=at("2026-12-01T00:00"))
    slots = offered(yoga, [member], {1: running}, days)[PLAIN]
    assert [slot.free_seats for slot in slots] == [12, 2, 12]


def test_a_class_made_larger_or_smaller_goes_by_its_present_capacity():
    yoga = Rules(service="yoga", duration=60, step=60, capacity=12)
    full = [row(at("2026-12-04T18:00"), yoga, taken=12)]
    hours = week("18:00-19:00")
    for capacity, starts in ((12, []), (14, ["18:00"]), (8, [])):
        changed = Rules(service="yoga", duration=60, step=60, capacity=capacity)
        assert times(changed, hours, PLAIN, busy=full) == starts


def test_the_fullest_class_is_filled_first_then_the_first_free_unit():
    yoga = Rules(service="yoga", duration=60, step=60, capacity=12)
    start = at("2026-12-04T18:00")
    room = Resource("room", week("18:00-19:00"), (1, 2, 3))
    days = Days(first=PLAIN, last=PLAIN, zone=BERLIN, now=at("2026-12-01T00:00"))
    busy = {2: [row(start, yoga, 5)], 3: [row(start, yoga, 9)]}
    assert offered(yoga, [room], busy, days)[PLAIN] == [Slot(start, "room", 3, 12)]
    assert offered(yoga, [room], busy, days, seats=4)[PLAIN] == [Slot(start, "room", 2, 12)]
    assert offered(yoga, [room], busy, days, seats=8)[PLAIN] == [Slot(start, "room", 1, 12)]
    assert offered(yoga, [room], {}, days)[PLAIN] == [Slot(start, "room", 1, 12)]


def test_a_booking_keeps_every_cell_it_touches():
    start = at("2026-12-04T10:00")
    assert cells(start, 45, 5, 15) == range(cell_of(start) - 1, cell_of(start) + 12)
    odd = start + timedelta(minutes=2)
    assert cells(odd, 5, 0, 0) == range(cell_of(start), cell_of(start) + 2)


SLOTS = [Slot(at("2026-12-04T10:00"), key, 1, 1) for key in ("anna", "bela", "cleo")]


@pytest.mark.parametrize(
    ("day", "following", "chosen"),
    [
        ({"anna": 60, "bela": 30, "cleo": 45}, None, "bela"),
        ({"anna": 60, "bela": 30}, None, "cleo"),
        ({"anna": 30, "bela": 30, "cleo": 30}, {"anna": 300, "bela": 200, "cleo": 200}, "bela"),
        ({}, None, "anna"),
    ],
)
def test_any_means_whoever_has_the_fewest_booked_minutes(day, following, chosen):
    assert choose_staff(SLOTS, day, following) == chosen


def test_any_spreads_bookings_evenly():
    booked = {"anna": 0, "bela": 0, "cleo": 0}
    for _ in range(31):
        booked[choose_staff(SLOTS, booked)] += 45
    assert max(booked.values()) - min(booked.values()) == 45


def test_load_counts_the_minutes_within_the_window_by_unit():
    rules = service(60, after=30)
    rows = [row(at("2026-12-04T09:00"), rules), row(at("2026-12-04T23:00"), rules)]
    window = range(cell_of(at("2026-12-04T00:00")), cell_of(at("2026-12-05T00:00")))
    assert load(Resource("anna", week(), (1,)), {1: rows}, window) == 150
    assert load(Resource("court", week(), (1, 2)), {1: rows}, window) == 75


def test_the_nearest_starts_are_the_closest_and_of_two_the_earlier():
    member = Resource("anna", week("09:00-12:00"), (1,))
    days = Days(first=PLAIN, last=PLAIN, zone=BERLIN, now=at("2026-12-01T00:00"))
    wanted = at("2026-12-04T10:00")
    taken = [row(wanted, service(30))]
    slots = offered(service(30), [member, member], {1: taken}, days)[PLAIN]
    found = [s.start.astimezone(BERLIN).strftime("%H:%M") for s in nearest(slots, wanted)]
    assert found == ["09:30", "10:30", "09:00"]
