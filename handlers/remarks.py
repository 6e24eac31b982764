"""What is said above a screen, or within one, about something that just could not be."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from markupsafe import Markup

from booking import notices
from booking.errors import Refusal
from handlers import formats
from handlers.screens.screen import lines
from handlers.words import Words


def remark(words: Words, note: Mapping[str, Any] | None) -> Markup | None:
    """Word a remark for the top of a screen.

    What it names `at` is an instant, in epoch seconds; `on` is a day of the shop, in ISO; `person`
    is where somebody can help.
    """
    if not note:
        return None
    args = dict(note["args"])
    if "at" in args:
        args["at"] = formats.exact_clock(words, datetime.fromtimestamp(int(args["at"]), UTC))
    if "on" in args:
        args["on"] = formats.long_day(words, date.fromisoformat(args["on"]))
    person = args.pop("person", None)
    said = words(note["key"], **args)
    return lines([said, words("typed.person", contact=person)]) if person else said


def refused(words: Words, refusal: Refusal) -> Markup | None:
    """Word a refusal."""
    return remark(words, notices.refused(refusal))
