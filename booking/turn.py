"""One turn of a conversation: who wrote or tapped, in which update, on which message."""

from dataclasses import dataclass

from db.models import Customer


@dataclass(frozen=True, slots=True)
class Turn:
    """What every use case of the chat is told about the visit that asks for it."""

    customer: Customer
    update_id: int
    """Makes the answer unique: an update handled twice is answered once."""
    message_id: int | None = None
    """The message whose button was tapped, to be edited; None when something was typed."""
