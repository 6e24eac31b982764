"""What a text means where a day or a time is asked for: either, or both at once."""

from datetime import UTC, date, datetime, time

from booking.choices import Choices, Step
from booking.ports import Environment
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
    return await one_day(reply.env, reply.choices, day)


async def one_day(env: Environment, choices: Choices, day: date) -> Meaning:
    """Choose a day, and its time when there is only one."""
    offers = await reading.free_times(env, choices, day)
    chosen = {"day": day.isoformat(), "alternatives": ()}
    if len(offers) != 1:
        return Step.TIME, chosen | {"start": None, "only_time": False}
    return None, chosen | {"start": int(offers[0].start.timestamp()), "only_time": True}


async def _moment(reply: Reply, day: date, at: time) -> Meaning:
    """Choose a day and a time at once; the day alone when only the time is not free."""
    starts = await _starts(reply, day)
    if at in starts:
        return None, _at(starts[at]) | {"day": day.isoformat()}
    if not starts:
        raise NotUnderstood("typed.day_full")
    raise NotUnderstood("typed.time_full", Step.TIME, {"day": day.isoformat(), "start": None})


async def _starts(reply: Reply, day: date) -> dict[time, int]:
    """Return the free starts of a day, in epoch seconds by their time on the shop's clock."""
    zone = reply.env.shop.timezone
    offers = await reading.free_times(reply.env, reply.choices, day)
    return {one.start.astimezone(zone).time(): int(one.start.timestamp()) for one in offers}


def _at(start: int) -> dict[str, object]:
    return {"start": start, "alternatives": (), "only_time": False}


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
        return None, _at(starts[at])
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
            return None, _at(start)
    raise NotUnderstood("typed.time_full")
