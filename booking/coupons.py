"""Coupons: found by their code, used up by numbered rows that no race can overdraw."""

from datetime import date
from typing import Final

from booking.catalog import Coupon
from booking.catalog_store import Shelf
from booking.errors import (
    CouponExpired,
    CouponNotForService,
    CouponNotYetValid,
    CouponUnknown,
    CouponUsedUp,
)
from booking.pricing import check_coupon, find_coupon
from db.locks import lock_coupon
from db.models import Booking
from db.money_models import CouponUse
from db.transactions import rows

REFUSALS: Final = (
    CouponUnknown,
    CouponNotForService,
    CouponNotYetValid,
    CouponExpired,
    CouponUsedUp,
)


def find(now_shelf: Shelf, code: str | None, *, service: str, today: date) -> Coupon | None:
    """Return the coupon a customer typed, case and spaces aside; None when none was typed.

    Raises CouponUnknown, CouponNotForService, CouponNotYetValid or CouponExpired; `today` is a day
    of the shop.
    """
    if not code:
        return None
    coupon = find_coupon(now_shelf.coupons, code)
    check_coupon(coupon, service=service, on=today)
    return coupon


async def check_left(coupon: Coupon, *, customer_id: int) -> None:
    """Refuse a coupon that has no use left, of all or for this customer; raise CouponUsedUp.

    A kindness while it is typed; `use` decides.
    """
    uses = await CouponUse.filter(coupon__code=coupon.code)
    own = {one.customer_number for one in uses if one.customer_id == customer_id}
    _free(coupon, {one.number for one in uses}, coupon.max_uses)
    _free(coupon, own, coupon.max_uses_per_customer)


async def use(coupon: Coupon, *, booking: Booking) -> None:
    """Take one use of the coupon for a booking in the caller's transaction; raise CouponUsedUp.

    Uses are numbered per coupon and per customer with unique indexes on both, so two bookings that
    race for the last use cannot both have it.
    """
    coupon_id = await lock_coupon(coupon.code)
    uses = await CouponUse.filter(coupon_id=coupon_id)
    own = {one.customer_number for one in uses if one.customer_id == booking.customer_id}
    number = _free(coupon, {one.number for one in uses}, coupon.max_uses)
    own_number = _free(coupon, own, coupon.max_uses_per_customer)
    inserted = await rows(
        "INSERT INTO coupon_use (coupon_id, number, customer_id, customer_number, booking_id) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
        [coupon_id, number, booking.customer_id, own_number, booking.id],
    )
    if not inserted:
        raise CouponUsedUp(code=coupon.code)


def _free(coupon: Coupon, taken: set[int], most: int | None) -> int:
    number = next(n for n in range(1, len(taken) + 2) if n not in taken)
    if most is not None and number > most:
        raise CouponUsedUp(code=coupon.code)
    return number


async def give_back(booking_id: int) -> None:
    """Free the use of a booking that was never paid, or that was cancelled."""
    await CouponUse.filter(booking_id=booking_id).delete()
