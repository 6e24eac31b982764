"""Dates, times, money and durations the way a language writes them; wall-clock is the shop's.

Patterns come from the catalogues, names from Babel, digits from `Words` (Babel prints ASCII digits
in Bengali), the number of decimals of money from `booking.money` (Babel's differs from Stripe's).
"""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, get_timezone_name
from babel.numbers import get_currency_symbol, parse_pattern
from markupsafe import Markup

from booking.money import WHOLE_UNITS_ONLY, Money, exponent
from handlers.words import Words

HOUR: Final = 60
NBSP: Final = "\u00a0"
_LETTER_MEETS_DIGIT: Final = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Z])")


def local(words: Words, instant: datetime) -> datetime:
    """Return an instant on the shop's wall clock."""
    return instant.astimezone(words.shop.timezone)


def clock(words: Words, instant: datetime) -> str:
    """Write the shop's time of day as HH:MM."""
    return words.digits(f"{local(words, instant):%H:%M}")


def exact_clock(words: Words, instant: datetime) -> str:
    """Write the shop's time of day as HH:MM:SS."""
    return words.digits(f"{local(words, instant):%H:%M:%S}")


def day(words: Words, on: date) -> str:
    """Write a day shortly: Fri 4 Dec."""
    return _date(words, on, "format.day")


def long_day(words: Words, on: date) -> str:
    """Write a day in full: Friday, 4 December 2026."""
    return _date(words, on, "format.long_day")


def month(words: Words, on: date) -> str:
    """Write a month: December 2026."""
    return _date(words, on, "format.month")


def month_name(words: Words, on: date) -> str:
    """Write a month without its year: December."""
    return format_date(on, "LLLL", locale=words.locale)


@lru_cache(maxsize=1024)
def _date(words: Words, on: date, pattern: str) -> str:
    return words.digits(format_date(on, words.plain(pattern), locale=words.locale))


def region_of(zone: ZoneInfo) -> str | None:
    """Guess the country of a time zone, as ISO 3166 code."""
    territory = get_global("zone_territories").get(zone.key)
    return territory if isinstance(territory, str) else None


@cache
def first_weekday(zone: ZoneInfo) -> int:
    """Return the day weeks begin with in the shop's country; 0 is Monday."""
    region = region_of(zone)
    return Locale.parse(f"und_{region}").first_week_day if region else 0


def weekdays(words: Words) -> list[str]:
    """Return the shortest names of the weekdays, beginning with the first of the week."""
    names = words.locale.days["stand-alone"]["short"]
    first = first_weekday(words.shop.timezone)
    return [names[(first + shift) % 7] for shift in range(7)]


def moment(words: Words, instant: datetime) -> str:
    """Write a day and time of the shop: Fri 4 Dec, 15:30."""
    there = local(words, instant)
    return words.plain("format.moment", day=day(words, there.date()), time=clock(words, instant))


def long_moment(words: Words, instant: datetime) -> str:
    """Write a day and time of the shop in full: Friday, 4 December 2026, 15:30."""
    on = long_day(words, local(words, instant).date())
    return words.plain("format.moment", day=on, time=clock(words, instant))


def zone(words: Words, instant: datetime) -> str:
    """Name the shop's zone at an instant: Central European Standard Time (UTC+1)."""
    there = local(words, instant)
    shift = there.utcoffset()
    minutes = int(shift.total_seconds() // 60) if shift is not None else 0
    hours, rest = divmod(abs(minutes), HOUR)
    offset = f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
    offset = "UTC" if minutes == 0 else words.digits(offset)
    name = get_timezone_name(there, locale=words.locale)
    if "UTC" in name or "GMT" in name:  # CLDR has no name for it, or only under an older key
        name = words.shop.timezone.key.rpartition("/")[2].replace("_", " ")
    return offset if words.shop.timezone.key.endswith("UTC") else f"{name} ({offset})"


def stamp(words: Words, instant: datetime, pattern: str = "wDt") -> Markup:
    """Mark an instant for Telegram, which shows it in the reader's own zone and manner."""
    return Markup('<tg-time unix="{unix}" format="{format}">{fallback}</tg-time>').format(
        unix=int(instant.timestamp()), format=pattern, fallback=moment(words, instant)
    )


def money(words: Words, amount: Money) -> str:
    """Write an amount with its currency's sign and its own number of decimals."""
    pattern = parse_pattern(words.locale.currency_formats["standard"].pattern)
    places = exponent(amount.currency)
    shown = 0 if amount.currency in WHOLE_UNITS_ONLY else places
    pattern.frac_prec = (shown, shown)
    value = Decimal(amount.minor).scaleb(-places)
    written = pattern.apply(value, words.locale, currency=amount.currency, currency_digits=False)
    return words.digits(_LETTER_MEETS_DIGIT.sub(NBSP, written))


def currency_sign(words: Words, currency: str) -> str:
    """Return how the language signs a currency."""
    return get_currency_symbol(currency, locale=words.locale)


def duration(words: Words, minutes: int) -> str:
    """Write a length of time: 45 min, 1 h 30 min, 2 h."""
    hours, rest = divmod(minutes, HOUR)
    if not hours:
        return words.plain("duration.minutes", minutes=rest)
    if not rest:
        return words.plain("duration.hours", hours=hours)
    return words.plain("duration.both", hours=hours, minutes=rest)
