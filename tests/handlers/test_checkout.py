"""The words of Stripe's payment page fit, in a language it speaks."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from booking.ports import CheckoutSubject
from handlers.checkout import CANCEL, CheckoutWording
from tests.handlers.conftest import NOW, START, make_shop
from tests.handlers.rows import REFERENCE, TOKENS


def subject(language, **changes):
    return CheckoutSubject(
        **{
            "reference": REFERENCE,
            "language": language,
            "service": {"en": "Haircut & <wash>", "bn": "চুল কাটা"},
            "staff": {"": "Chair 1"},
            "start": START,
            "held_until": NOW + timedelta(minutes=30),
            "seats": 2,
            "due_minor": 1000,
            "onsite_minor": 4000,
            "discount_minor": 500,
            "coupon": "TEN",
            "currency": "EUR",
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("language", "locale", "product"),
    [
        ("en", "en", "Haircut & <wash>, Fri 4 Dec, 15:30"),
        ("bn", "auto", "চুল কাটা, শুক্র, ৪ ডিসে, ১৫:৩০"),
    ],
)
def test_the_page_is_worded_in_the_customers_language(language, locale, product):
    words = CheckoutWording(make_shop(), TOKENS).checkout(subject(language))
    assert (words.locale, words.product) == (locale, product)
    assert REFERENCE in words.description


def test_the_page_says_why_less_is_asked_for_than_the_price():
    words = CheckoutWording(make_shop(), TOKENS).checkout(subject("en"))
    assert words.description.endswith("Coupon TEN: €5.00 less · Due on site: €40.00")
    without = subject("en", discount_minor=0, coupon=None, onsite_minor=0)
    assert "less" not in CheckoutWording(make_shop(), TOKENS).checkout(without).description


def test_back_leads_to_a_signed_address():
    words = CheckoutWording(make_shop(), TOKENS).checkout(subject("en"))
    address = urlsplit(words.cancel_url)
    assert address.path == "/booking/cancel"
    token = parse_qs(address.query)["booking"][0]
    assert TOKENS.read(CANCEL, token) == REFERENCE


def test_no_text_is_longer_than_stripe_allows():
    words = CheckoutWording(make_shop(), TOKENS).checkout(subject("en", service={"": "x" * 5000}))
    assert len(words.product) <= 250
    assert len(words.submit) <= 1200
    assert len(words.description) <= 1200
