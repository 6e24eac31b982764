"""Column types of our own: instants as epoch milliseconds, and sealed text and JSON."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, TypeVar, overload

from tortoise.fields.base import Field
from tortoise.models import Model
from typing_extensions import override

from db import sealing
from db.unopened import SHUT, Shut, is_forgiven

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
# json.dumps would make an encoder each time
_as_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

T = TypeVar("T")
TInstant = TypeVar("TInstant", datetime, datetime | None)
TText = TypeVar("TText", str, str | None)


def to_ms(instant: datetime) -> int:
    """Return an aware instant as epoch milliseconds, rounded down; refuse a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone: only aware instants are stored")
    return (instant - EPOCH) // MILLISECOND


def from_ms(value: int) -> datetime:
    """Return epoch milliseconds as an aware instant in UTC."""
    return datetime.fromtimestamp(value / 1000, UTC)


def seal_json(value: object) -> bytes:
    """Return a JSON value sealed."""
    return sealing.seal(_as_json(value).encode())


def unseal_json(sealed: bytes) -> object:
    """Return what `seal_json` sealed."""
    return json.loads(sealing.unseal(sealed))


class InstantField(Field[TInstant]):
    """An aware instant, stored as epoch milliseconds, so that every comparison is one of integers.

    Arguments of filter() and update() pass through `to_db_value` too: Tortoise's own datetime
    compares as text on SQLite, where 06:30+06:00 sorts after 01:00Z.
    """

    SQL_TYPE = "BIGINT"
    field_type = datetime

    @overload
    def __init__(self: "InstantField[datetime]", *, null: Literal[False] = False) -> None: ...

    @overload
    def __init__(self: "InstantField[datetime | None]", *, null: Literal[True]) -> None: ...

    def __init__(self, *, null: bool = False) -> None:
        super().__init__(null=null)

    @override
    def to_db_value(self, value: object, instance: type[Model] | Model) -> int | None:
        """Return the instant as epoch milliseconds."""
        if value is None:
            return None
        if not isinstance(value, datetime):
            raise TypeError(f"{self.model_field_name} is an instant, not {value!r}")
        return to_ms(value)

    @override
    def to_python_value(self, value: object) -> datetime | None:
        """Return epoch milliseconds as an instant in UTC."""
        if isinstance(value, datetime):
            return value
        return from_ms(value) if isinstance(value, int) else None


class _Sealed:
    """What sealed columns share: bytes in the database, and nothing to compare or sort by."""

    indexable = False
    SQL_TYPE = "BLOB"

    _db_postgres = type("PostgreSQL", (), {"SQL_TYPE": "BYTEA"})


class SealedTextField(_Sealed, Field[TText]):
    """A text encrypted with `privacy.key`."""

    field_type = str

    @overload
    def __init__(self: "SealedTextField[str]", *, null: Literal[False] = False) -> None: ...

    @overload
    def __init__(self: "SealedTextField[str | None]", *, null: Literal[True]) -> None: ...

    def __init__(self, *, null: bool = False) -> None:
        super().__init__(null=null)

    @override
    def to_db_value(self, value: object, instance: type[Model] | Model) -> bytes | None:
        """Return the text sealed."""
        return None if value is None else sealing.seal(str(value).encode())

    @override
    def to_python_value(self, value: object) -> str | None:
        """Return the text that was sealed."""
        if isinstance(value, bytes):
            return _opened(value, _unseal_text)
        return _text(value)


class SealedJSONField(_Sealed, Field[Any]):
    """A JSON value encrypted with `privacy.key`."""

    field_type = object

    def __init__(self, *, null: bool = False) -> None:
        super().__init__(null=null)

    @override
    def to_db_value(self, value: object, instance: type[Model] | Model) -> bytes | None:
        """Return the value as sealed JSON."""
        return None if value is None else seal_json(value)

    @override
    def to_python_value(self, value: object) -> object:
        """Return the JSON value that was sealed."""
        if isinstance(value, bytes):
            return _opened(value, unseal_json)
        return SHUT if is_forgiven() and value is not None else value


def _unseal_text(sealed: bytes) -> str:
    return sealing.unseal(sealed).decode()


def _opened(sealed: bytes, unseal: Callable[[bytes], T]) -> T | Shut:
    try:
        return unseal(sealed)
    except sealing.Tampered:
        if is_forgiven():
            return SHUT
        raise


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    return SHUT if is_forgiven() else value
