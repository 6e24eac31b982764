"""Reminders: of a booking that waits for its payment, and of an appointment that is near."""

from markupsafe import Markup

from handlers import formats
from handlers.keyboards import Verb, on_booking, one
from handlers.outgoing import Button, Style
from handlers.screens import sums
from handlers.screens.booking import essentials, facts
from handlers.screens.booking_buttons import have_paid_row, pay_row
from handlers.screens.booking_view import BookingView
from handlers.screens.screen import Screen, lines, paragraphs
from handlers.words import Words


def payment(words: Words, view: BookingView, *, muted: bool = False) -> Screen:
    """Remind of a place that is held, with the link it is paid by."""
    text = paragraphs(
        [
            Markup("<b>{}</b>").format(words("reminder.payment")),
            lines(essentials(words, view)),
            lines(
                [
                    words("held.until", time=formats.clock(words, view.held_until)),
                    words("held.pay", amount=formats.money(words, view.due)),
                    sums.onsite(words, view.onsite),
                ]
            ),
            words("reminder.muted") if muted else None,
            words("line.reference", reference=view.reference),
        ]
    )
    stop = one(words.plain("button.stop_reminding"), on_booking(view.reference, Verb.MUTE))
    rows = [pay_row(words, view), have_paid_row(words, view)]
    return Screen(text=text, rows=(*rows, *(() if muted else (stop,)), _cancel(words, view)))


def appointment(words: Words, view: BookingView, *, promised: bool = False) -> Screen:
    """Remind of an appointment: what, when and where, and ask whether the customer comes."""
    text = paragraphs(
        [
            Markup("<b>{}</b>").format(words("reminder.appointment", shop=words.shop.name)),
            lines([*facts(words, view), sums.onsite(words, view.onsite, paid=view.onsite_paid)]),
            words("reminder.promised") if promised else None,
            words("line.reference", reference=view.reference),
        ]
    )
    come = on_booking(view.reference, Verb.COMING)
    coming = () if promised else (one(words.plain("button.coming"), come, Style.SUCCESS),)
    return Screen(text=text, rows=(*coming, _cancel(words, view)))


def _cancel(words: Words, view: BookingView) -> tuple[Button, ...]:
    label = words.plain("button.cancel_booking")
    return one(label, on_booking(view.reference, Verb.CANCEL), Style.DANGER)
