"""Stripe's test cards and test bank accounts, and how each behaves."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """A test number and what happens when it is used."""

    number: str
    says: str
    code: str = ""  # of the error, when it is declined
    decline: str = ""
    message: str = ""
    secure: bool = False  # asks for 3-D Secure
    refund: str = ""  # "pending" or "fails"
    dispute: str = ""  # the reason, for cards whose payments are disputed
    inquiry: bool = False  # a bank's question before a dispute
    delayed: str = ""  # "succeeds" or "fails", for bank accounts

    @property
    def brand(self) -> str:
        """Return the network's name as Stripe writes it."""
        first = self.number[:1]
        return {"3": "amex", "5": "mastercard", "2": "mastercard", "6": "discover"}.get(
            first, "visa"
        )


_DECLINED = "Your card was declined."


def _declined(number: str, says: str, decline: str, code: str = "", message: str = "") -> Card:
    return Card(number, says, code or "card_declined", decline, message or _DECLINED)


_ALL = (
    Card("4242424242424242", "Succeeds"),
    Card("5555555555554444", "Succeeds (Mastercard)"),
    Card("378282246310005", "Succeeds (American Express)"),
    Card("4000002500003155", "Asks for 3-D Secure", secure=True),
    Card("4000002760003184", "Asks for 3-D Secure every time", secure=True),
    _declined("4000000000000002", "Declined", "generic_decline"),
    _declined(
        "4000000000009995",
        "Declined: insufficient funds",
        "insufficient_funds",
        message="Your card has insufficient funds.",
    ),
    _declined("4000000000009987", "Declined: lost card", "lost_card"),
    _declined("4000000000009979", "Declined: stolen card", "stolen_card"),
    _declined(
        "4000000000000069",
        "Declined: expired card",
        "expired_card",
        "expired_card",
        "Your card has expired.",
    ),
    _declined(
        "4000000000000127",
        "Declined: wrong security code",
        "incorrect_cvc",
        "incorrect_cvc",
        "Your card's security code is incorrect.",
    ),
    _declined(
        "4000000000000119",
        "Declined: processing error",
        "processing_error",
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    Card("4000000000007726", "Succeeds; its refund is pending first", refund="pending"),
    Card("4000000000005126", "Succeeds; its refund fails later", refund="fails"),
    Card("4000000000000259", "Succeeds, then is disputed", dispute="fraudulent"),
    Card("4000000000002685", "Succeeds, then is disputed", dispute="product_not_received"),
    Card("4000000000001976", "Succeeds, then the bank asks", dispute="fraudulent", inquiry=True),
    Card("AT321904300235473204", "SEPA Direct Debit: succeeds later", delayed="succeeds"),
    Card("AT591904300235473203", "SEPA Direct Debit: fails later", delayed="fails"),
)
CARDS = {card.number: card for card in _ALL}


def find(number: str) -> Card | None:
    """Return the test card or account of this number, however it is spaced."""
    return CARDS.get("".join(number.split()).replace("-", "").upper())
