"""The questions before a booking is cancelled, and what is said once it was."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from markupsafe import Markup

from booking.cancel import Terms
from booking.money import Money
from booking.policy import refund_amount
from booking.shop_cancel import Stake
from db.states import BookingState, EndReason
from handlers import formats
from handlers.keyboards import NO, Verb, on_booking, one
from handlers.outgoing import Rows, Style
from handlers.refusals import explanation
from handlers.screens.booking import essentials, what_was_charged
from handlers.screens.booking_view import BookingView
from handlers.screens.refund import Question, who
from handlers.screens.screen import Screen, lines, paragraphs
from handlers.words import Words

KEEP: Final = "k."
"""Begins the answer of an admin who cancels and gives nothing back."""


def cancel(words: Words, view: BookingView, terms: Terms, *, number: int) -> Screen:
    """Ask a customer whether a booking is cancelled, saying to the cent what that gives back."""
    text = paragraphs(
        [
            Markup("<b>{}</b>").format(words("cancel.title")),
            lines([*essentials(words, view), words("line.reference", reference=view.reference)]),
            lines(_money(words, terms)),
            lines(_deadlines(words, terms)),
        ]
    )
    amount = formats.money(words, terms.back)
    key = "button.cancel_back" if terms.back else "button.cancel_yes"
    question = Question(terms.back, terms.purse.given_back.minor, number)
    yes = on_booking(view.reference, Verb.CANCEL, str(question))
    no = on_booking(view.reference, Verb.CANCEL, NO)
    return Screen(
        text=text,
        rows=(
            one(words.plain(key, amount=amount), yes, Style.DANGER),
            one(words.plain("button.cancel_no"), no),
        ),
    )


def _money(words: Words, terms: Terms) -> Iterator[Markup]:
    purse = terms.purse
    if not purse.paid:
        yield words("cancel.nothing_paid")
    else:
        yield words("cancel.paid", amount=formats.money(words, purse.paid))
        if purse.given_back:
            yield words("refund.before", amount=formats.money(words, purse.given_back))
        yield _back(words, terms)
    if terms.onsite:
        yield words("cancel.onsite", amount=formats.money(words, terms.onsite))
    if terms.onsite_paid:
        amount = formats.money(words, terms.onsite_paid)
        contact = words.shop.support or words.shop.name
        yield words("cancel.onsite_paid", amount=amount, contact=contact)


def _back(words: Words, terms: Terms) -> Markup:
    amount = formats.money(words, terms.back)
    if terms.back and terms.back == refund_amount(terms.purse.paid, terms.percent):
        return words("cancel.back", amount=amount, percent=terms.percent)
    if terms.back and terms.purse.paid <= terms.owed:
        return words("cancel.rest", amount=amount, percent=terms.percent)
    if terms.back:
        return words("cancel.just", amount=amount, percent=terms.percent)
    return words("cancel.no_more" if terms.percent else "cancel.nothing_back")


def _deadlines(words: Words, terms: Terms) -> Iterator[Markup]:
    ahead = [one for one in terms.ahead if one.percent]
    if not ahead or not terms.purse.paid:
        return
    for until, percent in ahead:
        yield words("cancel.until", until=formats.moment(words, until), percent=percent)
    yield words("cancel.after")
    yield words("times.zone", zone=formats.zone(words, ahead[0].until))


def shop_cancel(
    words: Words, view: BookingView, stake: Stake, *, reason: str, number: int
) -> Screen:
    """Ask an admin whether a booking is cancelled, saying all that this changes."""
    told = words("shop_cancel.told", reason=reason)
    silent = words("shop_cancel.no_reason", reference=view.reference)
    text = paragraphs(
        [
            Markup("<b>{}</b>").format(words("cancel.title")),
            lines([*essentials(words, view), *who(words, view)]),
            lines(_stake(words, view, stake)),
            told if reason else silent,
            words("shop_cancel.effect"),
        ]
    )
    question = Question(stake.left, stake.given_back, number)
    return Screen(text=text, rows=_answers(words, view, stake, question))


def _stake(words: Words, view: BookingView, stake: Stake) -> Iterator[Markup]:
    if stake.blocked is not None:
        yield explanation(words, stake.blocked)
        yield words("shop_cancel.blocked")
    elif stake.paid:
        back = Money(stake.given_back, stake.paid.currency)
        yield words("refund.paid", amount=formats.money(words, stake.paid))
        yield words("refund.before", amount=formats.money(words, back))
        yield words("shop_cancel.left", amount=formats.money(words, stake.left))
    elif view.status.awaits_money:
        yield words("shop_cancel.unpaid")
    elif view.status == BookingState.PROCESSING:
        yield words("shop_cancel.under_way")
    else:
        yield words("shop_cancel.nothing_paid")
    if view.onsite_paid:
        yield words("shop_cancel.onsite_paid", amount=formats.money(words, view.onsite))


def _answers(words: Words, view: BookingView, stake: Stake, question: Question) -> Rows:
    def answer(label: str, arg: str, style: Style | None = Style.DANGER) -> Rows:
        return (one(label, on_booking(view.reference, Verb.SHOP_CANCEL, arg), style),)

    keep = answer(words.plain("button.shop_cancel_keep"), f"{KEEP}{question}")
    no = answer(words.plain("button.no"), NO, None)
    if stake.blocked is not None:
        return (*keep, *no)
    if not stake.left:
        return (*answer(words.plain("button.cancel_yes"), str(question)), *no)
    amount = formats.money(words, stake.left)
    label = words.plain("button.shop_cancel_back", amount=amount)
    return (*answer(label, str(question)), *no, *keep)


def cancelled_by_shop(words: Words, view: BookingView, *, why: str) -> Markup:
    """Tell a customer that the shop cancelled their booking, why, and what becomes of the money."""
    shop, contact = words.shop.name, words.shop.support or words.shop.name
    key = "notice.cancelled_because" if why else "notice.cancelled_by_shop"
    return paragraphs(
        [
            words(key, shop=shop, why=why),
            lines([*essentials(words, view), words("line.reference", reference=view.reference)]),
            what_was_charged(words, view),
            words("notice.questions", contact=contact),
        ]
    )


def cancelled_card(words: Words, payload: Mapping[str, Any]) -> Markup:
    """Tell the admins who cancelled, and what that gives back."""
    by_customer = payload["by"] == EndReason.CUSTOMER
    named = ("back", "kept", "onsite")
    back, kept, onsite = (Money(payload.get(name, 0), payload["currency"]) for name in named)
    return lines(
        [
            words("cancelled.by_customer" if by_customer else "cancelled.by_shop"),
            words("cancelled.back", amount=formats.money(words, back)) if back else None,
            words("cancelled.kept", amount=formats.money(words, kept)) if kept else None,
            words("cancelled.onsite", amount=formats.money(words, onsite)) if onsite else None,
        ]
    )
