"""Search: bookings by what an admin knows of them, through keys and hashes alone."""

from collections.abc import Iterable, Sequence
from typing import Final

from db import sealing
from db.models import REFERENCE_LENGTH, Booking, SearchKey
from db.money_models import Attempt

PREFIX: Final = "BK-"
PAYMENT: Final = ("pi_", "cs_")


async def search(text: str, *, contact: Sequence[str], most: int) -> list[Booking]:
    """Return the bookings that fit, the latest start first, at most so many.

    `text` is a reference, with or without its "BK-", the id of a payment or a Checkout session, or
    words of a name, all of which must fit. `contact` is what it reads like as a whole: telephone
    numbers and e-mail addresses in their normal form.
    """
    said = text.strip()
    if said.startswith(PAYMENT):
        field = "payment_intent" if said.startswith(PAYMENT[0]) else "session_id"
        attempts = await Attempt.filter(**{field: said})
        return await _bookings({"id__in": [one.booking_id for one in attempts]}, most)
    reference = said.upper()
    written = reference if reference.startswith(PREFIX) else PREFIX + reference
    if len(written) == REFERENCE_LENGTH and (found := await _bookings({"reference": written}, 1)):
        return found
    customers = await _customers(said.split())
    for whole in contact:
        customers |= await _customers([whole])
    return await _bookings({"customer_id__in": sorted(customers)}, most)


async def _customers(words: Iterable[str]) -> set[int]:
    """Return whoever is known by all of these words."""
    fitting: set[int] | None = None
    for word in words:
        keys = await SearchKey.filter(digest__in=sealing.digests(word))
        known = {key.customer_id for key in keys}
        fitting = known if fitting is None else fitting & known
    return fitting or set()


async def _bookings(where: dict[str, object], most: int) -> list[Booking]:
    found = Booking.filter(**where).select_related("service", "staff", "customer")
    return await found.order_by("-start", "-id").limit(most)
