"""Wrong ways to create a session: what is wrong → call, status, type, code, param.

Forms begin from ``GOOD``; ``None`` takes a parameter away.
"""

import string

CREATE = ("POST", "/v1/checkout/sessions")
PRICE = "line_items[0][price_data]"
NOW = 1_795_000_000
GOOD = {
    "mode": "payment",
    "success_url": "https://shop.example/s?session_id={CHECKOUT_SESSION_ID}",
    f"{PRICE}[currency]": "eur",
    f"{PRICE}[unit_amount]": "5000",
    f"{PRICE}[product_data][name]": "Haircut",
    "line_items[0][quantity]": "1",
}
BAD = "invalid_request_error"
UNKNOWN, MISSING = "parameter_unknown", "parameter_missing"
INTEGER, EMPTY = "parameter_invalid_integer", "parameter_invalid_empty"
GONE = "resource_missing"
ELEMENTS = {"ui_mode": "elements", "success_url": None}


def bad(param, code, **change):
    """Return a call that creates a session from GOOD with one thing wrong."""
    return (*CREATE, {**GOOD, **change}, 400, BAD, code, param)


def wrong(param, code, change):
    """As ``bad``, for names that are no Python names."""
    return bad(param, code, **change)


def forbidden(name, value, **ui):
    """Return a call that gives a parameter which its ui_mode does not take."""
    return (*CREATE, {**GOOD, **ui, name: value}, 400, BAD, None, name.partition("[")[0])


_LONG = string.ascii_letters * 120

WRONG_SESSIONS = {
    # what does not exist
    "an unknown parameter": bad("foo", UNKNOWN, foo="1"),
    "the abolished payment_method_types": wrong(
        "payment_method_types", UNKNOWN, {"payment_method_types[0]": "card"}
    ),
    "an unknown nested parameter": wrong(
        f"{PRICE}[amount]", UNKNOWN, {f"{PRICE}[amount]": "1"}
    ),
    "an unknown part of product_data": wrong(
        f"{PRICE}[product_data][title]", UNKNOWN, {f"{PRICE}[product_data][title]": "x"}
    ),
    "an unknown custom_text": wrong(
        "custom_text[footer]", UNKNOWN, {"custom_text[footer][message]": "x"}
    ),
    # what is missing
    "no mode": bad("mode", MISSING, mode=None),
    "no success_url": bad("success_url", MISSING, success_url=None),
    "no line items": (
        *CREATE,
        {"mode": "payment", "success_url": "https://a.example"},
        400,
        BAD,
        MISSING,
        "line_items",
    ),
    "no currency": wrong(f"{PRICE}[currency]", MISSING, {f"{PRICE}[currency]": None}),
    "no name": wrong(
        f"{PRICE}[product_data][name]",
        MISSING,
        {f"{PRICE}[product_data][name]": None, f"{PRICE}[product_data][description]": "x"},
    ),
    "no product": wrong(
        f"{PRICE}[product_data]", MISSING, {f"{PRICE}[product_data][name]": None}
    ),
    "no amount": wrong(f"{PRICE}[unit_amount]", MISSING, {f"{PRICE}[unit_amount]": None}),
    "no quantity": wrong(
        "line_items[0][quantity]", MISSING, {"line_items[0][quantity]": None}
    ),
    "a custom text without its message": wrong(
        "custom_text[submit]", None, {"custom_text[submit]": "x"}
    ),
    "adjustable_quantity without enabled": wrong(
        "line_items[0][adjustable_quantity][enabled]",
        MISSING,
        {"line_items[0][adjustable_quantity][minimum]": "1"},
    ),
    "embedded_page without return_url": bad(
        "return_url", MISSING, ui_mode="embedded_page", success_url=None
    ),
    # wrong types
    "a word as an amount": wrong(
        f"{PRICE}[unit_amount]", INTEGER, {f"{PRICE}[unit_amount]": "fifty"}
    ),
    "a fraction as an amount": wrong(
        f"{PRICE}[unit_amount]", INTEGER, {f"{PRICE}[unit_amount]": "50.00"}
    ),
    "a negative amount": wrong(
        f"{PRICE}[unit_amount]", INTEGER, {f"{PRICE}[unit_amount]": "-1"}
    ),
    "a quantity of nothing": wrong(
        "line_items[0][quantity]", INTEGER, {"line_items[0][quantity]": "0"}
    ),
    "a date as a time": bad("expires_at", INTEGER, expires_at="2026-11-23"),
    "a word as a boolean": bad("allow_promotion_codes", None, allow_promotion_codes="yes"),
    "a text as a list": (
        *CREATE,
        {"mode": "payment", "success_url": "https://a.example", "line_items": "x"},
        400,
        BAD,
        None,
        "line_items",
    ),
    "a text as a table": bad("payment_intent_data", None, payment_intent_data="x"),
    "a list as a text": wrong("cancel_url", None, {"cancel_url[0]": "https://a.example"}),
    "nested metadata": wrong("metadata[a]", None, {"metadata[a][b]": "c"}),
    # wrong words
    "an unknown mode": bad("mode", None, mode="sale"),
    "the abolished ui_mode hosted": bad("ui_mode", None, ui_mode="hosted"),
    "the abolished ui_mode embedded": bad("ui_mode", None, ui_mode="embedded"),
    "the abolished ui_mode custom": bad("ui_mode", None, ui_mode="custom"),
    "an unknown submit_type": bad("submit_type", None, submit_type="reserve"),
    "an unknown locale": bad("locale", None, locale="bn"),
    "an unknown payment method": wrong(
        "allowed_payment_method_types[0]", None, {"allowed_payment_method_types[0]": "cash"}
    ),
    "an unknown currency": wrong(f"{PRICE}[currency]", None, {f"{PRICE}[currency]": "xxx"}),
    # too long, too many
    "a client_reference_id of 201": bad(
        "client_reference_id", None, client_reference_id=_LONG[:201]
    ),
    "a custom text of 1201": wrong(
        "custom_text[submit][message]", None, {"custom_text[submit][message]": _LONG[:1201]}
    ),
    "a name of 5001": wrong(
        f"{PRICE}[product_data][name]", None, {f"{PRICE}[product_data][name]": _LONG[:5001]}
    ),
    "a metadata key of 41": wrong(
        f"metadata[{_LONG[:41]}]", None, {f"metadata[{_LONG[:41]}]": "x"}
    ),
    "a metadata value of 501": wrong("metadata[a]", None, {"metadata[a]": _LONG[:501]}),
    "51 metadata keys": wrong(
        "metadata", None, {f"metadata[k{n}]": "x" for n in range(51)}
    ),
    "a description of 1001": wrong(
        "payment_intent_data[description]",
        None,
        {"payment_intent_data[description]": _LONG[:1001]},
    ),
    "a statement descriptor suffix of 23": wrong(
        "payment_intent_data[statement_descriptor_suffix]",
        None,
        {"payment_intent_data[statement_descriptor_suffix]": _LONG[:23]},
    ),
    "four custom fields": wrong(
        "custom_fields", None, {f"custom_fields[{n}][key]": f"k{n}" for n in range(4)}
    ),
    "101 line items": wrong(
        "line_items", None, {f"line_items[{n}][quantity]": "1" for n in range(101)}
    ),
    # empty, malformed
    "an empty cancel_url": bad("cancel_url", EMPTY, cancel_url=""),
    "an empty e-mail": bad("customer_email", EMPTY, customer_email=""),
    "an e-mail without a host": bad("customer_email", "email_invalid", customer_email="ann@"),
    "an address without a scheme": bad("success_url", "url_invalid", success_url="shop.example"),
    "an address of Telegram's": bad("cancel_url", "url_invalid", cancel_url="tg://resolve"),
    # across fields
    "an expiry in 29 minutes": bad("expires_at", None, expires_at=str(NOW + 29 * 60)),
    "an expiry in 25 hours": bad("expires_at", None, expires_at=str(NOW + 25 * 3600)),
    "an expiry in the past": bad("expires_at", None, expires_at=str(NOW - 1)),
    "terms without an address of them": wrong(
        "consent_collection[terms_of_service]",
        None,
        {"consent_collection[terms_of_service]": "required"},
    ),
    "a text about terms without terms": wrong(
        "custom_text[terms_of_service_acceptance]",
        None,
        {"custom_text[terms_of_service_acceptance][message]": "x"},
    ),
    "return_url on a hosted page": forbidden("return_url", "https://a.example"),
    "success_url on elements": forbidden("success_url", "https://a.example", ui_mode="elements"),
    "cancel_url on elements": forbidden("cancel_url", "https://a.example", **ELEMENTS),
    "custom_text on elements": forbidden("custom_text[submit][message]", "x", **ELEMENTS),
    "submit_type on elements": forbidden("submit_type", "book", **ELEMENTS),
    "origin_context on elements": forbidden("origin_context", "web", **ELEMENTS),
    "after_expiration on elements": forbidden(
        "after_expiration[recovery][enabled]", "true", **ELEMENTS
    ),
    "success_url on an embedded page": forbidden(
        "success_url", "https://a.example", ui_mode="embedded_page"
    ),
    "optional_items on a form": forbidden("optional_items[0][price]", "price_1", ui_mode="form"),
    "two currencies": wrong(
        "line_items[1][price_data][currency]",
        None,
        {
            "line_items[1][price_data][currency]": "usd",
            "line_items[1][price_data][unit_amount]": "100",
            "line_items[1][price_data][product_data][name]": "Tip",
            "line_items[1][quantity]": "1",
        },
    ),
    "less than the least": wrong(None, "amount_too_small", {f"{PRICE}[unit_amount]": "49"}),
    "49 yen": wrong(
        None, "amount_too_small", {f"{PRICE}[unit_amount]": "49", f"{PRICE}[currency]": "jpy"}
    ),
    "more than the most": wrong(
        None, "amount_too_large", {f"{PRICE}[unit_amount]": "100000000"}
    ),
    "a dinar's last digit": wrong(
        f"{PRICE}[unit_amount]",
        INTEGER,
        {f"{PRICE}[unit_amount]": "5124", f"{PRICE}[currency]": "kwd"},
    ),
    "a part of a króna": wrong(
        f"{PRICE}[unit_amount]",
        INTEGER,
        {f"{PRICE}[unit_amount]": "50050", f"{PRICE}[currency]": "isk"},
    ),
    "a price that does not exist": (
        *CREATE,
        {
            "mode": "payment",
            "success_url": "https://a.example",
            "line_items[0][price]": "price_1",
            "line_items[0][quantity]": "1",
        },
        404, BAD, GONE, "line_items[0][price]",
    ),
    "price and price_data": wrong(
        "line_items[0][price]", None, {"line_items[0][price]": "price_1"}
    ),
    "customer and customer_email": bad(
        "customer", None, customer="cus_1", customer_email="a@example.com"
    ),
    "an expansion that does not exist": wrong("expand", None, {"expand[0]": "shop"}),
    "an expansion five levels deep": wrong("expand", None, {"expand[0]": "a.b.c.d.e"}),
}  # fmt: skip
