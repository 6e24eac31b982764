"""Words for Stripe's payment page, in the customer's language and within Stripe's lengths."""

from typing import Final

from booking.money import Money
from booking.ports import CheckoutSubject, CheckoutWords, Shop
from handlers import formats
from handlers.screens.screen import short
from handlers.tokens import Tokens
from handlers.words import Words

CANCEL: Final = "cancel"
"""The purpose of the token in the address of "back"."""
PRODUCT_LENGTH: Final = 250
TEXT_LENGTH: Final = 1200
STRIPE_LOCALES: Final = frozenset(
    {
        *("bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr"),
        *("fr-CA", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl"),
        *("pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW"),
    }
)
"""What Checkout speaks (docs.stripe.com/js/appendix/supported_locales); Bengali is not in it."""


class CheckoutWording:
    """Words a payment page for a shop; fulfils `booking.ports.Wording`."""

    def __init__(self, shop: Shop, tokens: Tokens) -> None:
        self._shop, self._tokens = shop, tokens

    def checkout(self, subject: CheckoutSubject) -> CheckoutWords:
        """Return what the page says; its "back" leads to a signed address of ours."""
        words = Words(subject.language, self._shop)
        language = words.language
        token = self._tokens.sign(CANCEL, subject.reference)
        return CheckoutWords(
            product=short(_product(words, subject), PRODUCT_LENGTH),
            description=short(_description(words, subject), TEXT_LENGTH),
            tip=words.plain("checkout.tip"),
            submit=short(_submit(words, subject), TEXT_LENGTH),
            locale=language if language in STRIPE_LOCALES else "auto",
            cancel_url=f"{self._shop.public_url}/booking/cancel?booking={token}",
        )


def _product(words: Words, subject: CheckoutSubject) -> str:
    when = formats.moment(words, subject.start)
    return words.plain("checkout.product", service=words.local(subject.service), when=when)


def _description(words: Words, subject: CheckoutSubject) -> str:
    staff = words.local(subject.staff)
    said = [words.plain("checkout.description", reference=subject.reference, staff=staff)]
    if subject.seats > 1:
        said.append(words.plain("checkout.seats", seats=subject.seats))
    if subject.discount_minor and subject.coupon:
        amount = formats.money(words, Money(subject.discount_minor, subject.currency))
        said.append(words.plain("checkout.discount", code=subject.coupon, amount=amount))
    if subject.onsite_minor:
        amount = formats.money(words, Money(subject.onsite_minor, subject.currency))
        said.append(words.plain("checkout.onsite", amount=amount))
    return " · ".join(said)


def _submit(words: Words, subject: CheckoutSubject) -> str:
    time = formats.clock(words, subject.held_until)
    return words.plain("checkout.submit", time=time, zone=formats.zone(words, subject.held_until))
