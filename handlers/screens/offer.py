"""The offer of another time to whoever paid when their own was gone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from markupsafe import Markup

from booking.money import Money
from handlers import formats
from handlers.keyboards import Verb, base36, on_booking, one
from handlers.outgoing import Button
from handlers.screens.booking import essentials
from handlers.screens.booking_view import BookingView
from handlers.screens.screen import Screen, lines, paragraphs
from handlers.words import Words

NO: Final = "no"


def offer(
    words: Words, view: BookingView, *, amount: Money, until: datetime, starts: Sequence[datetime]
) -> Screen:
    """Offer the nearest free times for a payment, or all of it back."""
    money = formats.money(words, amount)
    when = formats.clock(words, until)
    text = paragraphs(
        [
            Markup("<b>{}</b>").format(words("offer.title", amount=money)),
            lines([*essentials(words, view), words("offer.taken")]),
            words("offer.choose" if starts else "offer.no_time", time=when, amount=money),
            words("line.reference", reference=view.reference),
        ]
    )
    back = one(
        words.plain("button.money_back", amount=money), on_booking(view.reference, Verb.USE, NO)
    )
    return Screen(text=text, rows=(*(_time(words, view, start) for start in starts), back))


def _time(words: Words, view: BookingView, start: datetime) -> tuple[Button, ...]:
    day = formats.day(words, formats.local(words, start).date())
    label = f"{formats.clock(words, start)} · {day}"
    return one(label, on_booking(view.reference, Verb.USE, base36(int(start.timestamp()))))
