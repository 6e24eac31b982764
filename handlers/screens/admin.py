"""What the shop's admins read in the chat."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from markupsafe import Markup

from db.states import BookingState
from handlers import formats
from handlers.keyboards import Verb, menu, one
from handlers.outgoing import Button
from handlers.screens import dispute, sums
from handlers.screens import onsite as on_site
from handlers.screens.admin_buttons import admin_buttons, evidence
from handlers.screens.booking import (
    essentials,
    numbers,
    price_lines,
)
from handlers.screens.booking_view import BookingView, RefundView
from handlers.screens.dispute import DisputeView
from handlers.screens.screen import LONGEST, Screen, lines, paragraphs, short
from handlers.words import Words

ANSWERS: Final = 2000
"""So many characters of a card may be a customer's answers, with their questions."""


def today(words: Words, day: date, views: Sequence[BookingView]) -> Screen:
    """List the day's bookings by time, as many as fit a message."""
    title = words("today.title", day=formats.long_day(words, day), count=len(views))
    entries: list[Markup] = []
    length = len(title)
    for view in views:
        entry = _entry(words, view)
        length += len(entry) + 2
        if length > LONGEST - 200:
            entries.append(words("today.more", count=len(views) - len(entries)))
            break
        entries.append(entry)
    text = paragraphs([Markup("<b>{}</b>").format(title), *entries])
    return Screen(text=text, rows=(_days_beside(words, day),))


def _days_beside(words: Words, day: date) -> tuple[Button, ...]:
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    return (
        Button(words.plain("button.day_before"), data=menu(Verb.DATE, before.isoformat())),
        Button(words.plain("button.day_after"), data=menu(Verb.DATE, after.isoformat())),
    )


def _entry(words: Words, view: BookingView) -> Markup:
    """Say when, what and where; below it who comes, and whatever is not as usual."""
    time = formats.clock(words, view.start)
    first = words("today.entry", time=time, service=view.service, staff=view.staff)
    said = [
        (view.contact or {}).get("name"),
        words.plain("count.places", count=view.seats) if view.is_group else None,
        words.plain(f"status.{view.status}") if view.status != BookingState.CONFIRMED else None,
        Markup("<code>{}</code>").format(view.reference),
    ]
    return lines([first, Markup(" · ").join(part for part in said if part)])


def admin_booking(words: Words, view: BookingView, disputes: Sequence[DisputeView] = ()) -> Screen:
    """Show everything about one booking, with what an admin can do with it."""
    contact = view.contact or {}
    who = [words(f"line.{name}", **{name: value}) for name, value in contact.items() if value]
    said = [
        lines(_what(words, view)),
        lines([*who, *_answers(words, view)]),
        lines([*_money(words, view), *(dispute.line(words, one) for one in disputes)]),
        lines([*_standing(words, view), *numbers(words, view)]),
    ]
    asked = any(one.state.needs_response for one in disputes)
    answer = (evidence(words, view.reference),) if asked else ()
    rows = (*answer, *on_site.rows(words, view), *admin_buttons(words, view))
    return Screen(text=paragraphs(said), rows=rows)


def _what(words: Words, view: BookingView) -> list[Markup]:
    said = [*essentials(words, view), words("line.staff", staff=view.staff)]
    return [*said, words("line.seats", seats=view.seats)] if view.is_group else said


def _standing(words: Words, view: BookingView) -> list[Markup]:
    said = [words("line.status", status=words.plain(f"status.{view.status}"))]
    if view.status.awaits_money:
        said.append(words("line.held", time=formats.moment(words, view.held_until)))
    return said


def _answers(words: Words, view: BookingView) -> list[Markup]:
    """Say what was answered, each as long as all of them fit a message."""
    longest = ANSWERS // (2 * max(1, len(view.answers)))
    return [
        words("line.answer", question=short(question, longest), answer=short(answer, longest))
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
    said += [_refund(words, one) for one in view.refunds]
    onsite = sums.onsite(words, view.onsite_standing, paid=view.onsite_paid)
    return [*said, onsite] if onsite else said


def _refund(words: Words, refund: RefundView) -> Markup:
    amount = formats.money(words, refund.amount)
    return words("line.refund", amount=amount, state=words.plain(f"refund_state.{refund.state}"))


def not_found(words: Words) -> Screen:
    """Say that no booking has this reference."""
    back = one(words.plain("button.bookings"), menu(Verb.BOOKINGS))
    return Screen(text=words("booking.unknown"), rows=(back,))
