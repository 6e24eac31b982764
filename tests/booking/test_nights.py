"""Nights on which clocks are changed, and the leap day: every start exists, and is kept in time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.remind import plan_appointment
from booking.schedule import Days, Resource, offered
from db.states import AttemptState
from db.transactions import run
from tests.booking.schedule_cases import CHANGES
from tests.booking.test_remind import environment, jobs
from tests.booking.test_schedule import service, week
from tests.handlers.rows import a_booking, a_customer

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
ZONES += ["America/Havana", "Asia/Beirut", "Africa/Casablanca"]
NIGHTS = [(zone, day) for zone in ZONES for day in CHANGES[zone]]
FIVE = timedelta(minutes=5)
LEAP = [(zone, "2028-02-29") for zone in ZONES]


def starts(zone: ZoneInfo, day: date) -> list[datetime]:
    """What is offered of a day that is open all around the clock, every half hour."""
    open_ = datetime.combine(day, time(), UTC) - timedelta(days=3)
    days = Days(first=day, last=day, zone=zone, now=open_)
    member = Resource("anna", week("00:00-24:00"), (1,))
    return [slot.start for slot in offered(service(5), [member], {}, days)[day]]


def existing(zone: ZoneInfo, day: date) -> list[datetime]:
    """Every half hour the clock on the wall shows, the first time it does."""
    halves = [datetime.combine(day, time(n // 2, n % 2 * 30), zone) for n in range(48)]
    return [
        one.astimezone(UTC)
        for one in halves
        if one.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == one.replace(tzinfo=None)
    ]


@pytest.mark.family("R15")
@pytest.mark.parametrize(("name", "day"), NIGHTS + LEAP)
def test_every_time_the_clock_shows_is_offered_once(name, day):
    zone = ZoneInfo(name)
    assert starts(zone, date.fromisoformat(day)) == existing(zone, date.fromisoformat(day))


@pytest.mark.family("R15")
async def test_a_reminder_is_so_many_hours_before_whatever_the_clock_did_meanwhile(
    database, record_property
):
    env = environment(reminders_before_hours=(24, 2))
    moments = [starts(ZoneInfo(name), date.fromisoformat(day))[-1] for name, day in NIGHTS + LEAP]
    record_property("runs", len(moments))
    booking = await a_booking(await a_customer(), attempt=AttemptState.SUCCEEDED)
    for start in moments:
        env.clock.moment = start - timedelta(days=3)
        await booking.update_from_dict({"start": start, "end": start + FIVE}).save()
        await run("DELETE FROM job")
        await plan_appointment(env, booking=booking)
        planned = [job.run_at for job in await jobs("remind_of_appointment")]
        assert planned == [start - timedelta(hours=hours) for hours in (24, 2)]
