"""Sealed values that do not open: an error, unless whoever reads can do without them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, TypeVar

T = TypeVar("T")
WHY: Final = "damaged, or sealed with a key that is not in privacy.key or privacy.old_keys"


@dataclass(frozen=True, slots=True)
class Unopened:
    """A sealed value that does not open: where it lies."""

    table: str
    row: int
    column: str

    def __str__(self) -> str:
        return f"{self.column} of {self.table} {self.row}"


class Shut(str):
    """Stands for a value that does not open, where that is forgiven."""

    __slots__ = ()


SHUT: Final = Shut("?")
_forgiven: ContextVar[list[Unopened] | None] = ContextVar("forgiven", default=None)


@contextmanager
def forgiving() -> Iterator[list[Unopened]]:
    """Read rows whose sealed values may not open; gives a list of those that `opened` has met."""
    met: list[Unopened] = []
    token = _forgiven.set(met)
    try:
        yield met
    finally:
        _forgiven.reset(token)


def is_forgiven() -> bool:
    """Tell whether whoever reads can do without a value that does not open."""
    return _forgiven.get() is not None


def opened(value: T, where: Unopened) -> T | None:
    """Return a sealed value that was read; None, and a note of it, when it did not open."""
    if not isinstance(value, Shut):
        return value
    met = _forgiven.get()
    if met is not None:
        met.append(where)
    return None
