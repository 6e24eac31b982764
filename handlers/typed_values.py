"""What people type, understood: dates, times, counts, amounts, telephone numbers, addresses.

Pure functions; None means "not understood". Digits of any script are read.
"""

import re
import unicodedata
from datetime import date, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import get_currency_symbol

from booking.money import Money, chargeable_step, parse_amount
from handlers.formats import region_of
from handlers.words import read_digits, translated

_DAYS_AHEAD: Final = {
    "today": 0,
    "tomorrow": 1,
    "day after tomorrow": 2,
    "আজ": 0,
    "আজকে": 0,
    "কাল": 1,
    "কালকে": 1,
    "আগামীকাল": 1,
    "পরশু": 2,
}
_COUNTS: Final = {
    **dict(
        zip(
            ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
            range(1, 11),
            strict=True,
        )
    ),
    **dict(
        zip(
            ["এক", "দুই", "তিন", "চার", "পাঁচ", "ছয়", "সাত", "আট", "নয়", "দশ"], range(1, 11), strict=True
        )
    ),
    **dict(zip(["একজন", "দুজন", "তিনজন", "চারজন", "পাঁচজন"], range(1, 6), strict=True)),
    "একটি": 1,
    "দুটি": 2,
    "তিনটি": 3,
}
_NOON: Final = 12
_CENTURY: Final = 100
_YEARS: Final = range(1900, 3000)
"""What anybody means by a date; the days at the ends of the calendar have no neighbours."""
_AFTERNOON: Final = ("pm", "p.m", "দুপুর", "বিকাল", "বিকেল", "সন্ধ্যা", "রাত")
_MORNING: Final = ("am", "a.m", "ভোর", "সকাল")
_HALF_PAST: Final = ("half past", "সাড়ে", "সাড়ে")
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMERIC: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}|\d{2}))?\.?")
_ORDINAL: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.|ই|লা|রা|ঠা|শে)?")
_YEAR: Final = re.compile(r"\d{4}")
_BETWEEN: Final = re.compile(r"[\s,]+(?:(?:at|on|um|তারিখ)\s+)?")
_CLOCK: Final = re.compile(r"(\d{1,2})(?:\s*[:.h]\s*(\d{2}))?")


def read_date(text: str, *, today: date) -> date | None:
    """Read a date such as "4 dec", "25/11", "tomorrow", "Friday" or "২৫ নভেম্বর", day first.

    Without a year the next such date is meant, today included.
    """
    said = read_digits(text).strip().casefold().rstrip("।!")
    if said in _DAYS_AHEAD:
        return today + timedelta(days=_DAYS_AHEAD[said])
    weekday = _names("days").get(_folded(said))
    if weekday is not None:
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    if found := _ISO.fullmatch(said):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMERIC.fullmatch(said):
        return _next(int(found[1]), int(found[2]), found[3], today)
    return _read_named(said, today)


def _read_named(said: str, today: date) -> date | None:
    """Read a day and the name of a month in any order; a weekday or year may stand beside."""
    found: dict[str, int] = {}
    for word in re.split(r"[\s,]+", said):
        part = _part(word)
        if part is None or part[0] in found:
            return None
        found[part[0]] = part[1]
    if "day" not in found or "month" not in found:
        return None
    year = str(found["year"]) if "year" in found else None
    return _next(found["day"], found["month"], year, today)


def _part(word: str) -> tuple[str, int] | None:
    if number := _ORDINAL.fullmatch(word):
        return "day", int(number[1])
    if _YEAR.fullmatch(word):
        return "year", int(word)
    name = _folded(word)
    if name in _names("months"):
        return "month", _names("months")[name]
    return ("weekday", _names("days")[name]) if name in _names("days") else None


def _next(day: int, month: int, year: str | None, today: date) -> date | None:
    if year is not None:
        century = 0 if int(year) >= _CENTURY else today.year // _CENTURY * _CENTURY
        return _date(int(year) + century, month, day)
    for candidate in range(today.year, today.year + 5):
        then = _date(candidate, month, day)
        if then is not None and then >= today:
            return then
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


@cache
def _names(table: str) -> dict[str, int]:
    """Collect the names of the days or months in every language we speak."""
    names: dict[str, int] = {}
    for code in sorted(translated()):
        forms = getattr(Locale.parse(code), table)["format"]
        for width in ("wide", "abbreviated"):
            names |= {_folded(name): number for number, name in forms[width].items()}
    return names


def _folded(name: str) -> str:
    """Make spellings equal: case, composed letters, and the two Bengali ways to write an i."""
    folded = unicodedata.normalize("NFC", name).casefold().strip(" .")
    return folded.replace("ী", "ি")


def read_time(text: str) -> time | None:
    """Read a time of day such as "15:30", "3pm", "at 9", "বিকাল ৩টা" or "সাড়ে ৫টা".

    What also names a day is none: "4 Dec" is not four o'clock.
    """
    said = read_digits(text).strip().casefold()
    found = _CLOCK.search(said)
    if (
        found is None
        or _names_a_day(said)
        or len(re.findall(r"\d+", said)) > 1 + (found[2] is not None)
    ):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if any(word in said for word in _HALF_PAST) and found[2] is None:
        minute = 30
    night = "রাত" in said and hour == _NOON
    if night or (any(word in said for word in _MORNING) and hour == _NOON):
        hour = 0
    elif any(word in said for word in _AFTERNOON) and hour < _NOON:
        hour += _NOON
    try:
        return time(hour, minute)
    except ValueError:
        return None


def read_moment(text: str, *, today: date) -> tuple[date, time] | None:
    """Read a day and a time together, in any order: "tomorrow 15:30", "3pm on 4 Dec"."""
    said = _BETWEEN.sub(" ", text).split()
    if read_date(text, today=today) is not None:  # "4 Dec 2026" is no quarter past eight
        return None
    for at in range(len(said) - 1, 0, -1):
        head, tail = " ".join(said[:at]), " ".join(said[at:])
        for day, clock in ((head, tail), (tail, head)):
            on, then = read_date(day, today=today), read_time(clock)
            if on is not None and then is not None:
                return on, then
    return None


def _names_a_day(said: str) -> bool:
    words = [_folded(word) for word in re.split(r"[\s,]+", said)]
    named = _names("days").keys() | _names("months").keys() | _DAYS_AHEAD.keys()
    return any(word in named for word in words)


def read_count(text: str) -> int | None:
    """Read a whole number, in digits of any script or as a small number word."""
    said = read_digits(text).strip().casefold()
    if said in _COUNTS:
        return _COUNTS[said]
    found = re.fullmatch(r"(\d{1,6})\s*\D{0,12}", said)
    return int(found[1]) if found else None


def read_amount(text: str, *, currency: str) -> Money | None:
    """Read an amount a currency can pay, such as "10", "10.00", "10,00 €" or "৳ ১০".

    Decimals are all there or none: "1.5" and "1,500" may mean more than one thing.
    """
    said = read_digits(text).upper()
    for sign in (currency, *_signs(currency)):
        said = said.replace(sign, "")
    try:
        amount = parse_amount(said.strip().replace(",", "."), currency)
    except ValueError:
        return None
    return amount if amount.minor % chargeable_step(currency) == 0 else None


@cache
def _signs(currency: str) -> list[str]:
    signs = {get_currency_symbol(currency, locale=code).upper() for code in translated()}
    return sorted(signs, key=len, reverse=True)


def read_phone(text: str, *, zone: ZoneInfo) -> str | None:
    """Read a telephone number as E.164; a national one is taken to be of the shop's country."""
    import phonenumbers

    try:
        number = phonenumbers.parse(read_digits(text), region_of(zone))
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_email(text: str) -> str | None:
    """Read an e-mail address in its normal form, without asking the network."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None
