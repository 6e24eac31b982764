"""What the shop's admins read in the chat."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from markupsafe import Markup

from handlers import formats
from handlers.keyboards import Verb, menu, one
from handlers.screens.booking import BookingView, facts, price_lines
from handlers.screens.screen import LONGEST, Screen, lines, paragraphs, short
from handlers.words import Words

ANSWERS: Final = 2000
"""So many characters of a card may be a customer's answers."""


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
        _held(words, view),
        *(words(f"line.{name}", **{name: value}) for name, value in contact.items() if value),
        *_answers(words, view),
        *_money(words, view),
        words("line.payment", payment=view.payment_intent) if view.payment_intent else None,
    ]
    return Screen(text=lines(said))


def _held(words: Words, view: BookingView) -> Markup | None:
    if not view.status.awaits_money:
        return None
    return words("line.held", time=formats.moment(words, view.held_until))


def _answers(words: Words, view: BookingView) -> list[Markup]:
    """Say what was answered, each as long as all of them fit a message."""
    longest = ANSWERS // max(1, len(view.answers))
    return [
        words("line.answer", question=question, answer=short(answer, longest))
        for question, answer in view.answers
    ]


def _money(words: Words, view: BookingView) -> list[Markup]:
    """Say the price, what is due online and whether it came, and what is due on site."""
    if not view.price.minor:
        return [words("line.free")]
    said = price_lines(words, view)
    if view.due.minor:
        said.append(words("line.online", amount=formats.money(words, view.due)))
    if view.paid.minor:
        said.append(words("line.paid", amount=formats.money(words, view.paid)))
    elif view.due.minor:
        said.append(words("line.unpaid"))
    else:
        said.append(words("line.nothing_due"))
    if view.onsite.minor:
        said.append(words("line.onsite", amount=formats.money(words, view.onsite)))
    return said


def not_found(words: Words) -> Screen:
    """Say that no booking has this reference."""
    back = one(words.plain("button.bookings"), menu(Verb.BOOKINGS))
    return Screen(text=words("booking.unknown"), rows=(back,))
