"""What the live message becomes when something happens to a booking: short, the rest follows."""

from datetime import datetime
from typing import Final

from markupsafe import Markup

from db.states import BookingState, EndReason
from handlers.outgoing import Rows
from handlers.screens.booking import (
    booking,
    essentials,
    how_to_change,
    title,
)
from handlers.screens.booking_buttons import bookings_row
from handlers.screens.booking_view import BookingView
from handlers.screens.info import support_row
from handlers.screens.screen import Screen, lines, paragraphs
from handlers.words import Words

TOLD_APART: Final = frozenset({EndReason.PAYMENT_EXPIRED, EndReason.PAYMENT_FAILED})
"""Ends that a message of their own explains, with the way to book again."""


def news(words: Words, view: BookingView, *, now: datetime) -> Screen:
    """Show shortly that a booking is confirmed or has ended; else where it stands.

    A receipt or a message of its own follows, and says the rest.
    """
    if view.status == BookingState.CONFIRMED:
        return _short(words, view, how_to_change(words), support_row(words))
    if view.status == BookingState.EXPIRED and view.end_reason in TOLD_APART:
        return _short(words, view, None, ())
    return booking(words, view, now=now)


def _short(words: Words, view: BookingView, more: Markup | None, rows: Rows) -> Screen:
    reference = words("line.reference", reference=view.reference)
    facts = lines([*essentials(words, view), reference])
    text = paragraphs([title(words, view), facts, more])
    return Screen(text=text, rows=(*rows, bookings_row(words)))
