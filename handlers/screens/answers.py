"""What was answered to a question of the shop, in the reader's language."""

from contextlib import suppress
from datetime import date

from booking.catalog import Question
from handlers import formats
from handlers.words import Words


def in_words(words: Words, question: Question, answer: str) -> str:
    """Return an answer as the reader would give it: choices and dates in their language."""
    if question.kind == "choice":
        for choice in question.choices:
            if answer in choice.values():
                return words.local(choice)
    if question.kind == "date":
        with suppress(ValueError):  # the question may have been of another kind once
            return formats.long_day(words, date.fromisoformat(answer))
    return words.digits(answer) if question.kind == "number" else answer
