"""The lines of a Checkout session: what is due, and the tip on a line of its own."""

from collections.abc import Mapping
from typing import Any

from booking.ports import CheckoutWords
from db.models import Booking


def line_items(booking: Booking, words: CheckoutWords) -> list[dict[str, Any]]:
    """Return the `line_items` of `POST /v1/checkout/sessions`; their sum is what is asked."""
    product = {"name": words.product, "description": words.description}
    lines = [_line(booking.due_minor, booking.currency, product)]
    if booking.tip_minor:
        lines.append(_line(booking.tip_minor, booking.currency, {"name": words.tip}))
    return lines


def _line(minor: int, currency: str, product: Mapping[str, str]) -> dict[str, Any]:
    price = {"currency": currency.lower(), "unit_amount": minor, "product_data": dict(product)}
    return {"quantity": 1, "price_data": price}
