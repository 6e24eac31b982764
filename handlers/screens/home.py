"""The start: who we are, and the few things one can do here."""

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from handlers import formats
from handlers.keyboards import ANEW, Verb, menu, on_booking, one
from handlers.outgoing import Button, Rows, Style
from handlers.screens.booking_buttons import pay_row
from handlers.screens.booking_view import BookingView
from handlers.screens.screen import Screen, home_row, paragraphs, short
from handlers.words import Words, offered

SERVICE_LENGTH: Final = 30


@dataclass(frozen=True, slots=True)
class Again:
    """What a returning customer booked last."""

    reference: str
    service: str


def home(
    words: Words,
    *,
    started: str | None = None,
    again: Again | None = None,
    waiting: BookingView | None = None,
) -> Screen:
    """Greet, and offer to book; `started` names a booking that was begun and not finished.

    A booking that waits for its payment stands above everything else.
    """
    text = paragraphs(
        [
            words("home.hero", shop=words.shop.name),
            words("home.pitch") if not (started or waiting) else None,
            _held(words, waiting) if waiting else None,
            words("home.started", chosen=started) if started else None,
        ]
    )
    first = _waiting(words, waiting) if waiting else ()
    return Screen(text=text, rows=(*first, *_ways_to_book(words, started, again), *_more(words)))


def begun(words: Words, chosen: str) -> Screen:
    """Ask whether to go on with the booking that was begun, before another one replaces it."""
    text = paragraphs(
        [words("home.started", chosen=chosen), Markup("<b>{}</b>").format(words("begun.ask"))]
    )
    return Screen(text=text, rows=(*_ways_to_book(words, chosen, None), home_row(words)))


def _held(words: Words, view: BookingView) -> Markup:
    return words(
        "home.waiting",
        service=view.service,
        when=formats.moment(words, view.start),
        time=formats.clock(words, view.held_until),
    )


def _waiting(words: Words, view: BookingView) -> Rows:
    label = f"{view.reference} · {short(view.service, SERVICE_LENGTH)}"
    opens = one(label, on_booking(view.reference, Verb.SHOW))
    return (pay_row(words, view), opens) if view.pay_url else (opens,)


def _ways_to_book(
    words: Words, started: str | None, again: Again | None
) -> tuple[tuple[Button, ...], ...]:
    if started:
        going_on = words.plain("button.continue", chosen=started)
        return (
            one(going_on, menu(Verb.CONTINUE), Style.PRIMARY),
            one(words.plain("button.start_again"), menu(Verb.BOOK, ANEW)),
        )
    book = one(words.plain("button.book"), menu(Verb.BOOK), Style.PRIMARY)
    if again is None:
        return (book,)
    label = words.plain("button.again_service", service=again.service)
    return (book, one(label, on_booking(again.reference, Verb.AGAIN)))


def _more(words: Words) -> tuple[tuple[Button, ...], ...]:
    bookings = Button(words.plain("button.bookings"), data=menu(Verb.BOOKINGS))
    last = [Button(words.plain("button.help"), data=menu(Verb.HELP))]
    if len(offered(words.shop)) > 1:
        last.insert(0, Button(words.plain("button.language"), data=menu(Verb.LANGUAGE)))
    return ((bookings,), tuple(last))
