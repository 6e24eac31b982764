"""Trees of settings: tables within tables, as TOML and the environment give them."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, SecretStr

Tree = dict[str, Any]


def laid_over(below: Tree, above: Tree) -> Tree:
    """Return a tree with another laid over it, table by table."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = (
            laid_over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return merged


def secrets_in(value: object) -> Iterator[str]:
    """Yield every secret of a section in clear."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from secrets_in(getattr(value, name))
    elif isinstance(value, tuple):
        for member in value:
            yield from secrets_in(member)


def is_json(text: str) -> bool:
    """Tell whether a text is JSON."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
