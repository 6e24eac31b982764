"""What a text means where a day or a time is asked for: either, or both at once."""

from datetime import UTC, date, datetime, time

from booking.choices import Step
from handlers import reading
from handlers.typed_reply import Meaning, NotUnderstood, Reply
from handlers.typed_values import read_date, read_moment, read_time


async def a_day(reply: Reply) -> Meaning:
    """Read a day that has free times, and a time of it when there is one."""
    moment = read_moment(reply.said, today=reply.today)
    if moment is not None:
        return await _moment(reply, *moment)
    day = read_date(reply.said, today=reply.today)
    if day is None:
        raise NotUnderstood("typed.day")
    if not await reading.free_times(reply.env, reply.choices, day):
        raise NotUnderstood("typed.day_full")
    return Step.TIME, {"day": day.isoformat(), "start": None}


async def _moment(reply: Reply, day: date, at: time) -> Meaning:
    """Choose a day and a time at once; the day alone when only the time is not free."""
    starts = await _starts(reply, day)
    if at in starts:
        return None, {"day": day.isoformat(), "start": starts[at], "alternatives": ()}
    if not starts:
        raise NotUnderstood("typed.day_full")
    raise NotUnderstood("typed.time_full", Step.TIME, {"day": day.isoformat(), "start": None})


async def _starts(reply: Reply, day: date) -> dict[time, int]:
    """Return the free starts of a day, in epoch seconds by their time on the shop's clock."""
    zone = reply.env.shop.timezone
    offers = await reading.free_times(reply.env, reply.choices, day)
    return {one.start.astimezone(zone).time(): int(one.start.timestamp()) for one in offers}


async def a_time(reply: Reply) -> Meaning:
    """Read a free time of the chosen day, or another day."""
    moment = read_moment(reply.said, today=reply.today)
    if moment is not None:
        return await _moment(reply, *moment)
    at, other = read_time(reply.said), read_date(reply.said, today=reply.today)
    if at is None and other is None:
        raise NotUnderstood("typed.time")
    starts = await _starts(reply, date.fromisoformat(reply.choices.day or reply.today.isoformat()))
    if at in starts:
        return None, {"start": starts[at], "alternatives": ()}
    if other is not None:  # "8.12." may be either: a time that is not free was meant as a day
        return await a_day(reply)
    raise NotUnderstood("typed.time_full")


async def another_time(reply: Reply) -> Meaning:
    """Read one of the times offered instead of a taken one, or another day."""
    moment = read_moment(reply.said, today=reply.today)
    if moment is not None or read_date(reply.said, today=reply.today) is not None:
        return await a_day(reply)
    at, zone = read_time(reply.said), reply.env.shop.timezone
    if at is None:
        raise NotUnderstood("typed.time")
    for start in reply.choices.alternatives:
        if datetime.fromtimestamp(start, UTC).astimezone(zone).time() == at:
            return None, {"start": start, "alternatives": ()}
    raise NotUnderstood("typed.time_full")
