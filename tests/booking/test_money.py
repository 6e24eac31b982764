"""Money: Stripe's minor units, read and written without loss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.money import (
    THREE_DECIMAL,
    WHOLE_UNITS_ONLY,
    ZERO_DECIMAL,
    Money,
    chargeable_step,
    exponent,
    maximum_charge,
    minimum_charge,
    parse_amount,
    percent_of,
    round_chargeable,
    to_decimal_string,
)

currencies = st.sampled_from(["EUR", "USD", "BDT", "JPY", "KWD", "ISK", "UGX", "HUF", "CLP"])
amounts = st.integers(0, 10**11)


@given(amounts, currencies)
def test_what_is_written_is_read_back(minor, currency):
    money = Money(minor, currency)
    assert parse_amount(to_decimal_string(money), currency) == money


@given(st.text(max_size=12), currencies)
def test_whatever_is_typed_is_an_amount_not_below_zero_or_refused_clearly(text, currency):
    try:
        read = parse_amount(text, currency).minor
    except ValueError as mistake:
        read = 0 if repr(text) in str(mistake) else -1
    assert read >= 0


@given(amounts, amounts, currencies)
def test_sums_take_apart_as_they_were_put_together(one, other, currency):
    a, b = Money(one, currency), Money(other, currency)
    assert a + b - b == a
    assert (a + b) * 2 == a + a + b + b
    assert (a < b) == (one < other)
    assert (a >= b) == (one >= other)


@given(amounts, currencies)
def test_rounding_gives_the_closest_chargeable_amount(minor, currency):
    rounded = round_chargeable(Money(minor, currency)).minor
    step = chargeable_step(currency)
    assert rounded % step == 0
    assert -step <= 2 * (minor - rounded) < max(step, 1)


@given(amounts, st.integers(0, 100), currencies)
def test_a_per_cent_and_the_rest_make_the_whole(minor, percent, currency):
    part = percent_of(Money(minor, currency), percent)
    assert 0 <= part.minor <= minor
    assert abs(100 * part.minor - minor * percent) <= 50


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("50.00", "EUR", 5000),
        ("50", "EUR", 5000),
        ("0", "EUR", 0),
        ("0.05", "USD", 5),
        ("1500", "JPY", 1500),
        ("5.120", "KWD", 5120),
        ("5", "ISK", 500),
        ("5", "UGX", 500),
        ("100.00", "HUF", 10000),
    ],
)
def test_amounts_are_read_in_stripes_minor_units(text, currency, minor):
    assert parse_amount(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "said"),
    [
        ("12.5", "EUR", "'12.5' has 1 decimals, EUR has 2"),
        ("5.12", "KWD", "KWD has 3"),
        ("5.00", "JPY", 'JPY has 0: write "50"'),
        ("-5.00", "EUR", "not an amount"),
        ("5,00", "EUR", "not an amount"),
        ("1e3", "EUR", "not an amount"),
        ("\u09eb.\u09e6\u09e6", "EUR", "not an amount"),
        (".50", "EUR", "not an amount"),
        ("5.", "EUR", "not an amount"),
        ("", "EUR", 'write "50.00"'),
        ("9" * 13, "EUR", "not an amount"),
    ],
)
def test_what_is_no_amount_is_refused_with_an_example(text, currency, said):
    with pytest.raises(ValueError, match="write") as mistake:
        parse_amount(text, currency)
    assert said in str(mistake.value)


def test_floats_bools_and_unknown_currencies_are_no_money():
    for wrong in (5.0, True, "5"):
        with pytest.raises(TypeError, match="integer"):
            Money(wrong, "EUR")
    for wrong in ("eur", "EURO", ""):
        with pytest.raises(ValueError, match="not a currency"):
            Money(5, wrong)


def test_currencies_do_not_mix():
    for mix in (
        lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b,
        lambda a, b: a <= b, lambda a, b: a > b, lambda a, b: a >= b,
    ):  # fmt: skip
        with pytest.raises(ValueError, match="do not mix"):
            mix(Money(5, "EUR"), Money(5, "USD"))


def test_the_table_is_stripes():
    assert len(ZERO_DECIMAL) == 15
    assert {exponent(c) for c in ZERO_DECIMAL} == {0}
    assert {exponent(c) for c in THREE_DECIMAL} == {3}
    assert {exponent(c) for c in WHOLE_UNITS_ONLY | {"EUR", "HUF", "TWD"}} == {2}
    steps = {c: chargeable_step(c) for c in ("ISK", "UGX", "KWD", "JPY", "EUR")}
    assert steps == {"ISK": 100, "UGX": 100, "KWD": 10, "JPY": 1, "EUR": 1}
    assert round_chargeable(Money(5124, "KWD")) == Money(5120, "KWD")
    assert round_chargeable(Money(5125, "KWD")) == Money(5130, "KWD")


def test_minimums_are_known_for_the_large_currencies_and_zero_elsewhere():
    assert minimum_charge("EUR") == Money(50, "EUR")
    assert minimum_charge("JPY") == Money(50, "JPY")
    assert minimum_charge("HUF") == Money(17500, "HUF")
    assert not minimum_charge("BDT")


def test_the_most_that_can_be_charged_has_eight_digits_or_twelve_in_rupiah():
    assert maximum_charge("EUR") == Money(99_999_999, "EUR")
    assert maximum_charge("IDR") == Money(999_999_999_999, "IDR")


def test_below_zero_is_written_with_a_sign():
    assert to_decimal_string(Money(-5, "EUR")) == "-0.05"
    assert to_decimal_string(Money(-1500, "JPY")) == "-1500"
