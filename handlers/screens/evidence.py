"""The evidence against a dispute: all that is known of a booking, in one text to copy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup

from booking.money import Money
from booking.policy import Step
from db.states import BookingState, RefundState
from handlers import formats
from handlers.screens.booking_view import BookingView
from handlers.screens.policy import promised
from handlers.screens.screen import short
from handlers.words import Words

LONGEST: Final = 2800
"""So many characters of a card are evidence."""
GIVEN: Final = 120
"""So many characters of a name or an address are shown."""
NAMED: Final = frozenset(
    {
        "receipt_text",
        "receipt_ics",
        "receipt_qr",
        "hold_ended",
        "payment_failed",
        "payment_parked",
        "payment_link_late",
    }
)
GROUPS: Final = ("refund", "remind")
"""What is part of the kinds of notices that share a name."""


@dataclass(frozen=True, slots=True)
class Message:
    """A notice that reached the customer."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A refund of the payment."""

    amount: Money
    state: RefundState
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the shop can tell a bank about a booking and its payment."""

    view: BookingView
    booked_at: datetime
    ended_at: datetime | None
    policy: Sequence[Step]
    """As it was accepted."""
    payment: str
    paid: Money
    paid_at: datetime | None
    refunds: Sequence[GivenBack]
    messages: Sequence[Message]
    """Oldest first."""
    now: datetime


def evidence(words: Words, known: Evidence) -> Markup:
    """Write the evidence as a block that a tap copies."""
    said = [*_booking(words, known), *_payment(words, known)]
    room = LONGEST - len("\n".join(said))
    said += _messages(words, known, room)
    return Markup("<pre>{}</pre>").format("\n".join(said))


def _booking(words: Words, known: Evidence) -> Iterator[str]:
    view = known.view
    contact = {name: short(value, GIVEN) for name, value in (view.contact or {}).items() if value}
    yield words.plain("evidence.booking", reference=view.reference)
    yield words.plain("evidence.service", service=view.service, staff=view.staff)
    yield words.plain("evidence.start", when=formats.long_moment(words, view.start))
    if view.is_group:
        yield words.plain("line.seats", seats=view.seats)
    yield words.plain("evidence.booked", when=formats.long_moment(words, known.booked_at))
    for name, value in contact.items():
        yield words.plain(f"line.{name}", **{name: value})
    yield words.plain("evidence.happened", what=_what_happened(words, known))
    yield ""
    yield words.plain("evidence.policy", when=formats.long_moment(words, known.booked_at))
    yield from promised(words, known.policy, start=view.start)


def _what_happened(words: Words, known: Evidence) -> str:
    view = known.view
    if view.status in {BookingState.CANCELLED, BookingState.EXPIRED}:
        when = formats.long_moment(words, known.ended_at) if known.ended_at else "?"
        by = f"evidence.{view.end_reason}" if view.end_reason in {"customer", "shop"} else ""
        return words.plain(by or f"evidence.{view.status}", when=when)
    if view.status == BookingState.CONFIRMED:
        return words.plain("evidence.ahead" if known.now < view.end else "evidence.over")
    return words.plain(f"evidence.{view.status}")


def _payment(words: Words, known: Evidence) -> Iterator[str]:
    yield ""
    yield words.plain(
        "evidence.payment",
        amount=formats.money(words, known.paid),
        when=formats.long_moment(words, known.paid_at) if known.paid_at else "?",
    )
    yield words.plain("evidence.payment_id", payment=known.payment)
    for one in known.refunds:
        yield words.plain(
            "evidence.refund",
            amount=formats.money(words, one.amount),
            when=formats.long_moment(words, one.at),
            state=words.plain(f"refund_state.{one.state}"),
        )
    if not known.refunds:
        yield words.plain("evidence.no_refunds")


def _messages(words: Words, known: Evidence, room: int) -> list[str]:
    """List the messages, the newest ones where not all of them fit."""
    zone = words.plain("evidence.zone", zone=formats.zone(words, known.view.start))
    head = words.plain("evidence.messages" if known.messages else "evidence.no_messages")
    left = room - len(head) - len(zone) - 4
    shown: list[str] = []
    for message in reversed(known.messages):
        when = formats.long_moment(words, message.at)
        entry = words.plain("evidence.message", when=when, what=_named(words, message.kind))
        left -= len(entry) + 1
        if left < 0:
            break
        shown.append(entry)
    return ["", head, *reversed(shown), "", zone]


def _named(words: Words, kind: str) -> str:
    if kind in NAMED:
        return words.plain(f"told.{kind}")
    group = next((group for group in GROUPS if group in kind), "other")
    return words.plain(f"told.{group}")
