"""The texts of the catalogue: where they stand, how long they may be, in which languages."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from booking.catalog import Category, Closure, Question, Service, Staff, Text

Speaking = Category | Staff | Service | Closure
"""The entries that have texts."""
# NEL, LS and PS break lines too; joiners, which Bengali needs, are not control characters
CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
# what turns the direction of all that follows, buttons and receipts included
TURNS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
LINE_BREAK: Final = re.compile("[\n\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a text may be, in characters, and whether it may have more than one line."""

    longest: int
    one_line: bool = False


NAME: Final = Limit(100, one_line=True)
DESCRIPTION: Final = Limit(1000)
QUESTION: Final = Limit(200)
CHOICE: Final = Limit(60, one_line=True)
REASON: Final = Limit(200)


@dataclass(frozen=True, slots=True)
class Place:
    """A text, with the path of its field below the entry and what holds there."""

    field: str
    text: Text
    limit: Limit


def texts_of(entry: Speaking) -> Iterator[Place]:
    """Yield the texts of an entry that are there, in the order of its fields."""
    if isinstance(entry, Closure):
        places = [Place("reason", entry.reason, REASON)]
    else:
        places = [Place("name", entry.name, NAME)]
    if isinstance(entry, Service):
        places.append(Place("description", entry.description, DESCRIPTION))
        places.extend(_asked(entry.questions))
    yield from (place for place in places if place.text)


def _asked(questions: Sequence[Question]) -> Iterator[Place]:
    for number, question in enumerate(questions, start=1):
        where = f"questions #{number}"
        yield Place(f"{where}.text", question.text, QUESTION)
        for index, choice in enumerate(question.choices, start=1):
            yield Place(f"{where}.choices #{index}", choice, CHOICE)


def unfit(place: Place, languages: Sequence[str]) -> Iterator[str]:
    """Say why a text cannot be shown: too long, broken, or in no language of the shop.

    Without `languages` its languages are not looked at.
    """
    for language, words in place.text.items():
        where = f"{language}: " if language else ""
        if len(words) > place.limit.longest:
            yield f"{where}is longer than {place.limit.longest} characters"
        if place.limit.one_line and LINE_BREAK.search(words):
            yield f"{where}must be one line"
        elif CONTROL.search(words):
            yield f"{where}has a control character"
        if TURNS.search(words):
            yield f"{where}has a mark that turns the direction"
    if languages and not any(_speaks(place.text, language) for language in languages):
        yield f"has none of the shop's languages: {', '.join(languages)}"


def missing_languages(text: Text, languages: Sequence[str]) -> list[str]:
    """Return the languages in which customers would see another language's words."""
    return [language for language in languages if not _speaks(text, language)]


def _speaks(text: Text, language: str) -> bool:
    return any(choice in text for choice in ("", language, language.partition("-")[0]))
