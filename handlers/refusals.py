"""Why something is refused, in the words of whoever reads it."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from booking import notices
from booking.errors import Refusal
from booking.money import Money
from db.states import DisputeState
from handlers import formats
from handlers.words import Words


def explanation(words: Words, refusal: Refusal) -> Markup:
    """Say why something is refused."""
    return words(f"refusal.{refusal.code()}", **_details(words, refusal))


def remark(words: Words, refusal: Refusal, **more: object) -> Mapping[str, Any]:
    """Return the remark that explains a refusal above a screen, amounts in the reader's words.

    With `person`, it says where somebody can help.
    """
    return notices.note(f"refusal.{refusal.code()}", **_details(words, refusal), **more)


def _details(words: Words, refusal: Refusal) -> dict[str, object]:
    return {name: _in_words(words, value) for name, value in refusal.details.items()}


def _in_words(words: Words, value: object) -> object:
    if isinstance(value, Money):
        return formats.money(words, value)
    if isinstance(value, DisputeState):
        return words.plain(f"dispute_state.{value}")
    return value
