"""What payment intents, charges, balance transactions and refunds look like."""

from sandbox.stripe.cards import Card
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Obj
from sandbox.stripe.words import words

_FEE_PER_10000, _FEE_FIXED = 290, 30
_DISPUTE_FEE = 1500
_FEES = {"charge": "Stripe processing fees", "dispute": "Dispute fee"}
_ADJUSTMENTS = ("dispute", "dispute_reversal")


def new_intent(store: Store, session: Obj) -> Obj:
    """Return the payment intent of a session that a buyer begins to pay."""
    identifier = store.ids.new("pi_3")
    data = store.intent_data[session["id"]]
    nothing = dict.fromkeys(
        words(
            "allowed_payment_method_types application application_fee_amount canceled_at "
            "cancellation_reason customer customer_account description "
            "excluded_payment_method_types last_payment_error latest_charge next_action "
            "on_behalf_of payment_method payment_method_configuration_details processing "
            "receipt_email review setup_future_usage shipping source statement_descriptor "
            "statement_descriptor_suffix transfer_data transfer_group"
        )
    )
    shown = {name: data[name] for name in nothing if name in data}
    return {
        **nothing,
        **shown,
        "id": identifier,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "automatic_payment_methods": None,
        "capture_method": data.get("capture_method", "automatic_async"),
        "client_secret": store.ids.new(f"{identifier}_secret_", 25),
        "confirmation_method": "automatic",
        "created": store.now(),
        "currency": session["currency"],
        "livemode": False,
        "metadata": {k: v for k, v in data.get("metadata", {}).items() if v != ""},
        "payment_method_options": {},
        "payment_method_types": session["payment_method_types"],
        "status": "requires_payment_method",
    }


def new_charge(store: Store, intent: Obj, card: Card, email: str | None) -> Obj:
    """Return a charge for one try, succeeded until told otherwise."""
    identifier = store.ids.new("ch_3")
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    nothing = dict.fromkeys(
        words(
            "application application_fee application_fee_amount balance_transaction customer "
            "failure_balance_transaction failure_code failure_message on_behalf_of "
            "receipt_number review shipping source source_transfer statement_descriptor "
            "statement_descriptor_suffix transfer_data transfer_group"
        )
    )
    return {
        **nothing,
        "id": identifier,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"],
        "amount_refunded": 0,
        "billing_details": {
            "address": address,
            "email": email,
            "name": None,
            "phone": None,
            "tax_id": None,
        },
        "calculated_statement_descriptor": "SANDBOX",
        "captured": True,
        "created": store.now(),
        "currency": intent["currency"],
        "description": intent["description"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "outcome": _outcome("authorized", "Payment complete."),
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": store.ids.new("pm_1"),
        "payment_method_details": _method(store, card),
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_url": f"{store.public_url}/receipts/{identifier}",
        "refunded": False,
        "status": "succeeded",
    }


def declined(charge: Obj, card: Card) -> None:
    """Turn a charge into a failed one."""
    charge |= {
        "amount_captured": 0,
        "captured": False,
        "failure_code": card.code,
        "failure_message": card.message,
        "outcome": _outcome("issuer_declined", card.message, card.decline or card.code),
        "paid": False,
        "receipt_url": None,
        "status": "failed",
    }


def payment_error(charge: Obj, card: Card) -> Obj:
    """Return the ``last_payment_error`` of a declined try."""
    error: Obj = {
        "charge": charge["id"],
        "code": card.code,
        "doc_url": "https://stripe.com/docs/error-codes/" + card.code.replace("_", "-"),
        "message": card.message,
        "type": "card_error",
    }
    return error | ({"decline_code": card.decline} if card.decline else {})


def new_transaction(store: Store, source: Obj, kind: str, amount: int) -> Obj:
    """Record money on the balance; charges and disputes cost what they do in the USA.

    That is 2.9 % and 30 minor units, and 1500 for a dispute, which stay paid when it is won.
    """
    fee = _fee(kind, amount)
    details = [
        {
            "amount": fee,
            "application": None,
            "currency": source["currency"],
            "description": _FEES.get(kind, ""),
            "type": "stripe_fee",
        }
    ]
    made: Obj = {
        "id": store.ids.new("txn_3"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": store.now(),
        "balance_type": "payments",
        "created": store.now(),
        "currency": source["currency"],
        "description": source.get("description"),
        "exchange_rate": None,
        "fee": fee,
        "fee_details": details if fee else [],
        "net": amount - fee,
        "reporting_category": kind,
        "source": source["id"],
        "status": "available",
        "type": "adjustment" if kind in _ADJUSTMENTS else kind,
    }
    store.balance_transactions[made["id"]] = made
    return made


def _fee(kind: str, amount: int) -> int:
    if kind == "charge":
        return (amount * _FEE_PER_10000 + 5000) // 10000 + _FEE_FIXED
    return _DISPUTE_FEE if kind == "dispute" else 0


def new_refund(store: Store, charge: Obj, amount: int, params: Obj) -> Obj:
    """Return a refund, succeeded until told otherwise."""
    return {
        "id": store.ids.new("re_3"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": store.now(),
        "currency": charge["currency"],
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": {k: v for k, v in params.get("metadata", {}).items() if v != ""},
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def _outcome(network: str, message: str, reason: str | None = None) -> Obj:
    refused = reason is not None
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if refused else "approved_by_network",
        "reason": reason,
        "risk_level": "normal",
        "seller_message": message,
        "type": network,
    }


def _method(store: Store, card: Card) -> Obj:
    if card.delayed:
        details: Obj = {
            "bank_code": card.number[4:9],
            "branch_code": None,
            "country": card.number[:2],
            "fingerprint": store.ids.new("", 16),
            "last4": card.number[-4:],
            "mandate": store.ids.new("mandate_1"),
        }
        return {"sepa_debit": details, "type": "sepa_debit"}
    details = {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": "US",
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": store.ids.new("", 16),
        "funding": "credit",
        "installments": None,
        "last4": card.number[-4:],
        "mandate": None,
        "network": card.brand,
        "three_d_secure": None,
        "wallet": None,
    }
    return {"card": details, "type": "card"}
