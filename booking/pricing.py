"""What a booking costs: before and after the coupon, now online and later on site."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from booking.catalog import Coupon, Service
from booking.errors import (
    CouponExpired,
    CouponNotForService,
    CouponNotYetValid,
    CouponUnknown,
    CouponUsedUp,
)
from booking.money import (
    Money,
    chargeable_step,
    minimum_charge,
    parse_amount,
    percent_of,
    round_chargeable,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """A price and who gets it when; price = discount + due + onsite, none below zero."""

    price: Money
    discount: Money
    due: Money
    """To be paid online."""
    onsite: Money

    @property
    def total(self) -> Money:
        """What the customer pays in all."""
        return self.due + self.onsite


def quote(service: Service, seats: int, coupon: Coupon | None, currency: str) -> Quote:
    """Price so many seats of a service; the coupon's applicability is `check_coupon`'s."""
    price = service.price_in(currency) * seats
    discount = _discount(price, coupon)
    total = price - discount
    due = _chargeable_part(_asked_online(service, seats, total), total)
    if due < minimum_charge(currency):
        due = Money(0, currency)
    return Quote(price, discount, due, total - due)


def find_coupon(coupons: Iterable[Coupon], code: str) -> Coupon:
    """Return the coupon of a code, whatever its case; raise CouponUnknown."""
    wanted = code.strip().casefold()
    for coupon in coupons:
        if coupon.code.casefold() == wanted:
            return coupon
    raise CouponUnknown(code=code)


def check_coupon(
    coupon: Coupon, *, service: str, on: date, uses: int = 0, uses_by_customer: int = 0
) -> None:
    """Refuse a coupon for a service key on a day of the shop, with the uses so far.

    Raises CouponNotForService, CouponNotYetValid, CouponExpired or CouponUsedUp.
    """
    if coupon.services and service not in coupon.services:
        raise CouponNotForService(code=coupon.code, service=service)
    if coupon.valid_from is not None and on < coupon.valid_from:
        raise CouponNotYetValid(code=coupon.code, valid_from=coupon.valid_from.isoformat())
    if coupon.until is not None and on > coupon.until:
        raise CouponExpired(code=coupon.code, until=coupon.until.isoformat())
    if _spent(uses, coupon.max_uses) or _spent(uses_by_customer, coupon.max_uses_per_customer):
        raise CouponUsedUp(code=coupon.code)


def _spent(uses: int, limit: int | None) -> bool:
    return limit is not None and uses >= limit


def _discount(price: Money, coupon: Coupon | None) -> Money:
    if coupon is None:
        return Money(0, price.currency)
    if coupon.amount is not None:
        return min(parse_amount(coupon.amount, price.currency), price)
    # rounded to what can be charged, so that the rest of a chargeable price can be charged too
    return min(round_chargeable(percent_of(price, coupon.percent or 0)), price)


def _asked_online(service: Service, seats: int, total: Money) -> Money:
    if service.deposit is None:
        return total
    if (percent := service.deposit_percent) is not None:
        return percent_of(total, percent)
    return parse_amount(service.deposit, total.currency) * seats


def _chargeable_part(asked: Money, total: Money) -> Money:
    step = chargeable_step(total.currency)
    return min(round_chargeable(asked), Money(total.minor // step * step, total.currency))
