"""Whether the rest was paid on site: the mark on an admin's screen, and the question before it."""

import re
from typing import Final

from markupsafe import Markup

from booking.money import Money
from booking.onsite import MARKABLE, Mark
from handlers import formats
from handlers.keyboards import Verb, base36, on_booking, one
from handlers.outgoing import Button, Rows, Style
from handlers.screens.booking import essentials
from handlers.screens.booking_view import BookingView
from handlers.screens.screen import Screen, lines, paragraphs
from handlers.words import Words

PAID: Final = "paid"
NOT_PAID: Final = "undo"
NO: Final = "no"
PAID_TEXTS: Final = ("onsite.paid", "button.onsite_yes_paid")
NOT_PAID_TEXTS: Final = ("onsite.not_paid", "button.onsite_yes_not_paid")
_WRITTEN: Final = re.compile(r"([01])\.([0-9a-z]{1,13})\.([0-9a-z]{1,6})\.([A-Z]{3})")


def rows(words: Words, view: BookingView) -> Rows:
    """Return the button that marks what is due on site as paid, or takes the mark away."""
    if not view.onsite.minor or view.status not in MARKABLE:
        return ()
    return (_mark(words, view),)


def _mark(words: Words, view: BookingView) -> tuple[Button, ...]:
    if view.onsite_paid:
        undo = on_booking(view.reference, Verb.ONSITE, NOT_PAID)
        return one(words.plain("button.not_onsite_paid"), undo)
    return one(words.plain("button.onsite_paid"), on_booking(view.reference, Verb.ONSITE, PAID))


def write(wish: Mark) -> str:
    """Write what is agreed to as it goes into callback data."""
    numbers = (wish.amount.minor, wish.before)
    return ".".join([str(int(wish.is_paid)), *map(base36, numbers), wish.amount.currency])


def read(written: str) -> Mark | None:
    """Read what is agreed to; None when it is nothing we wrote."""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        return None
    amount = Money(int(found[2], 36), found[4])
    return Mark(amount=amount, is_paid=found[1] == "1", before=int(found[3], 36))


def onsite(words: Words, view: BookingView, wish: Mark) -> Screen:
    """Ask whether so much was paid on site, or was not after all."""
    amount = formats.money(words, wish.amount)
    ask, agree = PAID_TEXTS if wish.is_paid else NOT_PAID_TEXTS
    name = (view.contact or {}).get("name")
    who = words("line.name", name=name) if name else None
    text = paragraphs(
        [
            Markup("<b>{}</b>").format(words(ask, amount=amount)),
            lines(
                [
                    *essentials(words, view),
                    words("line.reference", reference=view.reference),
                    who,
                ]
            ),
            words("onsite.effect"),
        ]
    )
    yes = on_booking(view.reference, Verb.ONSITE, write(wish))
    no = on_booking(view.reference, Verb.ONSITE, NO)
    return Screen(
        text=text,
        rows=(
            one(words.plain(agree, amount=amount), yes, Style.PRIMARY),
            one(words.plain("button.no"), no),
        ),
    )
