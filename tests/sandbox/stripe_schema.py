"""Stripe's own types, read from the installed SDK, as a check of requests and answers.

``check_request(method, path, form)`` and ``check_response(path, body)`` raise AssertionError naming
every place that the SDK's types do not allow. Open enumerations (``Literal[…] | str``) are taken
as closed. Nothing is vendored: the types move with the locked SDK.
"""

import importlib
import re
import types
import typing
from decimal import Decimal
from urllib.parse import parse_qsl

import stripe
import typing_extensions
from stripe._object_classes import OBJECT_CLASSES

from tests.sandbox.stripe_sdk_types import (
    annotations_of,
    fields_of,
    is_known,
    params_of,
    resolved,
)

_RESOURCES = {
    "checkout/sessions": "checkout.session",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "balance_transactions": "balance_transaction",
    "refunds": "refund",
    "disputes": "dispute",
    "events": "event",
    "webhook_endpoints": "webhook_endpoint",
    "account": "account",
    "balance": "balance",
}
_ID = re.compile(r"/(?:cs|pi|ch|txn|re|du|dp|evt|we)_[^/]+")
_UNIONS = (typing.Union, types.UnionType)


def check_request(method, path, form):
    """Raise unless the SDK's parameter types admit this form body or query (text or pairs)."""
    template = f"{method} {_ID.sub('/{}', path)}"
    assert is_known(template), f"{template}: not a method that is known here"
    pairs = parse_qsl(form, keep_blank_values=True) if isinstance(form, str) else list(form.items())
    problems = list(_request(_decoded(pairs), params_of(template), ""))
    assert not problems, f"{template}: " + "; ".join(problems)


def check_response(path, body):
    """Raise unless the SDK's resource types admit this answer to ``path``."""
    if "error" in body:
        problems = list(_response(body["error"], stripe.ErrorObject, "error"))
    else:
        resource = next((r for p, r in _RESOURCES.items() if path.startswith(f"/v1/{p}")), None)
        assert resource, f"{path}: not a method that is known here"
        expected = "item" if path.endswith("/line_items") else resource
        problems = list(_resource(body, expected, ""))
    assert not problems, f"{path}: " + "; ".join(problems)


def check_event(event):
    """Raise unless the event, as a webhook carries it, is what the SDK expects."""
    problems = list(_resource(event, "event", ""))
    assert not problems, f"{event.get('type')}: " + "; ".join(problems)


def _decoded(pairs):
    tree = {}
    for key, value in pairs:
        parts = [part for part in re.split(r"[\[\]]+", key) if part]
        node = tree
        for part in parts[:-1]:
            node = node.setdefault(part, {})
        node[parts[-1]] = value
    return tree


def _request(value, hint, at, owner=None):
    hint = resolved(hint, owner)
    origin = typing.get_origin(hint)
    if origin in _UNIONS:
        yield from _either(value, hint, at, owner, _request)
    elif origin in {typing.Literal, typing_extensions.Literal}:
        if value not in [str(one) for one in typing.get_args(hint)]:
            yield f"{at}: {value!r} is none of {typing.get_args(hint)[:6]}…"
    elif origin is list:
        if not isinstance(value, dict) or not all(key.isdigit() for key in value):
            yield f"{at}: not a list"
            return
        for key, one in value.items():
            yield from _request(one, typing.get_args(hint)[0], f"{at}[{key}]", owner)
    elif typing_extensions.is_typeddict(hint):
        yield from _table(value, hint, at)
    elif origin is dict or "UntypedStripeObject" in str(hint):
        if not isinstance(value, dict) or any(not isinstance(v, str) for v in value.values()):
            yield f"{at}: not a table of strings"
    else:
        yield from _scalar(value, hint, at)


def _table(value, typed, at):
    if not isinstance(value, dict):
        yield f"{at}: not a table"
        return
    fields = fields_of(typed)
    for name, one in value.items():
        where = f"{at}[{name}]" if at else name
        if name not in fields:
            yield f"{where}: unknown"
        else:
            yield from _request(one, fields[name][0], where, typed)
    for name, (_, needed) in fields.items():
        if needed and name not in value:
            yield f"{at}[{name}]: missing"


def _scalar(value, hint, at):
    patterns = {int: r"-?\d+", bool: r"true|false", Decimal: r"-?\d+(\.\d+)?", float: r".+"}
    if not isinstance(value, str):
        yield f"{at}: not a single value"
    elif hint in patterns and not re.fullmatch(patterns[hint], value):
        yield f"{at}: {value!r} is not {hint.__name__}"


def _either(value, hint, at, owner, check):
    arms = [resolved(arm, owner) for arm in typing.get_args(hint)]
    words = [
        a for a in arms if typing.get_origin(a) is typing.Literal and typing.get_args(a) != ("",)
    ]
    if words:
        arms = [arm for arm in arms if arm is not str]
    tried = [list(check(value, arm, at, owner)) for arm in arms]
    if all(tried):
        yield from min(tried, key=len)


def _resource(body, expected, at):
    kind = body.get("object")
    if kind == "list":
        for name in ("data", "has_more", "url"):
            if name not in body:
                yield f"{at}.{name}: missing"
        for place, one in enumerate(body["data"]):
            yield from _resource(one, expected, f"{at}[{place}]")
        return
    if kind != expected:
        yield f"{at}: {kind} where {expected} was expected"
        return
    module, name = OBJECT_CLASSES[kind]
    if body.get("deleted"):
        return
    yield from _response(body, getattr(importlib.import_module(module), name), at)
    if kind == "event":
        yield from _resource(
            body["data"]["object"], body["data"]["object"]["object"], "data.object"
        )


def _response(value, hint, at, owner=None):
    hint = resolved(hint, owner)
    origin = typing.get_origin(hint)
    if origin in _UNIONS:
        yield from _either(value, hint, at, owner, _response)
    elif origin in {list, stripe.ListObject}:
        rows = value["data"] if isinstance(value, dict) else value
        if not isinstance(rows, list):
            yield f"{at}: not a list"
            return
        for place, one in enumerate(rows):
            yield from _response(one, typing.get_args(hint)[0], f"{at}[{place}]", owner)
    elif _is_anything(hint):
        return
    elif isinstance(hint, type) and issubclass(hint, stripe.StripeObject):
        yield from _object(value, hint, at)
    elif not _is_of(value, hint):
        yield f"{at}: {value!r} is not {hint}"


def _is_anything(hint):
    loose = "UntypedStripeObject" in str(hint) or hint is stripe.StripeObject
    return loose or hint is typing.Any


def _is_of(value, hint):
    if typing.get_origin(hint) in {typing.Literal, typing_extensions.Literal}:
        return value in typing.get_args(hint)
    if hint is None or hint is type(None):
        return value is None
    return type(value) is {Decimal: str}.get(hint, hint)


def _object(value, cls, at):
    if not isinstance(value, dict):
        yield f"{at}: not an object"
        return
    hints = annotations_of(cls)
    for name, one in value.items():
        where = f"{at}.{name}" if at else name
        if name not in hints:
            yield f"{where}: unknown"
        else:
            yield from _response(one, hints[name], where, cls)
    for name, hint in hints.items():
        kind = resolved(hint, cls)
        if name not in value and type(None) not in typing.get_args(kind):
            yield f"{at}.{name}: missing"
