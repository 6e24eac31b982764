"""What the shop's admins read in the chat."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from handlers import formats
from handlers.keyboards import Verb, menu, one
from handlers.screens.booking import BookingView, facts, paid_lines
from handlers.screens.screen import LONGEST, Screen, lines, paragraphs
from handlers.words import Words


def today(words: Words, day: date, views: Sequence[BookingView]) -> Screen:
    """List the day's bookings by time, as many as fit a message."""
    title = words("today.title", day=formats.long_day(words, day), count=len(views))
    entries: list[Markup] = []
    length = len(title)
    for view in views:
        entry = _entry(words, view)
        length += len(entry) + 1
        if length > LONGEST - 200:
            entries.append(words("today.more", count=len(views) - len(entries)))
            break
        entries.append(entry)
    return Screen(text=paragraphs([Markup("<b>{}</b>").format(title), lines(entries)]))


def _entry(words: Words, view: BookingView) -> Markup:
    return words(
        "today.entry",
        time=formats.clock(words, view.start),
        service=view.service,
        staff=view.staff,
        name=(view.contact or {}).get("name", ""),
        seats=view.seats,
        status=words.plain(f"status.{view.status}"),
        reference=view.reference,
    )


def admin_booking(words: Words, view: BookingView) -> Screen:
    """Show everything about one booking."""
    contact = view.contact or {}
    said = [
        *facts(words, view),
        words("line.status", status=words.plain(f"status.{view.status}")),
        *(words(f"line.{name}", **{name: value}) for name, value in contact.items() if value),
        *paid_lines(words, view),
        words("line.payment", payment=view.payment_intent) if view.payment_intent else None,
    ]
    return Screen(text=lines(said))


def not_found(words: Words) -> Screen:
    """Say that no booking has this reference."""
    back = one(words.plain("button.bookings"), menu(Verb.BOOKINGS))
    return Screen(text=words("booking.unknown"), rows=(back,))
