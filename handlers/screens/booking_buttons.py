"""What can be tapped under a booking, wherever it stands."""

from datetime import datetime

from db.states import BookingState
from handlers import formats
from handlers.keyboards import Verb, menu, on_booking, one
from handlers.outgoing import Button, Rows, Style
from handlers.screens.booking_view import BookingView
from handlers.words import Words


def buttons(words: Words, view: BookingView, *, now: datetime) -> Rows:
    """Return what can be done with a booking, and the way to the others."""
    if view.status.awaits_money:
        return _payment(words, view)
    if view.status == BookingState.PROCESSING:
        return (have_paid_row(words, view), bookings_row(words))
    again = one(words.plain("button.again"), on_booking(view.reference, Verb.AGAIN))
    return (again, *cancel_rows(words, view, now=now), bookings_row(words))


def bookings_row(words: Words) -> tuple[Button, ...]:
    """Return the row that leads to all of the customer's bookings."""
    return one(words.plain("button.bookings"), menu(Verb.BOOKINGS))


def cancel_rows(words: Words, view: BookingView, *, now: datetime, arg: str = "") -> Rows:
    """Return the row that cancels a confirmed booking, as long as it has not begun."""
    if view.status != BookingState.CONFIRMED or view.start <= now:
        return ()
    return (_cancel(words, view, arg),)


def _cancel(words: Words, view: BookingView, arg: str = "") -> tuple[Button, ...]:
    label = words.plain("button.cancel_booking")
    return one(label, on_booking(view.reference, Verb.CANCEL, arg), Style.DANGER)


def _payment(words: Words, view: BookingView) -> Rows:
    cancel = _cancel(words, view)
    return (pay_row(words, view), have_paid_row(words, view), cancel) if view.pay_url else (cancel,)


def pay_row(words: Words, view: BookingView) -> tuple[Button, ...]:
    """Return the row that leads to the payment page of a booking."""
    label = words.plain("button.pay", amount=formats.money(words, view.due))
    return (Button(label, url=view.pay_url, style=Style.SUCCESS),)


def have_paid_row(words: Words, view: BookingView) -> tuple[Button, ...]:
    """Return the row by which a customer says that they have paid."""
    return one(words.plain("button.have_paid"), on_booking(view.reference, Verb.PAID))
