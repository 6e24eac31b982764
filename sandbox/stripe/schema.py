"""A small language for the parameters a method takes, and the strict check of a request."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from sandbox.stripe.forms import Tree
from sandbox.stripe.wire import Obj, StripeError, required, unknown

_EMAIL = re.compile(r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$")
_INTEGER = re.compile(r"^-?\d{1,18}$")
_KEYS, _KEY_LENGTH, _VALUE_LENGTH = 50, 40, 500


class Spec(Protocol):
    """Check one value and return it in its own type."""

    def check(self, value: str | Tree, param: str) -> object:
        """Return the decoded value, or raise StripeError naming ``param``."""


def _string(value: str | Tree, param: str, *, unset: bool = False) -> str:
    if isinstance(value, dict):
        raise StripeError(f"Invalid string: {value}", param=param)
    if value == "" and not unset:
        message = (
            f"You passed an empty string for '{param}'. We assume empty values are an attempt to "
            f"unset a parameter; however '{param}' cannot be unset. You should remove '{param}' "
            "from your request or supply a non-empty value."
        )
        raise StripeError(message, code="parameter_invalid_empty", param=param)
    return value


@dataclass(frozen=True)
class Text:
    """A string of at most ``limit`` characters; ``unset`` admits the empty one."""

    limit: int = 5000
    unset: bool = False

    def check(self, value: str | Tree, param: str) -> str:
        """Return the string."""
        text = _string(value, param, unset=self.unset)
        if len(text) > self.limit:
            shown = f"{text[:8]}...{text[-5:]}"
            message = f"Invalid string: {shown}; must be at most {self.limit} characters"
            raise StripeError(message, param=param)
        return text


@dataclass(frozen=True)
class Url:
    """An absolute http(s) address."""

    limit: int = 5000

    def check(self, value: str | Tree, param: str) -> str:
        """Return the address."""
        text = Text(self.limit).check(value, param)
        parts = urlsplit(text)
        if parts.scheme not in {"http", "https"} or not parts.hostname or " " in text:
            raise StripeError("Not a valid URL", code="url_invalid", param=param)
        return text


@dataclass(frozen=True)
class Email:
    """An e-mail address."""

    def check(self, value: str | Tree, param: str) -> str:
        """Return the address."""
        text = Text(512).check(value, param)
        if not _EMAIL.match(text):
            raise StripeError(f"Invalid email address: {text}", code="email_invalid", param=param)
        return text


@dataclass(frozen=True)
class Int:
    """A whole number within bounds."""

    least: int | None = None
    most: int | None = None

    def check(self, value: str | Tree, param: str) -> int:
        """Return the number."""
        text = "" if isinstance(value, dict) else _string(value, param)
        if not _INTEGER.match(text):
            raise StripeError(
                f"Invalid integer: {text}", code="parameter_invalid_integer", param=param
            )
        number = int(text)
        if self.least is not None and number < self.least:
            message = f"This value must be greater than or equal to {self.least}."
            raise StripeError(message, code="parameter_invalid_integer", param=param)
        if self.most is not None and number > self.most:
            message = f"This value must be less than or equal to {self.most}."
            raise StripeError(message, code="parameter_invalid_integer", param=param)
        return number


@dataclass(frozen=True)
class Flag:
    """A boolean: ``true`` or ``false``."""

    def check(self, value: str | Tree, param: str) -> bool:
        """Return the boolean."""
        if value not in {"true", "false"} if isinstance(value, str) else True:
            raise StripeError(f"Invalid boolean: {value}", param=param)
        return value == "true"


@dataclass(frozen=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]

    def check(self, value: str | Tree, param: str) -> str:
        """Return the word."""
        text = _string(value, param, unset="" in self.words)
        if text not in self.words:
            name = param.rsplit("[", 1)[-1].rstrip("]")
            listed = ", ".join(self.words[:-1])
            words = f"{listed}, or {self.words[-1]}" if listed else self.words[0]
            raise StripeError(f"Invalid {name}: must be one of {words}", param=param)
        return text


@dataclass(frozen=True)
class Many:
    """A list of at most ``limit`` values."""

    item: Spec
    limit: int = 100

    def check(self, value: str | Tree, param: str) -> list[object]:
        """Return the values in the order of their positions."""
        if not isinstance(value, dict) or not all(key.isdecimal() for key in value):
            raise StripeError("Invalid array", param=param)
        if len(value) > self.limit:
            message = f"Array {param} exceeded maximum {self.limit} allowed elements."
            raise StripeError(message, param=param)
        ordered = sorted(value.items(), key=lambda pair: int(pair[0]))
        return [self.item.check(v, f"{param}[{i}]") for i, (_, v) in enumerate(ordered)]


@dataclass(frozen=True)
class Metadata:
    """At most 50 pairs of strings, keys ≤ 40 and values ≤ 500; empty values unset."""

    unset: bool = True

    def check(self, value: str | Tree, param: str) -> dict[str, str]:
        """Return the pairs."""
        if value == "" and self.unset:
            return {}
        if not isinstance(value, dict):
            raise StripeError("Invalid object", param=param)
        if len(value) > _KEYS:
            raise StripeError(f"You can only set up to {_KEYS} metadata keys.", param=param)
        for key, text in value.items():
            place = f"{param}[{key}]"
            if isinstance(text, dict):
                raise StripeError("Metadata values must be strings.", param=place)
            if len(key) > _KEY_LENGTH:
                message = f"Metadata keys can have up to {_KEY_LENGTH} characters."
                raise StripeError(message, param=place)
            if len(text) > _VALUE_LENGTH:
                message = (
                    f"Metadata values can have up to {_VALUE_LENGTH} characters, "
                    f"but you passed in a value that is {len(text)} characters."
                )
                raise StripeError(message, param=place)
        return {key: text for key, text in value.items() if isinstance(text, str)}


@dataclass(frozen=True)
class Loose:
    """A documented part that the sandbox does not act upon and passes unchecked."""

    def check(self, value: str | Tree, param: str) -> str | Tree:
        """Return the value as it came."""
        return Text(unset=True).check(value, param) if isinstance(value, str) else value


@dataclass(frozen=True)
class Record:
    """A table of named parameters, the starred ones required."""

    fields: Mapping[str, Spec]
    needed: tuple[str, ...] = field(default=())

    def check(self, value: str | Tree, param: str) -> Obj:
        """Return the table; an unknown name is refused, a missing one asked for."""
        if not isinstance(value, dict):
            raise StripeError("Invalid object", param=param)
        for name in value:
            if name not in self.fields:
                raise unknown(f"{param}[{name}]" if param else name)
        for name in self.needed:
            if name not in value:
                raise required(f"{param}[{name}]" if param else name)
        return {
            name: self.fields[name].check(inner, f"{param}[{name}]" if param else name)
            for name, inner in value.items()
        }
