"""Choosing a time of a day, how many seats, and another time when one was taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from handlers import formats
from handlers.keyboards import Verb, one, rows_of
from handlers.outgoing import Button
from handlers.screens.day import no_times
from handlers.screens.frame import Frame
from handlers.screens.screen import Screen, paragraphs
from handlers.screens.service import pages

PAGE: Final = 40
WIDTH: Final = 4
MOST_SEATS: Final = 40
SEATS_WIDTH: Final = 5
PARTS: Final = ((0, "night"), (5, "morning"), (12, "afternoon"), (17, "evening"))
"""Each part of the day with the hour it begins."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A start that can be booked, with the seats left of it."""

    start: datetime
    seats_left: int


def times(frame: Frame, offers: Sequence[Offer]) -> Screen:
    """Offer the free times of the chosen day under headings for the parts of the day."""
    words = frame.words
    day = date.fromisoformat(frame.choices.day or frame.today.isoformat())
    other = one(words.plain("button.other_day"), frame.tap(Verb.MONTH, f"{day:%Y-%m}"))
    if not offers:
        return Screen(text=no_times(frame, day), rows=(other, frame.back()))
    first = min(frame.choices.page * PAGE, (len(offers) - 1) // PAGE * PAGE)
    shown = offers[first : first + PAGE]
    text = paragraphs(
        [
            frame.so_far(),
            frame.asks("times.ask"),
            words("times.zone", zone=formats.zone(words, shown[0].start)),
        ]
    )
    turn = pages(frame, first, len(offers), PAGE)
    return Screen(text=text, rows=(*_by_part(frame, shown), *turn, other, frame.back()))


def _by_part(frame: Frame, offers: Sequence[Offer]) -> tuple[tuple[Button, ...], ...]:
    groups: dict[str, list[Button]] = {}
    for offer in offers:
        groups.setdefault(_part(frame, offer.start), []).append(_time(frame, offer))
    rows: list[tuple[Button, ...]] = []
    for part, buttons in groups.items():
        if len(groups) > 1:
            label = frame.words.plain(f"part.{part}")
            rows.append(one(label, frame.tap(Verb.NOTHING, part)))
        rows += rows_of(buttons, WIDTH if frame.service.capacity == 1 else WIDTH // 2)
    return tuple(rows)


def _part(frame: Frame, start: datetime) -> str:
    hour = formats.local(frame.words, start).hour
    return [name for begins, name in PARTS if begins <= hour][-1]


def _time(frame: Frame, offer: Offer) -> Button:
    label = formats.clock(frame.words, offer.start)
    if frame.service.capacity > 1:
        label = f"{label} · {frame.words.plain('count.places', count=offer.seats_left)}"
    return Button(label, data=_pick(frame, offer.start))


def _pick(frame: Frame, start: datetime) -> str:
    return frame.tap(Verb.TIME, str(int(start.timestamp())))


def seats(frame: Frame, most: int) -> Screen:
    """Ask how many seats, up to what is left."""
    if most < 1:
        return taken(frame)
    buttons = [
        Button(frame.words.digits(str(number)), data=frame.tap(Verb.SEATS, str(number)))
        for number in range(1, min(most, MOST_SEATS) + 1)
    ]
    text = paragraphs([frame.so_far(), frame.asks("seats.ask")])
    return Screen(text=text, rows=(*rows_of(buttons, SEATS_WIDTH), frame.back()))


def _other_time(frame: Frame, start: datetime) -> str:
    words = frame.words
    day = formats.local(words, start).date()
    return f"{formats.clock(words, start)} · {formats.day(words, day)}"


def taken(frame: Frame) -> Screen:
    """Say that somebody was quicker, with the nearest other times."""
    words = frame.words
    starts = [datetime.fromtimestamp(start, UTC) for start in frame.choices.alternatives]
    buttons = [one(_other_time(frame, start), _pick(frame, start)) for start in starts]
    month = formats.local(words, starts[0] if starts else frame.now)
    other = one(words.plain("button.other_day"), frame.tap(Verb.MONTH, f"{month:%Y-%m}"))
    ask = words("taken.choose") if starts else words("taken.no_other")
    text = paragraphs([frame.so_far(), words("taken.text"), ask])
    return Screen(text=text, rows=(*buttons, other, frame.back()))
