"""A payment that does not fit: what an admin may decide, and the question before it is done."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from markupsafe import Markup

from booking.money import Money
from db.money_models import Review
from handlers import formats
from handlers.keyboards import NONE, Verb, base36, on_booking, one
from handlers.outgoing import Rows, Style
from handlers.screens.booking import essentials
from handlers.screens.booking_view import BookingView
from handlers.screens.screen import Screen, lines, paragraphs
from handlers.words import Words

_WRITTEN: Final = re.compile(r"([0-9a-z]{1,6})\.(accept|return|no)(\.yes)?")


class Choice(StrEnum):
    """What an admin may do with such a payment."""

    ACCEPT = "accept"
    RETURN = "return"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Decision:
    """What an admin chose for which payment, and whether they were asked about it."""

    review_id: int
    choice: Choice
    sure: bool = False

    def __str__(self) -> str:
        return f"{base36(self.review_id)}.{self.choice}{'.yes' if self.sure else ''}"

    @classmethod
    def read(cls, written: str) -> Self | None:
        """Read a decision as it is written into callback data; None when it is none."""
        found = _WRITTEN.fullmatch(written)
        return cls(int(found[1], 36), Choice(found[2]), bool(found[3])) if found else None


def amount_of(review: Review) -> Money:
    """Return what was paid."""
    return Money(review.detail["amount_minor"], review.detail["currency"])


def choices(words: Words, review: Review, *, reference: str | None, accept: bool = True) -> Rows:
    """Return the buttons under a payment that waits for an admin.

    One only without a booking, or where it does not `accept` the payment any more.
    """
    money = formats.money(words, amount_of(review))
    yes = _tap(reference, Decision(review.id, Choice.ACCEPT))
    back = one(
        words.plain("button.review_return", amount=money),
        _tap(reference, Decision(review.id, Choice.RETURN)),
    )
    if not reference or not accept:
        return (back,)
    return (one(words.plain("button.review_accept"), yes), back)


def _tap(reference: str | None, decision: Decision) -> str:
    return on_booking(reference or NONE, Verb.REVIEW, str(decision))


def question(
    words: Words,
    review: Review,
    decision: Decision,
    view: BookingView | None,
    *,
    misfit: Markup | None,
    ends: bool,
) -> Screen:
    """Ask whether a payment that does not fit is really accepted or given back.

    `ends` tells whether the booking ends with its payment.
    """
    accepts = decision.choice == Choice.ACCEPT
    money = formats.money(words, amount_of(review))
    reference = view.reference if view else None
    key = "review.accept" if accepts else "review.return"
    about = [*essentials(words, view), words("line.reference", reference=reference)] if view else []
    effect = f"{key}_effect" if view else "review.stray_effect"
    if view and not accepts:
        effect = "review.return_ends" if ends else "review.return_stays"
    yes = "button.review_accept_yes" if accepts else "button.refund_yes"
    return Screen(
        text=paragraphs(
            [
                Markup("<b>{}</b>").format(words(key, amount=money)),
                lines(about),
                lines([*_asked_and_paid(words, view, money), misfit]),
                words(effect, amount=money),
            ]
        ),
        rows=(
            one(
                words.plain(yes, amount=money),
                _tap(reference, Decision(review.id, decision.choice, sure=True)),
                Style.SUCCESS if accepts else Style.DANGER,
            ),
            one(words.plain("button.no"), _tap(reference, Decision(review.id, Choice.NO))),
        ),
    )


def _asked_and_paid(words: Words, view: BookingView | None, money: str) -> list[Markup]:
    paid = words("line.paid", amount=money)
    return [words("line.online", amount=formats.money(words, view.due)), paid] if view else [paid]
