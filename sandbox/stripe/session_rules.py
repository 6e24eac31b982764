"""What may be asked of a Checkout session beyond the shape of single parameters."""

from sandbox.stripe import currencies
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Obj, StripeError, missing, required

_HALF_HOUR, _DAY = 30 * 60, 24 * 3600
# facts of the SDK's own documentation: what each ui_mode does not take
FORBIDDEN = {
    "hosted_page": ("return_url", "redirect_on_completion", "permissions"),
    "embedded_page": ("success_url", "cancel_url"),
    "form": ("redirect_on_completion", "permissions", "optional_items"),
    "elements": (
        "success_url",
        "cancel_url",
        "custom_text",
        "custom_fields",
        "submit_type",
        "after_expiration",
        "branding_settings",
        "origin_context",
        "optional_items",
        "redirect_on_completion",
    ),
}
_ONE_OF = (("customer", "customer_email"), ("allow_promotion_codes", "discounts"))


def check(store: Store, params: Obj) -> None:
    """Raise the error that Stripe would answer to these (already well-formed) parameters."""
    _mode(params)
    _pages(params)
    _expiry(store, params)
    _exclusive(params)
    _texts(store, params)
    _references(params)


def _mode(params: Obj) -> None:
    if "mode" not in params:
        raise required("mode")
    if params["mode"] != "payment":
        raise StripeError("The sandbox has Checkout's `payment` mode only.", param="mode")
    for name in ("setup_intent_data", "subscription_data", "payment_method_collection"):
        if name in params:
            raise StripeError(f"You can not pass `{name}` in `payment` mode.", param=name)
    if params.get("payment_intent_data", {}).get("capture_method") == "manual":
        place = "payment_intent_data[capture_method]"
        raise StripeError("The sandbox captures automatically only.", param=place)


def _pages(params: Obj) -> None:
    mode = params.get("ui_mode", "hosted_page")
    for name in FORBIDDEN[mode]:
        if name in params:
            raise StripeError(f"You can not pass `{name}` if `ui_mode` is `{mode}`.", param=name)
    if mode == "hosted_page" and "success_url" not in params:
        raise required("success_url")
    silent = params.get("redirect_on_completion") == "never"
    if mode == "embedded_page" and not silent and "return_url" not in params:
        raise required("return_url")
    if silent and "return_url" in params:
        message = "You can not pass `return_url` if `redirect_on_completion` is `never`."
        raise StripeError(message, param="return_url")


def _expiry(store: Store, params: Obj) -> None:
    if "expires_at" not in params:
        return
    ahead = params["expires_at"] - store.now()
    if ahead < _HALF_HOUR:
        message = (
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        )
        raise StripeError(message, param="expires_at")
    if ahead > _DAY:
        message = (
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        )
        raise StripeError(message, param="expires_at")


def _exclusive(params: Obj) -> None:
    for names in _ONE_OF:
        if all(name in params for name in names):
            message = f"You may only specify one of these parameters: {', '.join(names)}."
            raise StripeError(message, param=names[0])
    both = {"allowed_payment_method_types", "excluded_payment_method_types"}
    if both <= params.keys():
        shared = set(params["allowed_payment_method_types"]) & set(
            params["excluded_payment_method_types"]
        )
        if shared:
            message = f"A payment method type cannot be both allowed and excluded: {min(shared)}."
            raise StripeError(message, param="excluded_payment_method_types")


def _texts(store: Store, params: Obj) -> None:
    consent: Obj = params.get("consent_collection", {})
    terms = consent.get("terms_of_service") == "required"
    if terms and not store.terms_url_set:
        message = (
            "You cannot collect consent to your terms of service unless a URL is set in the Stripe "
            "Dashboard. Update your public business information in the Dashboard "
            "https://dashboard.stripe.com/settings/public with a Terms of service URL to collect "
            "terms of service consent."
        )
        raise StripeError(message, param="consent_collection[terms_of_service]")
    if consent.get("promotions") == "auto" and store.country != "US":
        message = "Promotions consent collection is not available in your country."
        raise StripeError(message, param="consent_collection[promotions]")
    texts: Obj = params.get("custom_text", {})
    if "terms_of_service_acceptance" in texts and not terms:
        message = (
            "`custom_text[terms_of_service_acceptance]` can only be set if "
            "`consent_collection[terms_of_service]` is `required`."
        )
        raise StripeError(message, param="custom_text[terms_of_service_acceptance]")
    if "shipping_address" in texts and "shipping_address_collection" not in params:
        message = (
            "`custom_text[shipping_address]` can only be set if `shipping_address_collection` is."
        )
        raise StripeError(message, param="custom_text[shipping_address]")
    for place, one in enumerate(params.get("custom_fields", [])):
        if one["type"] == "dropdown" and "dropdown" not in one:
            raise required(f"custom_fields[{place}][dropdown]")


def _references(params: Obj) -> None:
    if "customer" in params:
        raise missing("customer", params["customer"], "customer")
    if "customer_update" in params:
        raise StripeError("`customer_update` needs `customer`.", param="customer_update")
    if "discounts" in params:
        raise missing("coupon", str(params["discounts"]), "discounts[0][coupon]")


def check_items(items: list[Obj], param: str = "line_items") -> str:
    """Check line items and return their one currency."""
    if not items:
        raise required(param)
    seen = {_check_item(item, f"{param}[{place}]") for place, item in enumerate(items)}
    if len(seen) > 1:
        message = "All `line_items` must have the same `currency`."
        raise StripeError(message, param=f"{param}[1][price_data][currency]")
    return seen.pop()


def check_total(total: int, currency: str) -> None:
    """Check what the session asks for; nothing at all is allowed."""
    least, most = currencies.least(currency), currencies.most(currency)
    if 0 < total < least:
        message = (
            "The Checkout Session's total amount due must add up to at least "
            f"{currencies.written(least, currency)}"
        )
        raise StripeError(message, code="amount_too_small")
    if total > most:
        message = (
            "The Checkout Session's total amount due must be no more than "
            f"{currencies.written(most, currency)}"
        )
        raise StripeError(message, code="amount_too_large")


def _check_item(item: Obj, param: str) -> str:
    if "price" in item and "price_data" in item:
        message = "You may only specify one of these parameters: price, price_data."
        raise StripeError(message, param=f"{param}[price]")
    if "price" in item:
        raise missing("price", item["price"], f"{param}[price]")
    if "price_data" not in item:
        raise required(f"{param}[price_data]")
    if "quantity" not in item:
        message = f"Quantity is required. Add `quantity` to `{param}`"
        raise StripeError(message, code="parameter_missing", param=f"{param}[quantity]")
    if item["quantity"] == 0:
        message = "This value must be greater than or equal to 1."
        place = f"{param}[quantity]"
        raise StripeError(message, code="parameter_invalid_integer", param=place)
    return _check_price(item["price_data"], f"{param}[price_data]")


def _check_price(price: Obj, param: str) -> str:
    currency = str(price["currency"]).lower()
    if currency not in currencies.SUPPORTED:
        message = f"Invalid currency: {currency}. Stripe currently supports these currencies: "
        listed = ", ".join(sorted(currencies.SUPPORTED))
        raise StripeError(message + listed, param=f"{param}[currency]")
    if "recurring" in price:
        message = "You specified `payment` mode but passed a recurring price."
        raise StripeError(message, param=f"{param}[recurring]")
    if "product" in price:
        raise missing("product", price["product"], f"{param}[product]")
    if "product_data" not in price:
        raise required(f"{param}[product_data]")
    if "unit_amount_decimal" in price:
        place = f"{param}[unit_amount_decimal]"
        raise StripeError("The sandbox takes `unit_amount` only.", param=place)
    if "unit_amount" not in price:
        raise required(f"{param}[unit_amount]")
    step = currencies.granularity(currency)
    if price["unit_amount"] % step:
        message = f"Invalid amount: in {currency} it must be a multiple of {step}."
        place = f"{param}[unit_amount]"
        raise StripeError(message, code="parameter_invalid_integer", param=place)
    return currency
