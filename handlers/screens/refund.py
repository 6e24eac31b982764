"""The question before money is given back, and what exactly is agreed to by its answer."""

import re
from dataclasses import dataclass
from typing import Final, Self

from markupsafe import Markup

from booking.money import Money
from booking.refund import Purse
from handlers import formats
from handlers.keyboards import NO, Verb, base36, on_booking, one
from handlers.outgoing import Style
from handlers.screens.booking import essentials
from handlers.screens.booking_view import BookingView
from handlers.screens.screen import Screen, lines, paragraphs
from handlers.words import Words

_WRITTEN: Final = re.compile(r"([0-9a-z]{1,9})\.([0-9a-z]{1,9})\.([0-9a-z]{1,9})\.([A-Z]{3})")


@dataclass(frozen=True, slots=True)
class Question:
    """How much is to be given back, how much cannot be any more, and the update that asked."""

    amount: Money
    given_back: int
    """Given back already, on its way, or disputed."""
    number: int

    def __str__(self) -> str:
        numbers = (self.amount.minor, self.given_back, self.number)
        return ".".join([*map(base36, numbers), self.amount.currency])

    @classmethod
    def of(cls, found: re.Match[str]) -> Self:
        """Return the question that was written so."""
        amount, given_back, number = (int(found[at], 36) for at in (1, 2, 3))
        return cls(Money(amount, found[4]), given_back, number)


def read(written: str) -> Question | None:
    """Read a question as it is written into callback data; None when it is none."""
    found = _WRITTEN.fullmatch(written)
    return Question.of(found) if found else None


def refund(words: Words, view: BookingView, purse: Purse, question: Question) -> Screen:
    """Ask whether so much is given back, saying all that this changes."""
    amount = formats.money(words, question.amount)
    known = Money(question.given_back, purse.paid.currency)
    back, left = known - purse.disputed, purse.paid - known - question.amount
    text = paragraphs(
        [
            Markup("<b>{}</b>").format(words("refund.title", amount=amount)),
            lines([*essentials(words, view), *who(words, view)]),
            lines(
                [
                    words("refund.paid", amount=formats.money(words, purse.paid)),
                    words("refund.before", amount=formats.money(words, back)),
                    _disputed(words, purse.disputed),
                    words("refund.now", amount=amount),
                    words("refund.left", amount=formats.money(words, left)),
                ]
            ),
            words("refund.effect"),
        ]
    )
    yes = on_booking(view.reference, Verb.REFUND, str(question))
    no = on_booking(view.reference, Verb.REFUND, NO)
    return Screen(
        text=text,
        rows=(
            one(words.plain("button.refund_yes", amount=amount), yes, Style.DANGER),
            one(words.plain("button.no"), no),
        ),
    )


def _disputed(words: Words, amount: Money) -> Markup | None:
    return words("refund.disputed", amount=formats.money(words, amount)) if amount else None


def who(words: Words, view: BookingView) -> list[Markup]:
    """Say to an admin whose booking it is, and how it stands."""
    name = (view.contact or {}).get("name")
    said = [words("line.name", name=name)] if name else []
    status = words("line.status", status=words.plain(f"status.{view.status}"))
    return [words("line.reference", reference=view.reference), *said, status]
