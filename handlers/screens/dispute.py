"""A dispute as admins read it: a line among the money of its booking, and a card."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup

from booking.money import Money
from db.states import DisputeState
from handlers import formats
from handlers.screens.screen import lines, paragraphs
from handlers.words import Words

REASONS: Final = frozenset(
    {
        "bank_cannot_process",
        "check_returned",
        "credit_not_processed",
        "customer_initiated",
        "debit_not_authorized",
        "duplicate",
        "fraudulent",
        "general",
        "incorrect_account_details",
        "insufficient_funds",
        "noncompliant",
        "product_not_received",
        "product_unacceptable",
        "subscription_canceled",
        "unrecognized",
    }
)
"""Stripe's words for what a buyer told their bank that we have a text for."""


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute as its screens need it."""

    dispute_id: str
    reference: str
    amount: Money
    state: DisputeState
    reason: str
    """A word of Stripe's."""
    due_by: datetime | None


def line(words: Words, view: DisputeView) -> Markup:
    """Say how a dispute stands among the other money of its booking."""
    amount = formats.money(words, view.amount)
    state = words.plain(f"dispute_state.{view.state}")
    if view.due_by is None or not view.state.needs_response:
        return words("line.dispute", amount=amount, state=state)
    when = formats.moment(words, view.due_by)
    return words("line.dispute_due", amount=amount, state=state, when=when)


def card(words: Words, title: str, view: DisputeView, about: Markup | None) -> Markup:
    """Say what a dispute is about, until when an answer is taken, and what it means for the money.

    `title` names the card, `about` is the booking or the evidence.
    """
    amount = formats.money(words, view.amount)
    return paragraphs(
        [
            Markup("<b>{}</b>").format(words(f"card.{title}")),
            lines(
                [
                    words("line.amount", amount=amount),
                    _reason(words, view),
                    _deadline(words, view),
                    words("line.dispute_id", dispute=view.dispute_id),
                ]
            ),
            words(f"dispute_effect.{view.state}", amount=amount, reference=view.reference),
            about,
        ]
    )


def _reason(words: Words, view: DisputeView) -> Markup:
    said = words(f"dispute_reason.{view.reason}") if view.reason in REASONS else view.reason
    return words("line.dispute_reason", reason=said or "?")


def _deadline(words: Words, view: DisputeView) -> Markup | None:
    if view.due_by is None or not view.state.needs_response:
        return None
    when = formats.long_moment(words, view.due_by)
    return words("line.answer_by", when=when, zone=formats.zone(words, view.due_by))
