"""Prices: who pays what, when; coupons and their limits."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from booking import errors
from booking.catalog import Coupon, Service
from booking.money import (
    Money,
    chargeable_step,
    maximum_charge,
    minimum_charge,
    to_decimal_string,
)
from booking.policy import refund_amount
from booking.pricing import check_coupon, find_coupon, quote


def service(price="50.00", deposit=None, **more):
    entry = {"key": "cut", "name": "Cut", "duration": 45, "price": price, "staff": ["a"], **more}
    return Service.model_validate(entry | ({"deposit": deposit} if deposit else {}))


def coupon(**terms):
    return Coupon.model_validate({"code": "WELCOME10", **terms})


def amounts_of(quoted):
    return [m.minor for m in (quoted.price, quoted.discount, quoted.due, quoted.onsite)]


currencies = st.sampled_from(["EUR", "JPY", "KWD", "ISK", "UGX", "HUF", "BDT"])
percents = st.integers(1, 100)


@st.composite
def offers(draw):
    currency = draw(currencies)
    step = chargeable_step(currency)
    price = draw(st.integers(0, 10**6)) * step
    deposit = draw(
        st.none()
        | st.integers(0, 100).map("{}%".format)
        | st.integers(0, price // step).map(lambda n: to_decimal_string(Money(n * step, currency)))
    )
    terms = draw(
        st.none()
        | st.integers(1, 100).map(lambda n: {"percent": n})
        | st.integers(1, 10**6).map(
            lambda n: {"amount": to_decimal_string(Money(n * step, currency))}
        )
    )
    offer = service(to_decimal_string(Money(price, currency)), deposit)
    return offer, draw(st.integers(1, 12)), coupon(**terms) if terms else None, currency


@given(offers())
def test_a_price_is_always_its_discount_what_is_due_and_what_is_left(offer):
    quoted = quote(*offer)
    assert quoted.price == quoted.discount + quoted.due + quoted.onsite
    assert quoted.total == quoted.price - quoted.discount
    assert min(amounts_of(quoted)) >= 0


@given(offers())
def test_what_is_due_online_can_be_charged_by_stripe(offer):
    due, currency = quote(*offer).due, offer[3]
    assert due.minor % chargeable_step(currency) == 0
    assert not due or due >= minimum_charge(currency)


@given(offers())
def test_a_coupon_never_makes_a_booking_dearer(offer):
    what, seats, _, currency = offer
    with_it, without = quote(*offer), quote(what, seats, None, currency)
    assert with_it.total <= without.total
    assert with_it.due <= without.due


@given(offers(), percents)
def test_a_tip_changes_nothing_but_what_is_asked_online(offer, percent):
    plain, tipped = quote(*offer), quote(*offer, tip=percent)
    assert amounts_of(tipped) == amounts_of(plain)
    assert tipped.asked == tipped.due + tipped.tip
    assert plain.tip.minor == 0


@given(offers(), percents)
def test_what_is_asked_with_a_tip_and_given_back_of_it_suits_stripe(offer, percent):
    tipped, currency = quote(*offer, tip=percent), offer[3]
    step = chargeable_step(currency)
    assert tipped.tip.minor % step == tipped.asked.minor % step == 0
    if tipped.tip:
        assert abs(100 * tipped.tip.minor - tipped.total.minor * percent) <= 50 * (step + 1)
        assert tipped.asked <= maximum_charge(currency)
    back = refund_amount(tipped.asked, percent)
    assert back.minor % step == 0
    assert 0 <= back.minor <= tipped.asked.minor


@given(offers())
def test_without_a_deposit_everything_is_paid_online_or_nothing(offer):
    what, *_ = offer
    assume(what.deposit is None)
    quoted = quote(*offer)
    assert not quoted.due or not quoted.onsite


def test_the_price_is_by_the_seat():
    assert amounts_of(quote(service(), 3, None, "EUR")) == [15000, 0, 15000, 0]


def test_a_deposit_is_by_the_seat_and_the_rest_is_due_on_site():
    assert amounts_of(quote(service(deposit="10.00"), 2, None, "EUR")) == [10000, 0, 2000, 8000]


def test_a_deposit_in_per_cent_is_of_the_discounted_price():
    ten = coupon(percent=10)
    assert amounts_of(quote(service(deposit="30%"), 1, ten, "EUR")) == [5000, 500, 1350, 3150]


def test_a_deposit_is_never_more_than_what_the_coupon_left():
    left = coupon(amount="45.00")
    assert amounts_of(quote(service(deposit="10.00"), 1, left, "EUR")) == [5000, 4500, 500, 0]


def test_a_tip_is_of_the_price_after_the_discount_as_it_can_be_charged():
    ten = coupon(percent=10)
    assert quote(service(), 3, ten, "EUR", tip=5).tip == Money(675, "EUR")
    assert quote(service(deposit="10.00"), 1, None, "EUR", tip=10).asked == Money(1500, "EUR")
    assert quote(service("15.500"), 1, None, "KWD", tip=5).tip == Money(780, "KWD")
    assert quote(service("4501"), 1, None, "ISK", tip=10).tip == Money(45000, "ISK")
    assert quote(service("999"), 1, None, "JPY", tip=5).tip == Money(50, "JPY")


def test_no_tip_where_nothing_is_due_online_or_stripe_could_not_charge_it():
    for offer in (
        (service("0"), 1, None, "EUR"),
        (service(), 1, coupon(percent=100), "EUR"),
        (service(deposit="0.30"), 1, None, "EUR"),
        (service("999999.00"), 1, None, "EUR"),
    ):
        assert not quote(*offer, tip=10).tip


def test_a_coupon_never_makes_a_price_negative():
    assert amounts_of(quote(service(), 1, coupon(amount="80.00"), "EUR")) == [5000, 5000, 0, 0]


def test_a_free_service_and_a_whole_coupon_leave_nothing_due():
    assert amounts_of(quote(service("0"), 1, None, "EUR")) == [0, 0, 0, 0]
    assert amounts_of(quote(service(), 1, coupon(percent=100), "EUR")) == [5000, 5000, 0, 0]


def test_an_amount_under_stripes_minimum_is_due_on_site():
    assert amounts_of(quote(service(deposit="0.30"), 1, None, "EUR")) == [5000, 0, 0, 5000]
    assert amounts_of(quote(service("0.49"), 1, None, "EUR")) == [49, 0, 0, 49]
    assert amounts_of(quote(service("0.50"), 1, None, "EUR")) == [50, 0, 50, 0]


def test_whole_crowns_stay_whole():
    third = coupon(percent=33)
    assert amounts_of(quote(service("5000"), 1, third, "ISK")) == [500000, 165000, 335000, 0]
    assert amounts_of(quote(service("5001", "50%"), 1, third, "ISK")) == [
        500100, 165000, 167600, 167500,
    ]  # fmt: skip


def test_a_coupon_is_found_whatever_its_case():
    listed = [coupon(percent=10)]
    assert find_coupon(listed, " welcome10 ") is listed[0]
    with pytest.raises(errors.CouponUnknown):
        find_coupon(listed, "welcome")


@pytest.mark.parametrize(
    ("terms", "case", "refusal"),
    [
        ({"services": ["colour"]}, {}, errors.CouponNotForService),
        ({"from": date(2026, 11, 2)}, {}, errors.CouponNotYetValid),
        ({"until": date(2026, 10, 31)}, {}, errors.CouponExpired),
        ({"max_uses": 2}, {"uses": 2}, errors.CouponUsedUp),
        ({"max_uses_per_customer": 1}, {"uses_by_customer": 1}, errors.CouponUsedUp),
    ],
)
def test_a_coupon_outside_its_terms_is_refused(terms, case, refusal):
    with pytest.raises(refusal):
        check_coupon(coupon(percent=10, **terms), service="cut", on=date(2026, 11, 1), **case)


def test_a_coupon_holds_on_its_first_and_its_last_day():
    terms = {"from": date(2026, 11, 1), "until": date(2026, 11, 1), "services": ["cut"]}
    limits = {"max_uses": 2, "max_uses_per_customer": 1}
    listed = coupon(percent=10, **terms, **limits)
    check_coupon(listed, service="cut", on=date(2026, 11, 1), uses=1)
