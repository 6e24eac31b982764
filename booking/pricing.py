"""What a booking costs: before and after the coupon, now online and later on site, and the tip."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

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
    maximum_charge,
    minimum_charge,
    parse_amount,
    percent_of,
    round_chargeable,
)

LONGEST_CODE: Final = 40


@dataclass(frozen=True, slots=True)
class Quote:
    """A price and who gets it when; price = discount + due + onsite, none below zero."""

    price: Money
    discount: Money
    due: Money
    """Of the price, to be paid online."""
    onsite: Money
    tip: Money
    """On top of the price, to be paid online."""

    @property
    def total(self) -> Money:
        """What the booking costs after the discount, without a tip."""
        return self.due + self.onsite

    @property
    def asked(self) -> Money:
        """What is asked online in all."""
        return self.due + self.tip


def quote(
    service: Service, seats: int, coupon: Coupon | None, currency: str, *, tip: int = 0
) -> Quote:
    """Price so many seats of a service with a tip in per cent.

    Whether the coupon applies is `check_coupon`'s, whether the tip is offered `tips.chosen`'s.
    """
    price = service.price_in(currency) * seats
    discount = _discount(price, coupon)
    total = price - discount
    due = _chargeable_part(asked_online(service, seats, total), total)
    if due < minimum_charge(currency):
        due = Money(0, currency)
    priced = Quote(price, discount, due, total - due, Money(0, currency))
    return replace(priced, tip=tip_on(priced, tip))


def tip_on(priced: Quote, percent: int) -> Money:
    """Return a tip: so many per cent of what a booking costs, as Stripe can charge it.

    It is nothing where nothing is due online, or where Stripe would not charge both at once.
    """
    nothing = Money(0, priced.price.currency)
    if not priced.due:
        return nothing
    tip = round_chargeable(percent_of(priced.total, percent))
    return tip if priced.due + tip <= maximum_charge(tip.currency) else nothing


def find_coupon(coupons: Iterable[Coupon], code: str) -> Coupon:
    """Return the coupon of a code, whatever its case; raise CouponUnknown."""
    wanted = code.strip().casefold()
    for coupon in coupons:
        if coupon.code.casefold() == wanted:
            return coupon
    raise CouponUnknown(code=code.strip()[:LONGEST_CODE])


def check_coupon(
    coupon: Coupon, *, service: str, on: date, uses: int = 0, uses_by_customer: int = 0
) -> None:
    """Refuse a coupon for a service key on a day of the shop, with the uses so far.

    Raises CouponNotForService, CouponNotYetValid, CouponExpired or CouponUsedUp.
    """
    if coupon.services and service not in coupon.services:
        raise CouponNotForService(code=coupon.code, service=service)
    if coupon.valid_from is not None and on < coupon.valid_from:
        raise CouponNotYetValid(code=coupon.code, on=coupon.valid_from.isoformat())
    if coupon.until is not None and on > coupon.until:
        raise CouponExpired(code=coupon.code, on=coupon.until.isoformat())
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


def asked_online(service: Service, seats: int, total: Money) -> Money:
    """Return what a service wants online of a discounted price, before Stripe's rules."""
    if service.deposit is None:
        return total
    if (percent := service.deposit_percent) is not None:
        return percent_of(total, percent)
    return parse_amount(service.deposit, total.currency) * seats


def _chargeable_part(asked: Money, total: Money) -> Money:
    step = chargeable_step(total.currency)
    return min(round_chargeable(asked), Money(total.minor // step * step, total.currency))
