"""What the installed SDK says about Stripe: parameter types, resource types, their names."""

import ast
import functools
import importlib
import re
import sys
import typing
from pathlib import Path

import typing_extensions
from stripe._request_options import RequestOptions

_PARAMS = {
    "POST /v1/checkout/sessions": "checkout.SessionCreateParams",
    "GET /v1/checkout/sessions": "checkout.SessionListParams",
    "GET /v1/checkout/sessions/{}": "checkout.SessionRetrieveParams",
    "POST /v1/checkout/sessions/{}": "checkout.SessionUpdateParams",
    "POST /v1/checkout/sessions/{}/expire": "checkout.SessionExpireParams",
    "GET /v1/checkout/sessions/{}/line_items": "checkout.SessionLineItemListParams",
    "GET /v1/payment_intents": "PaymentIntentListParams",
    "GET /v1/payment_intents/{}": "PaymentIntentRetrieveParams",
    "GET /v1/charges": "ChargeListParams",
    "GET /v1/charges/{}": "ChargeRetrieveParams",
    "GET /v1/balance_transactions/{}": "BalanceTransactionRetrieveParams",
    "POST /v1/refunds": "RefundCreateParams",
    "GET /v1/refunds": "RefundListParams",
    "GET /v1/refunds/{}": "RefundRetrieveParams",
    "POST /v1/refunds/{}": "RefundUpdateParams",
    "POST /v1/refunds/{}/cancel": "RefundCancelParams",
    "GET /v1/disputes": "DisputeListParams",
    "GET /v1/disputes/{}": "DisputeRetrieveParams",
    "POST /v1/disputes/{}": "DisputeUpdateParams",
    "POST /v1/disputes/{}/close": "DisputeCloseParams",
    "GET /v1/events": "EventListParams",
    "GET /v1/events/{}": "EventRetrieveParams",
    "POST /v1/webhook_endpoints": "WebhookEndpointCreateParams",
    "GET /v1/webhook_endpoints": "WebhookEndpointListParams",
    "GET /v1/webhook_endpoints/{}": "WebhookEndpointRetrieveParams",
    "POST /v1/webhook_endpoints/{}": "WebhookEndpointUpdateParams",
    "DELETE /v1/webhook_endpoints/{}": "WebhookEndpointDeleteParams",
    "GET /v1/account": "AccountRetrieveCurrentParams",
    "GET /v1/balance": "BalanceRetrieveParams",
}
_OPTIONS = set(RequestOptions.__annotations__)


def is_known(template):
    """Tell whether a method such as ``POST /v1/refunds/{}`` is known here."""
    return template in _PARAMS


def params_of(template):
    """Return the SDK's TypedDict of a method such as ``POST /v1/refunds/{}``."""
    module, _, name = _PARAMS[template].rpartition(".")
    package = importlib.import_module(f"stripe.params.{module}" if module else "stripe.params")
    return getattr(package, name)


def templates():
    """Return the methods known here."""
    return list(_PARAMS)


def fields_of(typed):
    """Return the fields of a TypedDict: name → (type, required)."""
    found = {}
    for name, written in typed.__annotations__.items():
        if name in _OPTIONS:
            continue
        hint = resolved(written, typed)
        optional = typing.get_origin(hint) in {typing.NotRequired, typing_extensions.NotRequired}
        found[name] = (typing.get_args(hint)[0] if optional else hint, not optional)
    return found


def resolved(hint, owner):
    """Evaluate what the SDK wrote as text, in the module it was written in."""
    if isinstance(hint, typing.ForwardRef):
        hint = hint.__forward_arg__
    if not isinstance(hint, str):
        return hint
    module = sys.modules[owner.__module__]
    names = {name for name in re.findall(r"\w+", hint) if name in _imports(module.__name__)}
    found = {name: _imports(module.__name__)[name] for name in names}
    scope = {n: getattr(importlib.import_module(m), real) for n, (m, real) in found.items()}
    return eval(hint, {**vars(typing), **vars(module), **scope})


@functools.cache
def _imports(name):
    """Return what a module imports, for type checkers only too: name → (module, name there)."""
    tree = ast.parse(Path(sys.modules[name].__file__).read_text())
    return {
        alias.asname or alias.name: (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module.startswith("stripe")
        for alias in node.names
    }


def annotations_of(cls):
    skipped = {"OBJECT_NAME"}
    return {
        name: hint
        for name, hint in cls.__annotations__.items()
        if not name.startswith("_") and name not in skipped
    }
