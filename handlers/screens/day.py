"""Choosing a day: the next ones with free times, or any of a month."""

import calendar
from datetime import date, timedelta
from typing import Final

from markupsafe import Markup

from booking.free_days import FreeDay, FreeDays
from handlers import formats
from handlers.keyboards import Verb, one, rows_of
from handlers.outgoing import Button
from handlers.screens.frame import Frame
from handlers.screens.screen import Screen, paragraphs
from handlers.screens.service import described

NEXT_DAYS: Final = 7
WEEK: Final = 7
FULL: Final = "\u2013"
OTHER_MONTH: Final = "·"


def days(frame: Frame, free: FreeDays) -> Screen:
    """Offer the next seven days that have free times, with how many; then any other day.

    For a class the places left are what counts.
    """
    words = frame.words
    with_room = _with_room(free)
    if not with_room:
        return Screen(text=paragraphs([described(frame), words("days.none")]), rows=(frame.back(),))
    buttons = [
        one(_label(frame, day, free[day]), frame.tap(Verb.DAY, day.isoformat()))
        for day in with_room[:NEXT_DAYS]
    ]
    other = one(words.plain("button.other_day"), frame.tap(Verb.MONTH, f"{with_room[0]:%Y-%m}"))
    return Screen(
        text=paragraphs([described(frame), frame.asks("days.ask"), words("days.type")]),
        rows=(*buttons, other, frame.back()),
        link_preview=frame.photo,
    )


def _with_room(free: FreeDays) -> list[date]:
    return sorted(day for day, left in free.items() if left.times)


def _label(frame: Frame, day: date, left: FreeDay) -> str:
    words, name = frame.words, day_name(frame, day)
    if left.only is not None:
        name = f"{name}, {formats.clock(words, left.only)}"
    if frame.service.capacity > 1:
        return f"{name} · {words.plain('count.places', count=left.places)}"
    return words.plain("days.one", day=name, count=left.times)


def day_name(frame: Frame, day: date) -> str:
    """Name a day, with "Today" or "Tomorrow" before it."""
    name = formats.day(frame.words, day)
    if day == frame.today:
        return frame.words.plain("days.today", day=name)
    if day == frame.today + timedelta(days=1):
        return frame.words.plain("days.tomorrow", day=name)
    return name


def month(frame: Frame, free: FreeDays) -> Screen:
    """Show a month as a grid of weeks; only days with free times can be chosen.

    `free` tells of every day up to the horizon, so that months without any free time are not
    offered to turn to.
    """
    words = frame.words
    shown = _shown(frame, free)
    return Screen(
        text=paragraphs([frame.so_far(), frame.asks("days.ask"), words("month.legend")]),
        rows=(
            _turn(frame, shown, free),
            tuple(Button(name, data=frame.tap(Verb.NOTHING)) for name in formats.weekdays(words)),
            *_weeks(frame, shown, free),
            frame.back(),
        ),
    )


def _shown(frame: Frame, free: FreeDays) -> date:
    if frame.choices.month:
        return date.fromisoformat(f"{frame.choices.month}-01")
    return min(_with_room(free), default=frame.today).replace(day=1)


def _turn(frame: Frame, shown: date, free: FreeDays) -> tuple[Button, ...]:
    months = sorted({day.replace(day=1) for day in _with_room(free)})
    before = [month for month in months if month < shown]
    after = [month for month in months if month > shown]
    row = [Button(formats.month(frame.words, shown), data=frame.tap(Verb.NOTHING))]
    if before:
        row.insert(0, _to_month(frame, "month.before", before[-1]))
    if after:
        row.append(_to_month(frame, "month.after", after[0]))
    return tuple(row)


def _to_month(frame: Frame, key: str, to: date) -> Button:
    label = frame.words.plain(key, month=formats.month_name(frame.words, to))
    return Button(label, data=frame.tap(Verb.MONTH, f"{to:%Y-%m}"))


def _weeks(frame: Frame, shown: date, free: FreeDays) -> tuple[tuple[Button, ...], ...]:
    first = formats.first_weekday(frame.words.shop.timezone)
    with_room = set(_with_room(free))
    grid = calendar.Calendar(first).itermonthdates(shown.year, shown.month)
    return rows_of([_cell(frame, shown, day, is_free=day in with_room) for day in grid], WEEK)


def _cell(frame: Frame, shown: date, day: date, *, is_free: bool) -> Button:
    if day.month != shown.month:
        return Button(OTHER_MONTH, data=frame.tap(Verb.NOTHING))
    if not is_free:
        return Button(FULL, data=frame.tap(Verb.NOTHING, day.isoformat()))
    number = frame.words.digits(str(day.day))
    return Button(number, data=frame.tap(Verb.DAY, day.isoformat()))


def no_times(frame: Frame, day: date) -> Markup:
    """Say that a day has nothing free (any more)."""
    return frame.words("days.full", day=formats.day(frame.words, day))
