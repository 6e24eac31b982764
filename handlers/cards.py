"""Cards for the admins, and what a customer is told while a person looks at their payment."""

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from booking.errors import Refusal
from booking.mismatch import may_be_confirmed, to_decide
from booking.money import Money
from booking.reviews import Answer, Kind
from db.jobs import Job
from db.models import Booking
from db.money_models import Review
from db.states import EndReason
from handlers import books_cards, dispute_cards, formats, reading
from handlers.door import Door
from handlers.outgoing import Outgoing, Rows
from handlers.screens.admin import admin_booking
from handlers.screens.admin_buttons import look
from handlers.screens.cancel import cancelled_card
from handlers.screens.review import choices
from handlers.screens.screen import lines, paragraphs
from handlers.words import Words

NOTHING = "?"
WHY: Final = frozenset(
    {
        # why Stripe refuses to make one
        "charge_already_refunded",
        "charge_disputed",
        "too_large",
        # why one waits
        "charge_pending",
        "insufficient_funds",
        "processing",
        # why one failed
        "charge_for_pending_refund_disputed",
        "declined",
        "expired_or_canceled_card",
        "lost_or_stolen_card",
        "merchant_request",
        "unknown",
    }
)
"""Words of Stripe's about a refund that we have a text for."""


FOR_A_PERSON: Final = frozenset(
    {
        "cancel_missed",
        "checkout_refused",
        "receipt_waits",
        "refund_canceled",
        "refund_failed",
        "refund_refused",
        "refund_requires_action",
        "refund_waits",
        "return_disputed",
    }
)
"""Cards after which somebody has something to do with the booking: they lead to it."""


async def render(door: Door, job: Job) -> list[Outgoing]:
    """Word a card for one admin chat, in the shop's default language."""
    payload, shop = job.payload, door.env.shop
    if payload["chat"] not in shop.admins and payload["chat"] != shop.admin_chat:
        return []  # no admin any more since the card was written
    words = door.words(None)
    if payload["card"] in books_cards.CARDS:
        screen = await books_cards.CARDS[payload["card"]](door, words, payload)
        return [Outgoing(chat_id=payload["chat"], text=screen.text, rows=screen.rows)]
    if "dispute" in payload:
        return await dispute_cards.render(door, words, payload)
    text, rows = await _card(words, payload), await _choices(words, payload.get("review"))
    if not rows and payload["card"] in FOR_A_PERSON:
        rows = await _look(words, payload.get("booking"))
    return [Outgoing(chat_id=payload["chat"], text=text, rows=rows)]


async def _look(words: Words, booking_id: object) -> Rows:
    """Return the button that opens the booking a card is about, with all that can be done."""
    booking = await Booking.get_or_none(id=booking_id) if isinstance(booking_id, int) else None
    return (look(words, booking.reference),) if booking is not None else ()


async def _choices(words: Words, review_id: object) -> Rows:
    """Return what an admin may decide about a payment that does not fit."""
    if not isinstance(review_id, int):
        return ()
    try:
        review = await to_decide(review_id)
    except Refusal:
        return ()
    booking = review.booking
    if booking is None:
        return choices(words, review, reference=None)
    accept = may_be_confirmed(booking)
    return choices(words, review, reference=booking.reference, accept=accept)


async def _card(words: Words, payload: Mapping[str, object]) -> Markup:
    title = Markup("<b>{}</b>").format(words(f"card.{payload['card']}"))
    why = payload.get("why")
    return paragraphs(
        [
            title,
            cancelled_card(words, payload) if payload["card"] == "cancelled" else None,
            await _refund(words, payload),
            await _review(words, payload.get("review")),
            await _booking(words, payload.get("booking")),
            words("card.why", why=str(why)) if why else None,
            words("card.see_jobs") if payload["card"] == "job_failed" else None,
        ]
    )


async def _refund(words: Words, payload: Mapping[str, object]) -> Markup | None:
    """Say how much a refund is of, its id at Stripe, and why it stands as it does."""
    refund = await reading.refund_by_id(payload.get("refund"))
    if refund is None:
        return None
    amount = Money(refund.amount_minor, refund.attempt.currency)
    because = payload.get("because")
    return lines(
        [
            words("line.amount", amount=formats.money(words, amount)),
            words("line.refund_id", refund=refund.refund_id) if refund.refund_id else None,
            words(f"refund_why.{because}") if because in WHY else None,
        ]
    )


async def _booking(words: Words, booking_id: object) -> Markup | None:
    booking = await reading.booking_by_id(booking_id) if isinstance(booking_id, int) else None
    if booking is None:
        return None
    return admin_booking(words, await reading.view_of(words, booking)).text


async def _review(words: Words, review_id: object) -> Markup | None:
    review = await Review.get_or_none(id=review_id) if isinstance(review_id, int) else None
    if review is None:
        return None
    detail = review.detail
    amount = formats.money(words, Money(detail["amount_minor"], detail["currency"]))
    return lines(
        [
            words("line.reference", reference=detail["reference"] or NOTHING),
            words("line.amount", amount=amount),
            words("line.payment", payment=detail["payment_intent"] or NOTHING),
            words("card.session", session=review.session_id),
            misfit(words, detail["misfit"]),
            _what_next(words, review),
        ]
    )


def _what_next(words: Words, review: Review) -> Markup | None:
    """Say what becomes of a payment without an admin."""
    if review.offered_until is not None:
        return words("card.offered", until=formats.moment(words, review.offered_until))
    return words("card.returned") if review.answer == Answer.RETURNED else None


def misfit(words: Words, named: str) -> Markup | None:
    """Say what of a payment does not fit; `named` are words of `booking.confirm`."""
    if not named:
        return None
    said = ", ".join(words.plain(f"misfit.{name}") for name in named.split(", "))
    return words("card.misfit", misfit=said)


async def parked(words: Words, review_id: int) -> Markup:
    """Tell a customer why their payment does not simply confirm their booking."""
    review = await Review.get(id=review_id).select_related("booking")
    detail = review.detail
    amount = formats.money(words, Money(detail["amount_minor"], detail["currency"]))
    return paragraphs(
        [
            words(_why_parked(review), amount=amount, reference=detail["reference"] or ""),
            words(
                "parked.returned" if review.answer == Answer.RETURNED else "parked.person",
                contact=words.shop.support or words.shop.name,
            ),
        ]
    )


def _why_parked(review: Review) -> str:
    ended = review.booking.end_reason if review.booking is not None else None
    if review.kind == Kind.LATE_PAYMENT and ended == EndReason.SHOP:
        return "parked.after_shop"
    return f"parked.{Kind(review.kind)}"


async def amount_of(review_id: int) -> Money:
    """Return what a payment was of that did not simply confirm its booking."""
    detail = (await Review.get(id=review_id)).detail
    return Money(detail["amount_minor"], detail["currency"])
