"""Availability the slow and obvious way: every five minutes of the days is asked about."""

from datetime import UTC, datetime, time, timedelta

FIVE = timedelta(minutes=5)
DAY = timedelta(days=1)


def instants(first, last):
    """Every five minutes of a generous stretch around local days."""
    at = datetime.combine(first, time(), UTC) - DAY
    while at < datetime.combine(last, time(), UTC) + 2 * DAY:
        yield at
        at += FIVE


def wall(at, zone):
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def first_showing(moment, zone):
    """The first instant at which the local clock shows a time, or has jumped over it."""
    at = moment.replace(tzinfo=UTC) - DAY
    while wall(at, zone) < moment:
        at += FIVE
    return at


def is_a_start(at, rules, member, zone):
    """Whether a local clock, for the first time, shows a start that ends before closing."""
    local = at.astimezone(zone)
    if local.fold:
        return False
    for days_ago in (0, 1):
        opened = local.date() - days_ago * DAY
        midnight = datetime.combine(opened, time())
        minute = (local.replace(tzinfo=None) - midnight) / timedelta(minutes=1)
        for opens, closes in member.week[opened.weekday()]:
            on_grid = (minute - opens) % rules.step == 0
            if rules.starts:
                on_grid = minute % 1440 in rules.starts
            if opens <= minute < closes and on_grid:
                closing = first_showing(midnight + timedelta(minutes=closes), zone)
                if at + timedelta(minutes=rules.duration) <= closing:
                    return True
    return False


def seats_left(at, rules, rows):
    """The seats one booking could take at a unit."""
    for row in rows:
        if rules.capacity > 1 and row.service == rules.service and row.start == at:
            return rules.capacity - row.seats_taken
    begin = at - timedelta(minutes=rules.before)
    end = at + timedelta(minutes=rules.duration + rules.after)
    for row in rows:
        if instant(row.cell_from) < end and begin < instant(row.cell_to):
            return 0
    return rules.capacity


def instant(cell):
    return datetime.fromtimestamp(300 * cell, UTC)


def is_closed(at, rules, member):
    end = at + timedelta(minutes=rules.duration)
    return any(instant(a) < end and at < instant(b) for a, b in member.closures)


def offered(rules, staff, busy, days, seats=1):
    """By local day, {(start, staff key): the most seats one booking can have}."""
    today = days.now.astimezone(days.zone).date()
    found = {days.first + n * DAY: {} for n in range((days.last - days.first).days + 1)}
    for at in instants(days.first, days.last):
        day = at.astimezone(days.zone).date()
        too_soon = at < days.now + timedelta(minutes=rules.min_notice)
        if day not in found or too_soon or day > today + rules.max_days_ahead * DAY:
            continue
        for member in staff:
            left = max(seats_left(at, rules, busy.get(unit, ())) for unit in member.units)
            shut = left < seats or is_closed(at, rules, member)
            if not shut and is_a_start(at, rules, member, days.zone):
                found[day][at, member.key] = left
    return found
