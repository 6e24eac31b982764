"""The words of a Checkout session: what is due and for what, as Stripe takes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from booking.ports import CheckoutSubject, CheckoutWords, Environment
from db.models import Booking, Customer


def checkout_params(
    env: Environment, booking: Booking, customer: Customer, expires_at: datetime
) -> dict[str, Any]:
    """Return the parameters of `POST /v1/checkout/sessions` for a booking (hosted page)."""
    words = env.wording.checkout(_subject(env, booking, customer))
    metadata = {"app": "booking-bot", "shop": env.shop.id, "booking": booking.reference}
    params: dict[str, Any] = {
        "mode": "payment",
        "submit_type": "book",
        "line_items": _line_items(booking, words),
        "client_reference_id": booking.reference,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata, "description": _description(booking, words)},
        "locale": words.locale,
        "billing_address_collection": "auto",
        "custom_text": {"submit": {"message": words.submit}},
        "adaptive_pricing": {"enabled": False},
        "success_url": f"{env.shop.public_url}/booking/success?session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": words.cancel_url,
        "expires_at": int(expires_at.timestamp()),
    }
    email = booking.details.get("email")
    if email:
        params["customer_email"] = email
    if env.shop.terms_consent:
        params["consent_collection"] = {"terms_of_service": "required"}
    return params


def _description(booking: Booking, words: CheckoutWords) -> str:
    return f"{booking.reference} · {words.product}"[:1000]


def _subject(env: Environment, booking: Booking, customer: Customer) -> CheckoutSubject:
    return CheckoutSubject(
        reference=booking.reference,
        language=customer.language or env.shop.default_language,
        service=booking.snapshot["service"],
        staff=booking.snapshot["staff"],
        start=booking.start,
        held_until=booking.held_until,
        seats=booking.seats,
        due_minor=booking.due_minor,
        onsite_minor=booking.onsite_minor,
        discount_minor=booking.discount_minor,
        coupon=booking.coupon,
        currency=booking.currency,
    )


def _line_items(booking: Booking, words: CheckoutWords) -> list[dict[str, Any]]:
    """Return the `line_items` of `POST /v1/checkout/sessions`; their sum is what is asked."""
    product = {"name": words.product, "description": words.description}
    lines = [_line(booking.due_minor, booking.currency, product)]
    if booking.tip_minor:
        lines.append(_line(booking.tip_minor, booking.currency, {"name": words.tip}))
    return lines


def _line(minor: int, currency: str, product: Mapping[str, str]) -> dict[str, Any]:
    price = {"currency": currency.lower(), "unit_amount": minor, "product_data": dict(product)}
    return {"quantity": 1, "price_data": price}
