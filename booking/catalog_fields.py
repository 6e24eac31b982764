"""Single values of the catalogue file: how each is read, and what is said when it is wrong.

Every function is a pydantic validator: it returns the value to keep or raises ValueError.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from booking.hours import CELL_MINUTES, WEEKDAYS, OpenRange, overlaps, parse_clock, parse_range

LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
PERCENT: Final = re.compile(r"(100|[0-9]{1,2})%", re.ASCII)
LONGEST_TEXT: Final = 2000


def normalised_text(value: object) -> dict[str, str]:
    """Turn a string or a table by language into a table; a string stands under ""."""
    match value:
        case str():
            return {"": _words("", value)}
        case Mapping() if value:
            return {_language(key, len(value)): _words(key, words) for key, words in value.items()}
        case _:
            raise ValueError('must be a string, or a table by language such as { en = "…" }')


def _language(key: object, languages: int) -> str:
    if isinstance(key, str) and (LANGUAGE.fullmatch(key) or (key == "" and languages == 1)):
        return key
    raise ValueError(f'{key!r} is not a language: write "en" or "pt-br"')


def _words(language: object, words: object) -> str:
    where = f"{language}: " if language else ""
    if not isinstance(words, str) or not words.strip():
        raise ValueError(f"{where}must be words, not {words!r}")
    if len(words) > LONGEST_TEXT:
        raise ValueError(f"{where}is longer than {LONGEST_TEXT} characters")
    return words


def written_text(text: Mapping[str, str]) -> str | dict[str, str]:
    """Write a text as the file has it: the reverse of `normalised_text`."""
    return text[""] if "" in text else dict(text)


def five_minutes(minutes: int) -> int:
    """Accept multiples of a cell only."""
    if minutes % CELL_MINUTES:
        raise ValueError(f"{minutes} is not a multiple of {CELL_MINUTES} minutes")
    return minutes


def seen_once(values: tuple[str, ...]) -> tuple[str, ...]:
    """Accept lists that name nothing twice."""
    for index, value in enumerate(values):
        if value in values[:index]:
            raise ValueError(f"{value!r} is listed twice")
    return values


def start_time(text: str) -> str:
    """Accept a start such as "18:00"."""
    if parse_clock(text) == parse_clock("24:00"):
        raise ValueError('"24:00" starts nothing: write "00:00"')
    return text


def hours_range(text: str) -> str:
    """Accept a range such as "09:00-12:30"."""
    parse_range(text)
    return text


def hours_by_weekday(hours: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Accept a week whose ranges share no time, Sunday night and Monday included."""
    week = tuple(tuple(map(parse_range, hours.get(day, ()))) for day in WEEKDAYS)
    for day, span, other_day, other in overlaps(week):
        raise ValueError(f"{_spoken(day, span)} overlaps {_spoken(other_day, other)}")
    return hours


def _spoken(day: int, span: OpenRange) -> str:
    clock = [f"{minutes // 60 % 24:02}:{minutes % 60:02}" for minutes in span]
    return f"{WEEKDAYS[day]} {'-'.join(clock)}"


def local_time(moment: datetime) -> datetime:
    """Accept a local date-time on a multiple of five minutes, without a zone."""
    if moment.tzinfo is not None:
        raise ValueError("is in the shop's zone: write it without an offset or Z")
    if moment.minute % CELL_MINUTES or moment.second or moment.microsecond:
        raise ValueError(f"{moment} is not a multiple of {CELL_MINUTES} minutes")
    return moment


def deposit_terms(text: str) -> str:
    """Accept a per cent up to 100; an amount is checked where the currency is known."""
    if "%" in text and not PERCENT.fullmatch(text):
        raise ValueError(f'{text!r} is not a per cent: write "30%"')
    return text


def relative_path(text: str) -> str:
    """Accept a path below the catalogue file's folder."""
    path = PurePosixPath(text)
    if not text or path.is_absolute() or ".." in path.parts or "\\" in text:
        raise ValueError(f"{text!r} is not a path below the catalogue file's folder")
    return text
