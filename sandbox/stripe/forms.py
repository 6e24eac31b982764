"""Decode form bodies and query strings with Stripe's bracket notation."""

import re
from urllib.parse import parse_qsl

from sandbox.stripe.wire import StripeError

Tree = dict[str, "str | Tree"]
_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_DEPTH, _FIELDS = 12, 2000


def decode(text: str) -> Tree:
    """Turn ``a[b][0]=x&c[]=y`` into nested tables; list positions are kept as keys."""
    tree: Tree = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError as error:
        raise StripeError("Invalid request: too many parameters.") from error
    for key, value in pairs:
        match = _KEY.match(key)
        if match is None:
            raise StripeError(f"Invalid parameter name: {key}", param=key)
        parts = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        if len(parts) > _DEPTH:
            raise StripeError(f"Parameter nested too deeply: {key}", param=key)
        _place(tree, parts, value, key)
    return tree


def _place(tree: Tree, parts: list[str], value: str, key: str) -> None:
    for part in parts[:-1]:
        inner = tree.setdefault(part or str(len(tree)), {})
        if isinstance(inner, str):
            raise StripeError(f"Conflicting values for {key}", param=key)
        tree = inner
    last = parts[-1] or str(len(tree))
    if isinstance(tree.get(last), dict):
        raise StripeError(f"Conflicting values for {key}", param=key)
    tree[last] = value
