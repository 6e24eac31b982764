"""Rows as models, by prepared statements."""

from db.models import Booking
from db.money_models import Attempt
from db.quick import first_with
from tests.db.shop import NOW, open_shop


async def test_a_row_comes_with_its_parent_and_that_ones_parent(database):
    shop = await open_shop()
    other = await shop.booking()
    booking = await shop.booking(details={"name": "Zoë"}, snapshot={"staff": {"en": "Chair"}})
    for number, of in enumerate((other, booking)):
        await Attempt.create(
            booking_id=of.id,
            number=1,
            idempotency_key=str(number),
            params={"mode": "payment"},
            amount_minor=5000,
            currency="EUR",
            expires_at=NOW,
            session_id=f"cs_{number}",
            created_at=NOW,
        )
    found = await first_with(Attempt, ("booking", "customer"), "attempt.session_id = ?", "cs_1")
    assert (found.booking_id, found.params, found.expires_at) == (
        booking.id,
        {"mode": "payment"},
        NOW,
    )
    assert isinstance(found.booking, Booking)
    assert found.booking.reference == booking.reference
    assert (found.booking.details, found.booking.snapshot) == (booking.details, booking.snapshot)
    assert (found.booking.customer.id, found.booking.customer.name) == (shop.customer.id, "Ada")


async def test_no_row_is_none(database):
    assert await first_with(Attempt, ("booking",), "attempt.session_id = ?", "cs_1") is None
