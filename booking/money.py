"""Money as Stripe counts it: an integer of minor units and a currency, never a float."""

import re
from dataclasses import dataclass
from typing import Final


def _codes(words: str) -> frozenset[str]:
    return frozenset(words.split())


ZERO_DECIMAL: Final = _codes("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF")
THREE_DECIMAL: Final = _codes("BHD JOD KWD OMR TND")
# Stripe wants these as if they had two decimals, which must be 00 (5 ISK is 500).
WHOLE_UNITS_ONLY: Final = frozenset({"ISK", "UGX"})
# Charged with two decimals, but paid out to the shop in whole units.
WHOLE_PAYOUTS: Final = frozenset({"HUF", "TWD"})

LONGEST_WHOLE_PART: Final = 12
AMOUNT: Final = re.compile(r"([0-9]+)(?:\.([0-9]+))?", re.ASCII)
CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)

# Advisory: by settlement currency, in minor units; Stripe's own error decides.
MINIMUMS: Final[dict[str, int]] = {
    **dict.fromkeys(_codes("USD EUR AUD CAD NZD SGD CHF BRL INR"), 50),
    **dict.fromkeys(_codes("PLN AED MYR RON"), 200),
    **dict.fromkeys(_codes("NOK SEK"), 300),
    "GBP": 30,
    "JPY": 50,
    "BGN": 100,
    "DKK": 250,
    "HKD": 400,
    "MXN": 1_000,
    "THB": 1_000,
    "CZK": 1_500,
    "HUF": 17_500,
}
MOST: Final = 99_999_999
MAXIMA: Final[dict[str, int]] = {"IDR": 999_999_999_999}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one currency (ISO 4217, upper case).

    Arithmetic and comparison refuse mixed currencies with ValueError, floats with TypeError.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are an integer, not {self.minor!r}")
        if not CURRENCY.fullmatch(self.currency):
            raise ValueError(f"{self.currency!r} is not a currency: three upper-case letters")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other


def exponent(currency: str) -> int:
    """Return how many decimals Stripe's minor unit has: 0, 2 or 3."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def chargeable_step(currency: str) -> int:
    """Return what every charged amount is a multiple of, in minor units."""
    if currency in WHOLE_UNITS_ONLY:
        return 100
    return 10 if currency in THREE_DECIMAL else 1


def minimum_charge(currency: str) -> Money:
    """Return the least Stripe charges in a currency; zero where it is not known."""
    return Money(MINIMUMS.get(currency, 0), currency)


def maximum_charge(currency: str) -> Money:
    """Return the most Stripe charges at once: eight digits, twelve for rupiah."""
    return Money(MAXIMA.get(currency, MOST), currency)


def parse_amount(text: str, currency: str) -> Money:
    """Read a decimal string such as "50.00"; raise ValueError saying what is wrong.

    Without a point the amount is whole units; with one, all decimals of the currency are there.
    """
    match = AMOUNT.fullmatch(text)
    if match is None or len(match[1]) > LONGEST_WHOLE_PART:
        raise ValueError(f"{text!r} is not an amount: write {_example(currency)}")
    whole, decimals = match[1], match[2] or ""
    places = exponent(currency)
    if decimals and len(decimals) != places:
        raise ValueError(
            f"{text!r} has {len(decimals)} decimals, {currency} has {places}: "
            f"write {_example(currency)}"
        )
    return Money(int(whole + decimals.ljust(places, "0")), currency)


def to_decimal_string(money: Money) -> str:
    """Write money as `parse_amount` reads it: "50.00", or "-0.05" below zero."""
    places = exponent(money.currency)
    digits = str(abs(money.minor)).rjust(places + 1, "0")
    sign = "-" if money.minor < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def round_chargeable(money: Money) -> Money:
    """Round half up to an amount Stripe can charge in this currency."""
    step = chargeable_step(money.currency)
    return Money((2 * money.minor + step) // (2 * step) * step, money.currency)


def percent_of(money: Money, percent: int) -> Money:
    """Return so many per cent of an amount, rounded half up to the minor unit."""
    return Money((2 * money.minor * percent + 100) // 200, money.currency)


def _example(currency: str) -> str:
    places = exponent(currency)
    return f'"50.{"0" * places}"' if places else '"50"'
