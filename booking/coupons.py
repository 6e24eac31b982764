"""Coupons: found by their code, used up by numbered rows that no race can overdraw."""

from datetime import date, timedelta
from typing import Final

from booking.audit import record
from booking.catalog import Coupon
from booking.catalog_store import Shelf
from booking.errors import (
    CouponExpired,
    CouponNotForService,
    CouponNotYetValid,
    CouponUnknown,
    CouponUsedUp,
    TooManyCoupons,
)
from booking.ports import Environment
from booking.pricing import check_coupon, find_coupon
from db.fields import to_ms
from db.locks import lock_coupon
from db.models import Booking
from db.money_models import CouponUse
from db.transactions import rows

# A coupon may have been used for years: its uses are not read, only their last number, or, when
# there are no more than so many, the first that was given back.
_LAST: Final = "SELECT COALESCE(max(number), 0) AS last FROM coupon_use WHERE coupon_id = ?"
_GAP: Final = (
    "SELECT min(n) AS gap FROM (SELECT 1 AS n"
    " UNION ALL SELECT number + 1 FROM coupon_use WHERE coupon_id = ?) AS next"
    " WHERE NOT EXISTS (SELECT 1 FROM coupon_use WHERE coupon_id = ? AND number = next.n)"
)
_TRIED: Final = "SELECT count(*) AS times FROM audit WHERE actor = ? AND action = ? AND at > ?"
_OWN: Final = "SELECT customer_number FROM coupon_use WHERE coupon_id = ? AND customer_id = ?"

UNKNOWN: Final = "unknown coupon"
"""What the audit log calls it when somebody typed a code that there is not."""
MOST_TRIED: Final = 300
"""Far more than anybody mistypes, and far fewer than a program would have to try."""
TRIED_WITHIN: Final = timedelta(hours=1)

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


async def typed(
    env: Environment, now_shelf: Shelf, code: str, *, service: str, customer_id: int
) -> Coupon | None:
    """Return the coupon a customer typed, as `find`, when it has a use left for them.

    Raises CouponUsedUp, too, and TooManyCoupons to whoever has typed too many that there are not:
    codes are short, and a program could try them all.
    """
    actor, now = f"customer:{customer_id}", env.clock.now()
    [tried] = await rows(_TRIED, (actor, UNKNOWN, to_ms(now - TRIED_WITHIN)))
    if tried["times"] >= MOST_TRIED:
        raise TooManyCoupons
    today = now.astimezone(env.shop.timezone).date()
    try:
        found = find(now_shelf, code, service=service, today=today)
    except CouponUnknown:  # what was typed is kept nowhere: it may be anything
        await record(env, actor=actor, action=UNKNOWN)
        raise
    if found is not None:
        await check_left(found, customer_id=customer_id)
    return found


async def check_left(coupon: Coupon, *, customer_id: int) -> None:
    """Refuse a coupon that has no use left, of all or for this customer; raise CouponUsedUp.

    A kindness while it is typed; `use` decides.
    """
    found = await rows("SELECT id FROM coupon WHERE code = ?", (coupon.code,))
    for row in found:
        await _free_numbers(coupon, int(row["id"]), customer_id)


async def use(coupon: Coupon, *, booking: Booking) -> None:
    """Take one use of the coupon for a booking in the caller's transaction; raise CouponUsedUp.

    Uses are numbered per coupon and per customer with unique indexes on both, so two bookings that
    race for the last use cannot both have it.
    """
    coupon_id = await lock_coupon(coupon.code)
    number, own_number = await _free_numbers(coupon, coupon_id, booking.customer_id)
    inserted = await rows(
        "INSERT INTO coupon_use (coupon_id, number, customer_id, customer_number, booking_id) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
        [coupon_id, number, booking.customer_id, own_number, booking.id],
    )
    if not inserted:
        raise CouponUsedUp(code=coupon.code)


async def _free_numbers(coupon: Coupon, coupon_id: int, customer_id: int) -> tuple[int, int]:
    """Return a free number among all uses and among this customer's; raise CouponUsedUp."""
    (found,) = await rows(_LAST, (coupon_id,))
    number = int(found["last"]) + 1
    if coupon.max_uses is not None and number > coupon.max_uses:
        (found,) = await rows(_GAP, (coupon_id, coupon_id))
        number = int(found["gap"])
    own = await rows(_OWN, (coupon_id, customer_id))
    taken = {row["customer_number"] for row in own}
    own_number = next(n for n in range(1, len(taken) + 2) if n not in taken)
    limits = ((number, coupon.max_uses), (own_number, coupon.max_uses_per_customer))
    if any(most is not None and one > most for one, most in limits):
        raise CouponUsedUp(code=coupon.code)
    return number, own_number


async def give_back(booking_id: int) -> None:
    """Free the use of a booking that was never paid, or that was cancelled."""
    await CouponUse.filter(booking_id=booking_id).delete()
