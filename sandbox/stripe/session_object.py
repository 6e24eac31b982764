"""What a Checkout session and its line items look like."""

import copy

from sandbox.stripe.store import Store
from sandbox.stripe.wire import Obj
from sandbox.stripe.words import words

_DAY = 24 * 3600
_NULLS = words(
    "after_expiration allow_promotion_codes billing_address_collection "
    "branding_settings cancel_url client_reference_id collected_information consent "
    "consent_collection currency_conversion customer customer_account "
    "customer_creation customer_email discounts integration_identifier invoice locale "
    "managed_payments name_collection origin_context payment_intent payment_link "
    "payment_method_configuration_details payment_method_options permissions "
    "recovered_from redirect_on_completion return_url saved_payment_method_options "
    "setup_intent shipping_address_collection shipping_cost submit_type subscription "
    "success_url tax_id_collection wallet_options"
)
# given by the caller and shown as given
_ECHOED = words(
    "allow_promotion_codes billing_address_collection cancel_url client_reference_id "
    "consent_collection customer_email locale origin_context redirect_on_completion "
    "return_url submit_type success_url integration_identifier after_expiration"
)


def new_session(store: Store, params: Obj, currency: str, total: int) -> Obj:
    """Return an open session for well-formed parameters."""
    mode = params.get("ui_mode", "hosted_page")
    identifier = store.ids.new("cs_test_a1", 56)
    now = store.now()
    methods = _methods(params, currency)
    session: Obj = dict.fromkeys(_NULLS) | {
        "id": identifier,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": params.get("adaptive_pricing", {}).get("enabled", True)},
        "allowed_payment_method_types": params.get("allowed_payment_method_types"),
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": _automatic_tax(params),
        "client_secret": None,
        "created": now,
        "currency": currency,
        "custom_fields": [],
        "custom_text": _custom_text(params),
        "customer_creation": params.get("customer_creation", "if_required"),
        "customer_details": _details(params),
        "excluded_payment_method_types": params.get("excluded_payment_method_types"),
        "expires_at": params.get("expires_at", now + _DAY),
        "invoice_creation": _no_invoice(),
        "livemode": False,
        "metadata": {k: v for k, v in params.get("metadata", {}).items() if v != ""},
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_method_types": methods,
        "payment_status": "unpaid" if total else "no_payment_required",
        "phone_number_collection": params.get("phone_number_collection", {"enabled": False}),
        "shipping_options": [],
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": mode,
        "url": None,
    }
    session |= {name: params[name] for name in _ECHOED if name in params}
    return session | _way_in(store, session)


def like(store: Store, session: Obj) -> Obj:
    """Return an open session for the same as another, with nothing of how that one went."""
    now = store.now()
    fresh: Obj = copy.deepcopy(session) | {
        "id": store.ids.new("cs_test_a1", 56),
        "consent": None,
        "created": now,
        "customer_details": None,
        "expires_at": now + session["expires_at"] - session["created"],
        "payment_intent": None,
        "payment_status": "unpaid",
        "status": "open",
    }
    return fresh | _way_in(store, fresh)


def _way_in(store: Store, session: Obj) -> Obj:
    if session["ui_mode"] == "hosted_page":
        return {"url": f"{store.public_url}/c/pay/{session['id']}"}
    return {"client_secret": store.ids.new(f"{session['id']}_secret_", 40)}


def new_items(store: Store, items: list[Obj], currency: str) -> list[Obj]:
    """Return the line items of a session."""
    return [_item(store, item, currency) for item in items]


def _item(store: Store, item: Obj, currency: str) -> Obj:
    price = item["price_data"]
    amount = price["unit_amount"] * item["quantity"]
    product = store.ids.new("prod_", 14)
    store.products[product] = price["product_data"]
    return {
        "id": store.ids.new("li_1"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": currency,
        "description": price["product_data"]["name"],
        "metadata": item.get("metadata", {}),
        "price": {
            "id": store.ids.new("price_1"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": store.now(),
            "currency": currency,
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": product,
            "recurring": None,
            "tax_behavior": price.get("tax_behavior", "unspecified"),
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": price["unit_amount"],
            "unit_amount_decimal": str(price["unit_amount"]),
        },
        "quantity": item["quantity"],
    }


def _methods(params: Obj, currency: str) -> list[str]:
    offered = ["card", "link", *(["sepa_debit"] if currency == "eur" else [])]
    allowed = params.get("allowed_payment_method_types") or offered
    excluded = params.get("excluded_payment_method_types") or []
    return [one for one in offered if one in allowed and one not in excluded]


def _automatic_tax(params: Obj) -> Obj:
    enabled = params.get("automatic_tax", {}).get("enabled", False)
    return {"enabled": enabled, "liability": None, "provider": None, "status": None}


def _custom_text(params: Obj) -> Obj:
    places = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    given: Obj = params.get("custom_text", {})
    return {**dict.fromkeys(places), **given}


def _details(params: Obj) -> Obj | None:
    if "customer_email" not in params:
        return None
    return customer(params["customer_email"])


def customer(email: str | None, name: str | None = None) -> Obj:
    """Return who paid, as ``customer_details``."""
    return {
        "address": None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def _no_invoice() -> Obj:
    data = dict.fromkeys(
        ("account_tax_ids", "custom_fields", "description", "footer", "issuer", "rendering_options")
    )
    return {"enabled": False, "invoice_data": {**data, "metadata": {}}}
