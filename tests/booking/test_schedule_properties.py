"""The schedule: compared with a slow obvious one, on days the clocks change and others."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.free_days import FreeDay, count_free
from booking.schedule import Occupied, busy_window, cells, offered
from tests.booking import slow_schedule
from tests.booking.schedule_cases import shops

slow = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def as_table(found):
    return {
        day: {(slot.start, slot.staff): slot.free_seats for slot in slots}
        for day, slots in found.items()
    }


@slow
@given(shops(), st.integers(1, 4))
def test_the_schedule_agrees_with_a_slow_obvious_one(shop, seats):
    found = offered(*shop, seats=seats)
    assert as_table(found) == slow_schedule.offered(*shop, seats=seats)


@slow
@given(shops(), st.integers(1, 4))
def test_what_is_free_of_a_day_is_what_its_slots_say(shop, seats):
    for day, free in count_free(*shop, seats=seats).items():
        places = {}
        for (start, _), left in slow_schedule.offered(*shop, seats=seats)[day].items():
            places[start] = max(places.get(start, 0), left)
        only = next(iter(places)) if len(places) == 1 else None
        assert free == FreeDay(len(places), sum(places.values()), only)


@slow
@given(shops())
def test_a_slot_never_overlaps_what_its_unit_does_otherwise(shop):
    rules, _, busy, _ = shop
    for slots in offered(*shop).values():
        for slot in slots:
            kept = cells(slot.start, rules.duration, rules.before, rules.after)
            for row in busy[slot.unit]:
                joins = row.service == rules.service and row.start == slot.start
                assert joins or kept.stop <= row.cell_from or row.cell_to <= kept.start


@slow
@given(shops(), st.data())
def test_a_booking_more_only_takes_slots_away(shop, data):
    rules, staff, busy, days = shop
    before = offered(*shop)
    free = [slot for slots in before.values() for slot in slots]
    if not free:
        return
    slot = data.draw(st.sampled_from(free))
    kept = cells(slot.start, rules.duration, rules.before, rules.after)
    joined = [row for row in busy[slot.unit] if row.start == slot.start]
    if joined and joined[0].service == "this":
        row = joined[0]._replace(seats_taken=joined[0].seats_taken + 1)
        others = [row for row in busy[slot.unit] if row != joined[0]]
    else:
        row = Occupied(kept.start, kept.stop, "this", slot.start, 1, rules.capacity)
        others = busy[slot.unit]
    after = as_table(offered(rules, staff, busy | {slot.unit: [*others, row]}, days))
    for day, table in as_table(before).items():
        assert after[day].keys() <= table.keys()
        assert all(after[day][key] <= table[key] for key in after[day])


@slow
@given(shops())
def test_rows_outside_the_window_change_nothing(shop):
    rules, staff, busy, days = shop
    window = busy_window(rules, days)
    within = {
        unit: [r for r in rows if r.cell_from < window.stop and r.cell_to > window.start]
        for unit, rows in busy.items()
    }
    assert offered(rules, staff, within, days) == offered(rules, staff, busy, days)
