"""What an admin can do with a booking, wherever it stands."""

from typing import Final

from booking.shop_cancel import CANCELLABLE
from handlers.keyboards import ASK, Verb, on_booking, one
from handlers.outgoing import Button, Rows, Style
from handlers.screens.booking_view import BookingView
from handlers.words import Words

EVIDENCE: Final = "evidence"
"""What a look at a booking shows: the evidence for the bank that asks about its payment."""


def look(words: Words, reference: str) -> tuple[Button, ...]:
    """Return the row of one button that opens a booking."""
    label = words.plain("button.look", reference=reference)
    return one(label, on_booking(reference, Verb.LOOK))


def evidence(words: Words, reference: str) -> tuple[Button, ...]:
    """Return the row of one button that shows the evidence, as it stands at that moment."""
    return one(words.plain("button.evidence"), on_booking(reference, Verb.LOOK, EVIDENCE))


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
