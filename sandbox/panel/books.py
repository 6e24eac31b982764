"""The shop's Stripe as the page shows it: what its Dashboard would."""

from sandbox.control_shop import planned
from sandbox.stripe import StripeSandbox, currencies, disputes
from sandbox.stripe.account import balance
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Obj

MOST_EVENTS = 60
_BRANDS = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "discover": "Discover",
}


def money(amount: int, currency: str) -> str:
    """Write an amount as ``12.50 EUR``."""
    places = currencies.exponent(currency)
    return f"{amount / 10**places:,.{places}f} {currency.upper()}"


def books(stripe: StripeSandbox) -> Obj:
    """Return sessions, payments, refunds, disputes and events, newest first."""
    store = stripe.store
    return {
        "sessions": [_session(store, one) for one in _newest(store.sessions)],
        "payments": [_payment(store, one) for one in _newest(store.payment_intents)],
        "refunds": [_refund(store, one) for one in _newest(store.refunds)],
        "disputes": [_dispute(store, one) for one in _newest(store.disputes)],
        "events": [_event(stripe, one) for one in _newest(store.events)[:MOST_EVENTS]],
        "balance": _balance(store),
        "next": planned(stripe.faults),
    }


def _balance(store: Store) -> list[Obj]:
    """Say for each currency what refunds may draw on; limited only when somebody said so."""
    return [
        {
            "currency": one["currency"].upper(),
            "available": money(one["amount"], one["currency"]),
            "limited": one["currency"] in store.limits,
        }
        for one in balance(store)["available"]
    ]


def _newest(table: dict[str, Obj]) -> list[Obj]:
    return list(reversed(table.values()))


def _session(store: Store, session: Obj) -> Obj:
    items = store.line_items[session["id"]]
    named = ("id", "status", "payment_status", "url", "created", "expires_at")
    return {name: session[name] for name in named} | {
        "amount": money(session["amount_total"], session["currency"]),
        "description": ", ".join(item["description"] for item in items),
        "reference": session["client_reference_id"] or "",
        "payment": session["payment_intent"] or "",
    }


def _reference(intent: Obj | None) -> str:
    metadata: dict[str, str] = intent["metadata"] if intent else {}
    return metadata.get("booking", "")


def _of_charge(store: Store, charge_id: str) -> str:
    charge = store.charges[charge_id]
    return _reference(store.payment_intents.get(charge["payment_intent"]))


def _payment(store: Store, intent: Obj) -> Obj:
    charge = store.charges.get(intent["latest_charge"] or "")
    currency, error = intent["currency"], intent["last_payment_error"]
    refunded = charge["amount_refunded"] if charge else 0
    is_paid = charge is not None and charge["status"] == "succeeded"
    return {
        "id": intent["id"],
        "charge": charge["id"] if charge else "",
        "status": intent["status"],
        "amount": money(intent["amount"], currency),
        "refunded": money(refunded, currency),
        "refundable_minor": intent["amount"] - refunded if is_paid else 0,
        "exponent": currencies.exponent(currency),
        "currency": currency.upper(),
        "disputed": bool(charge and charge["disputed"]),
        "blocked": bool(charge and disputes.forbids_refunds(store, charge)),
        "card": _card(charge) if charge else "",
        "reference": _reference(intent),
        "receipt_url": charge["receipt_url"] if charge else None,
        "error": error["message"] if error else "",
        "created": intent["created"],
    }


def _card(charge: Obj) -> str:
    details: Obj = charge["payment_method_details"]
    card: Obj | None = details.get("card")
    if card is None:
        return "SEPA Direct Debit"
    brand = str(card["brand"]).lower()
    return f"{_BRANDS.get(brand, card['brand'])} •••• {card['last4']}"


def _refund(store: Store, refund: Obj) -> Obj:
    return {
        "id": refund["id"],
        "charge": refund["charge"],
        "amount": money(refund["amount"], refund["currency"]),
        "status": refund["status"],
        "reason": refund.get("failure_reason") or refund.get("reason") or "",
        "reference": _of_charge(store, refund["charge"]),
        "created": refund["created"],
    }


def _dispute(store: Store, dispute: Obj) -> Obj:
    return {
        "id": dispute["id"],
        "charge": dispute["charge"],
        "amount": money(dispute["amount"], dispute["currency"]),
        "status": dispute["status"],
        "reason": dispute["reason"],
        "due_by": dispute["evidence_details"]["due_by"],
        "acts": disputes.acts(dispute),
        "reference": _of_charge(store, dispute["charge"]),
    }


def _event(stripe: StripeSandbox, event: Obj) -> Obj:
    subject: Obj = event["data"]["object"]
    named = ("at", "status", "success", "error")
    return {
        "id": event["id"],
        "type": event["type"],
        "created": event["created"],
        "object": subject["id"],
        "reference": _named(stripe.store, subject),
        "deliveries": [
            {name: one[name] for name in named} for one in stripe.deliveries(event["id"])
        ],
        "pending": bool(event["pending_webhooks"]),
    }


def _named(store: Store, subject: Obj) -> str:
    said: str | None = subject.get("client_reference_id")
    metadata: dict[str, str] = subject.get("metadata") or {}
    charge = subject.get("charge")
    if not said and not metadata.get("booking") and isinstance(charge, str):
        return _of_charge(store, charge)
    return said or metadata.get("booking", "")
