"""The audit log, read aloud: when, who, and what they did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup

from booking.money import Money
from db.states import EndReason
from handlers import formats
from handlers.keyboards import Verb, on_booking, one
from handlers.screens.screen import Screen, paragraphs, short
from handlers.words import Words, catalogue

WHO_LENGTH: Final = 40
WHY_LENGTH: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the log; `who` is a name, or what stands for one."""

    at: datetime
    who: str
    action: str
    reference: str
    detail: Mapping[str, Any]


def audit(words: Words, reference: str, told: Sequence[Line]) -> Screen:
    """Tell what was done last, the newest first; `reference` when it is about one booking."""
    if not told:
        none = words("audit.none_of", reference=reference) if reference else words("audit.none")
        return Screen(text=none)
    title = words("audit.title_of", reference=reference) if reference else words("audit.title")
    sentences = [_sentence(words, line, named=bool(reference)) for line in told]
    row = one(words.plain("button.look", reference=reference), on_booking(reference, Verb.LOOK))
    return Screen(
        text=paragraphs([Markup("<b>{}</b>").format(title), *sentences]),
        rows=(row,) if reference else (),
    )


def key_of(action: str) -> str:
    """Return the key of the sentence for an action of the log."""
    return "did." + action.replace(" ", "_")


def _sentence(words: Words, line: Line, *, named: bool) -> Markup:
    key, who = key_of(line.action), short(line.who, WHO_LENGTH)
    known = key in catalogue(words.language)
    said = words(key, who=who) if known else words("did.other", who=who, action=line.action)
    more = [*_amount(words, line), *_reason(words, line)]
    if line.reference and not named:
        more.append(Markup("<code>{}</code>").format(line.reference))
    when = words("audit.when", when=formats.moment(words, line.at))
    return Markup("\n").join([when, Markup(" · ").join([said, *more])])


def _amount(words: Words, line: Line) -> list[Markup]:
    minor, currency = line.detail.get("amount_minor"), line.detail.get("currency")
    if not isinstance(minor, int) or not isinstance(currency, str):
        return []
    return [Markup("{}").format(formats.money(words, Money(minor, currency)))]


def _reason(words: Words, line: Line) -> list[Markup]:
    reason = line.detail.get("reason")
    if not isinstance(reason, str) or not reason:
        return []
    if reason in set(EndReason):
        return [words(f"because.{reason}")]
    return [Markup("{}").format(short(reason, WHY_LENGTH))]
