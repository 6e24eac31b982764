"""The screen of each step of a draft, with the free times of the moment it is shown."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Final

from booking import coupons, tips
from booking.choices import Step
from booking.errors import Refusal
from booking.free_days import FreeDays
from booking.pricing import quote
from handlers import reading, remarks
from handlers.door import Door
from handlers.screens import day, details, service, summary, time
from handlers.screens.frame import Frame
from handlers.screens.screen import Screen


async def _services(_door: Door, frame: Frame) -> Screen:
    return service.services(frame)


async def _staff(_door: Door, frame: Frame) -> Screen:
    return service.staff(frame)


async def _days(door: Door, frame: Frame) -> Screen:
    return day.days(frame, await free_days(door, frame))


async def _month(door: Door, frame: Frame) -> Screen:
    return day.month(frame, await free_days(door, frame))


async def free_days(door: Door, frame: Frame) -> FreeDays:
    """Count what is free on each day the service can be booked on."""
    ahead = frame.service.max_days_ahead
    days = door.env.shop.max_days_ahead if ahead is None else ahead
    return await reading.free_days(door.env, frame.choices, days=days)


async def _times(door: Door, frame: Frame) -> Screen:
    on = date.fromisoformat(frame.choices.day) if frame.choices.day else frame.today
    return time.times(frame, await reading.free_times(door.env, frame.choices, on))


async def _seats(door: Door, frame: Frame) -> Screen:
    most = await reading.seats_left(door.env, frame.choices, frame.service.max_seats)
    return time.seats(frame, most)


async def _question(_door: Door, frame: Frame) -> Screen:
    return details.question(frame, frame.question)


async def _name(_door: Door, frame: Frame) -> Screen:
    return details.name(frame)


async def _phone(_door: Door, frame: Frame) -> Screen:
    return details.phone(frame)


async def _email(_door: Door, frame: Frame) -> Screen:
    return details.email(frame)


async def _summary(_door: Door, frame: Frame) -> Screen:
    seats, currency = frame.choices.seats or 1, frame.words.shop.currency
    coupon, refused = None, None
    try:
        coupon = coupons.find(
            frame.shelf, frame.choices.coupon, service=frame.service.key, today=frame.today
        )
    except Refusal as refusal:
        refused = remarks.refused(frame.words, refusal)
    tip = tips.chosen(frame.choices, frame.words.shop)
    price = quote(frame.service, seats, coupon, currency, tip=tip)
    return summary.summary(frame, price, refused)


async def _change(_door: Door, frame: Frame) -> Screen:
    return summary.change(frame)


async def _coupon(_door: Door, frame: Frame) -> Screen:
    return summary.coupon(frame)


async def _taken(_door: Door, frame: Frame) -> Screen:
    return time.taken(frame)


STEPS: Final[Mapping[Step, Callable[[Door, Frame], Awaitable[Screen]]]] = {
    Step.SERVICE: _services,
    Step.STAFF: _staff,
    Step.DAY: _days,
    Step.MONTH: _month,
    Step.TIME: _times,
    Step.SEATS: _seats,
    Step.QUESTION: _question,
    Step.NAME: _name,
    Step.PHONE: _phone,
    Step.EMAIL: _email,
    Step.SUMMARY: _summary,
    Step.CHANGE: _change,
    Step.COUPON: _coupon,
    Step.TAKEN: _taken,
}
