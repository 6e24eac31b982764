"""Why a value of the catalogue file was refused, in words for whoever wrote the file."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from booking.catalog import PolicyStep, Question

AMOUNTS: Final = frozenset({"price", "deposit", "amount"})

NESTED: Final[dict[str, type[BaseModel]]] = {"questions": Question, "cancellation": PolicyStep}

REASONS: Final[dict[str, str]] = {
    "missing": "is missing",
    "int_type": "must be a whole number, without quotes",
    "bool_type": "must be true or false, without quotes",
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "too_short": "must name at least one",
    "date_type": "must be a date such as 2026-11-01",
    "datetime_type": "must be a local date-time such as 2026-12-24T00:00:00",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "{input!r} is not one of {expected}",
}


def reason_of(error: ErrorDetails, known: Iterable[str]) -> str:
    """Word one finding of pydantic; `known` are the keys the table may have."""
    kind, field = error["type"], str(error["loc"][-1])
    if kind in _WORDED:
        return _WORDED[kind](error, known)
    if kind == "string_type" and field in AMOUNTS:
        return f'must be a string such as "50.00", not {error["input"]!r}'
    if kind == "string_type":
        return f"must be a string, not {error['input']!r}"
    if kind in REASONS:
        return REASONS[kind].format(input=error["input"], **error.get("ctx", {}))
    return error["msg"]


def path_of(loc: tuple[int | str, ...]) -> str:
    """Write where a finding is: keys joined by points, places in lists counted from 1."""
    parts = [f" #{part + 1}" if isinstance(part, int) else f".{part}" for part in loc]
    return "".join(part for part in parts if part != ".[key]").removeprefix(".")


def known_keys(model: type[BaseModel], error: ErrorDetails) -> list[str]:
    """Return the keys the table in which something was found may have."""
    inside = NESTED.get(str(error["loc"][0]), model) if len(error["loc"]) > 1 else model
    return [info.alias or name for name, info in inside.model_fields.items()]


def _value(error: ErrorDetails, _: Iterable[str]) -> str:
    return str(error.get("ctx", {})["error"])


def _unknown(error: ErrorDetails, known: Iterable[str]) -> str:
    close = get_close_matches(str(error["loc"][-1]), list(known), n=1)
    return "is not a known key" + (f": is it {close[0]!r}?" if close else "")


def _pattern(error: ErrorDetails, _: Iterable[str]) -> str:
    any_case = "A-Z" in error.get("ctx", {})["pattern"]
    letters = "letters, digits, - and _" if any_case else "a-z, 0-9 and -"
    return f"{error['input']!r} is not a key: 1 to 40 of {letters}"


_WORDED: Final[dict[str, Callable[[ErrorDetails, Iterable[str]], str]]] = {
    "value_error": _value,
    "extra_forbidden": _unknown,
    "string_pattern_mismatch": _pattern,
}
