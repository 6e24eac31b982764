"""Expansion of ids into objects: which paths exist, and the copies with them."""

import copy

from sandbox.stripe.paging import listing
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Obj, StripeError

_DEPTH = 4
# what can be expanded in each resource, and what it becomes ("" for what is always null here)
_GRAPH: dict[str, dict[str, str]] = {
    "checkout.session": {
        "payment_intent": "payment_intent",
        "line_items": "items",
        **dict.fromkeys(
            ("customer", "discounts", "invoice", "payment_link", "setup_intent", "subscription"), ""
        ),
    },
    "payment_intent": {
        "latest_charge": "charge",
        **dict.fromkeys(
            ("application", "customer", "on_behalf_of", "payment_method", "review"), ""
        ),
    },
    "charge": {
        "balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
        "refunds": "refunds",
        **dict.fromkeys(("application", "application_fee", "customer", "on_behalf_of"), ""),
        **dict.fromkeys(("review", "source_transfer"), ""),
    },
    "refund": {
        "balance_transaction": "balance_transaction",
        "charge": "charge",
        "failure_balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
        **dict.fromkeys(("source_transfer_reversal", "transfer_reversal"), ""),
    },
    "refunds": {"data": "refund"},
    "items": {"data": "item"},
    "dispute": {"charge": "charge", "payment_intent": "payment_intent"},
}


def check_paths(gives: str, paths: list[str]) -> None:
    """Refuse a path that a method answering ``gives`` (``list:refund``) cannot expand."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEPTH:
            message = f"You cannot expand more than {_DEPTH} levels of a property. Property: {path}"
            raise StripeError(message, param="expand")
        kind = gives
        if gives.startswith("list:"):
            if parts[0] != "data":
                message = (
                    f"This property cannot be expanded ({path}). "
                    f"You may want to try expanding 'data.{path}' instead."
                )
                raise StripeError(message, param="expand")
            kind, parts = gives.removeprefix("list:"), parts[1:]
        for part in parts:
            if part not in _GRAPH.get(kind, {}):
                raise StripeError(f"This property cannot be expanded ({path}).", param="expand")
            kind = _GRAPH[kind][part]


def expanded(store: Store, subject: Obj, gives: str, paths: list[str]) -> Obj:
    """Return a copy of ``subject`` with each (checked) path expanded."""
    result = copy.deepcopy(subject)
    for path in paths:
        parts = path.split(".")
        if gives.startswith("list:"):
            for one in result["data"]:
                _walk(store, one, gives.removeprefix("list:"), parts[1:])
        else:
            _walk(store, result, gives, parts)
    return result


def _walk(store: Store, node: Obj, kind: str, parts: list[str]) -> None:
    if not parts:
        return
    name, becomes = parts[0], _GRAPH[kind].get(parts[0], "")
    if name == "data":
        for one in node["data"]:
            _walk(store, one, becomes, parts[1:])
        return
    value = node.get(name)
    if becomes in {"items", "refunds"} and value is None:
        node[name] = _list_of(store, node, becomes)
    elif becomes and isinstance(value, str):
        node[name] = copy.deepcopy(_tables(store)[becomes][value])
    if isinstance(node.get(name), dict):
        _walk(store, node[name], becomes, parts[1:])


def _tables(store: Store) -> dict[str, dict[str, Obj]]:
    return {
        "balance_transaction": store.balance_transactions,
        "charge": store.charges,
        "payment_intent": store.payment_intents,
    }


def _list_of(store: Store, owner: Obj, kind: str) -> Obj:
    identifier = owner["id"]
    if kind == "items":
        url = f"/v1/checkout/sessions/{identifier}/line_items"
        return listing(copy.deepcopy(store.line_items[identifier]), url)
    found = [copy.deepcopy(r) for r in store.refunds.values() if r["charge"] == identifier]
    return listing(found[::-1], f"/v1/charges/{identifier}/refunds")
