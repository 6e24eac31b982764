"""What is true of a Checkout session and its booking."""

from enum import StrEnum
from typing import Final


class Standing(StrEnum):
    """What became of a Checkout session."""

    PAID = "paid"
    """The booking is confirmed."""
    PROCESSING = "processing"
    """The buyer is done, the money is on its way; the slot is kept."""
    OPEN = "open"
    """Nobody has paid yet; the session can be paid."""
    EXPIRED = "expired"
    """Nobody paid, and nobody can any more."""
    PARKED = "parked"
    """Money came that does not confirm this booking; a person looks at it."""
    OFFERED = "offered"
    """Money came when the place was gone; the customer may use it for another time."""
    RETURNED = "returned"
    """Money came that we could not use; it is on its way back."""
    UNKNOWN = "unknown"
    """Not ours."""
    MISSING = "missing"
    """Ours, and Stripe says that it has none."""


MONEY_CAME: Final = frozenset(
    {
        Standing.PAID,
        Standing.PROCESSING,
        Standing.PARKED,
        Standing.OFFERED,
        Standing.RETURNED,
    }
)
"""The buyer has done their part: nobody else may end the booking as unpaid."""
