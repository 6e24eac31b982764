"""The test numbers that a Checkout page offers, in groups."""

from typing import Final

from sandbox.stripe.cards import CARDS, Card
from sandbox.stripe.tongues import Tongue
from sandbox.stripe.wire import Obj

_GROUPS: Final = ("succeeds", "secure", "declined", "later", "delayed")
_BRANDS: Final = {"visa": "VISA", "mastercard": "MC", "amex": "AMEX", "discover": "DISC"}
_AMEX: Final = 15


def spaced(number: str) -> str:
    """Write a number in the groups that are printed on cards and statements."""
    if len(number) == _AMEX and number.isdecimal():
        return f"{number[:4]} {number[4:10]} {number[10:]}"
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def groups(tongue: Tongue, methods: list[str], chosen: Card | None) -> list[Obj]:
    """Return what the session's payment methods take; a group is open where a number is chosen."""
    usable = [one for one in CARDS.values() if _method(one) in methods]
    chosen = chosen if chosen in usable else usable[0] if usable else None
    gathered = {
        name: [_choice(tongue, one, chosen) for one in usable if _group(one) == name]
        for name in _GROUPS
    }
    return [
        {
            "title": tongue.say(f"group_{name}"),
            "count": tongue.figures(str(len(shown))),
            "open": any(one["chosen"] for one in shown),
            "cards": shown,
        }
        for name, shown in gathered.items()
        if shown
    ]


def _method(card: Card) -> str:
    return "sepa_debit" if card.delayed else "card"


def _group(card: Card) -> str:
    if card.delayed:
        return "delayed"
    if card.code:
        return "declined"
    if card.secure:
        return "secure"
    return "later" if card.refund or card.dispute else "succeeds"


def _choice(tongue: Tongue, card: Card, chosen: Card | None) -> Obj:
    return {
        "number": card.number,
        "shown": spaced(card.number),
        "says": tongue.cards[card.number],
        "brand": "SEPA" if card.delayed else _BRANDS[card.brand],
        "chosen": card == chosen,
    }
