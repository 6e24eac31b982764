"""Typed reading of JSON objects with the server's words for what is wrong."""

from typing import TypeAlias

from sandbox.telegram.errors import bad_request

Json: TypeAlias = dict[str, object]


def words(text: str) -> frozenset[str]:
    """Split a line of names into a set."""
    return frozenset(text.split())


class FieldError(ValueError):
    """Say what is wrong with a field; the reader adds where it was."""


def required(source: Json, name: str) -> object:
    """Read a field that must be there."""
    if source.get(name) is None:
        raise FieldError(f'Can\'t find field "{name}"')
    return source[name]


def string(source: Json, name: str, default: str = "") -> str:
    """Read an optional string; numbers count as strings."""
    value = source.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise FieldError(f'Field "{name}" must be of type String')
    return str(value)


def required_string(source: Json, name: str) -> str:
    """Read a string that must be there (it may be empty)."""
    required(source, name)
    return string(source, name)


def integer(source: Json, name: str, default: int = 0) -> int:
    """Read an optional whole number, also when written as a string."""
    value = source.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise FieldError(f'Field "{name}" must be of type Number')
    try:
        return int(value)
    except ValueError:
        raise FieldError(f'Field "{name}" must be of type Number') from None


def required_integer(source: Json, name: str) -> int:
    """Read a whole number that must be there."""
    required(source, name)
    return integer(source, name)


def boolean(source: Json, name: str) -> bool:
    """Read an optional boolean."""
    value = source.get(name)
    if value is not None and not isinstance(value, bool):
        raise FieldError(f'Field "{name}" must be of type Boolean')
    return bool(value)


def array(source: Json, name: str) -> list[object]:
    """Read an optional array."""
    value = source.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise FieldError(f'Field "{name}" must be of type Array')
    return list(value)


def mapping(source: Json, name: str) -> Json | None:
    """Read an optional object."""
    value = source.get(name)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise FieldError(f'Field "{name}" must be of type Object')
    return {str(key): item for key, item in value.items()}


def as_object(value: object) -> Json:
    """Take a value as an object."""
    if not isinstance(value, dict):
        raise FieldError("expected an Object")
    return {str(key): item for key, item in value.items()}


def no_others(source: Json, known: frozenset[str], where: str) -> None:
    """Refuse unknown fields, which Telegram would ignore and a typo would hide behind."""
    for name in source:
        if name not in known:
            raise bad_request(f'strict sandbox: unknown field "{name}" in {where}')
