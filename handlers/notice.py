"""A notice about a booking, before it is worded."""

from dataclasses import dataclass

from markupsafe import Markup

from db.jobs import Job
from db.models import Booking
from handlers.door import Door
from handlers.outgoing import Outgoing, Rows
from handlers.screens.booking_view import BookingView
from handlers.words import Words


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about a booking, before it is worded."""

    door: Door
    job: Job
    booking: Booking
    words: Words
    view: BookingView

    @property
    def chat_id(self) -> int:
        """Return the customer's chat."""
        chat_id: int = self.booking.customer.telegram_id
        return chat_id

    def message(self, text: Markup, rows: Rows = ()) -> Outgoing:
        """Return a text for the customer."""
        return Outgoing(chat_id=self.chat_id, text=text, rows=rows)
