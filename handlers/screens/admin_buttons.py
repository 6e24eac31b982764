"""What an admin can do with a booking, wherever it stands."""

from booking.shop_cancel import CANCELLABLE
from handlers.keyboards import ASK, Verb, on_booking, one
from handlers.outgoing import Rows, Style
from handlers.screens.booking_view import BookingView
from handlers.words import Words


def admin_buttons(words: Words, view: BookingView) -> Rows:
    """Return the buttons that apply now; each leads to a question first."""
    rows: Rows = ()
    if view.refundable:
        label = words.plain("button.refund")
        rows = (*rows, one(label, on_booking(view.reference, Verb.REFUND, ASK)))
    if view.status in CANCELLABLE:
        label = words.plain("button.cancel_booking")
        tap = on_booking(view.reference, Verb.SHOP_CANCEL, ASK)
        rows = (*rows, one(label, tap, Style.DANGER))
    return rows
