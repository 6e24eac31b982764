"""The languages of the hosted pages: their words, and how they write money and time."""

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from babel.dates import format_date, format_timedelta
from babel.numbers import format_currency, get_currency_precision
from markupsafe import Markup, escape

from sandbox.stripe import currencies

LANGUAGES: Final = ("en", "de", "bn", "ar")
_WORDS: Final = Path(__file__).parent / "pages" / "words"
_MINUTE, _HOUR = 60, 3600
_LETTER_MEETS_DIGIT: Final = re.compile(r"(?<=[A-Z])(?=\d)|(?<=\d)(?=[A-Z])")


@dataclass(frozen=True)
class Tongue:
    """One language and everything that the pages say in it."""

    code: str
    direction: str
    digits: str
    chrome: dict[str, str]
    cards: dict[str, str]
    declines: dict[str, str]

    def say(self, key: str, **values: object) -> Markup:
        """Return a text with its values filled in and escaped."""
        return escape(self.chrome[key]).format(**values)

    def figures(self, text: str) -> str:
        """Write a number with the language's digits."""
        return text.translate(str.maketrans("0123456789", self.digits))

    def money(self, amount: int, currency: str) -> str:
        """Write an amount of minor units, with no fewer decimals than it has."""
        value = Decimal(amount).scaleb(-currencies.exponent(currency))
        code = currency.upper()
        usual = value == round(value, get_currency_precision(code))
        text = format_currency(value, code, locale=self.code, currency_digits=usual)
        minus = "\N{LEFT-TO-RIGHT MARK}" * (self.direction == "rtl") + "\N{MINUS SIGN}"
        text = text.replace("-", minus)
        return self.figures(_LETTER_MEETS_DIGIT.sub("\N{NO-BREAK SPACE}", text))

    def day(self, moment: int) -> str:
        """Write the date of a moment, in UTC."""
        on = datetime.fromtimestamp(moment, UTC).date()
        return self.figures(format_date(on, "long", locale=self.code))

    def ahead(self, seconds: int) -> str:
        """Write how far away something is, never too far: ``in 29 minutes``."""
        unit = next((unit for unit in (_HOUR, _MINUTE) if seconds >= 2 * unit), 1)
        left = timedelta(seconds=seconds // unit * unit)
        text = format_timedelta(left, threshold=2, add_direction=True, locale=self.code)
        return self.figures(text)


@cache
def tongue(code: str) -> Tongue:
    """Return one of the languages."""
    said = tomllib.loads((_WORDS / f"{code}.toml").read_text(encoding="utf-8"))
    own = {name: said.pop(name) for name in ("direction", "digits", "cards", "declines")}
    return Tongue(code=code, chrome=said, **own)


def choose(locale: str | None, accepted: str) -> Tongue:
    """Return the session's language; when that is not ours, the browser's; at last English."""
    asked = [locale or "auto", *_in_order(accepted)]
    known = (code for code in (one.split("-")[0].lower() for one in asked) if code in LANGUAGES)
    return tongue(next(known, "en"))


def _in_order(accepted: str) -> list[str]:
    weighed = [_weighed(part) for part in accepted.split(",")]
    return [name for weight, name in sorted(weighed, key=_weight, reverse=True) if weight > 0]


def _weighed(part: str) -> tuple[float, str]:
    name, _, weight = part.partition(";")
    try:
        return float(weight.strip().removeprefix("q=") or 1), name.strip()
    except ValueError:
        return 0.0, name.strip()


def _weight(one: tuple[float, str]) -> float:
    return one[0]
