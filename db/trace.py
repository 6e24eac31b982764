"""The trace: one short id that goes from a tap through every job that comes of it.

It is written into the payload of whatever is enqueued while it is current, and into the booking
that is held, so that what Stripe says later goes on under the id of the tap that began it.
"""

from base64 import b32encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from hashlib import blake2s
from typing import Any, Final, Self

KEY: Final = "trace"
"""What it is called in payloads, and among the details of a booking."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What a line of the log and a job belong to."""

    id: str
    booking: str = ""
    """A booking's reference, where it is known."""
    taken_at: int | None = None
    """When the update was taken in that this directly answers, in epoch milliseconds."""

    @classmethod
    def of_key(cls, key: str) -> Self:
        """Return the trace that begins with a job's key: the same however often it is run."""
        return cls(b32encode(blake2s(key.encode(), digest_size=5).digest()).decode().lower())

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote."""
        return cls(data["id"], data.get("booking", ""), data.get("taken_at"))

    def as_json(self) -> dict[str, Any]:
        """Return plain data, without what is not known."""
        data: dict[str, Any] = {"id": self.id}
        if self.booking:
            data["booking"] = self.booking
        if self.taken_at is not None:
            data["taken_at"] = self.taken_at
        return data


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current() -> Trace | None:
    """Return the trace of the task that asks."""
    return _current.get()


@contextmanager
def following(trace: Trace | None) -> Iterator[None]:
    """Follow a trace inside the block, and whatever is joined in it."""
    token = _current.set(trace)
    try:
        yield
    finally:
        _current.reset(token)


def kept() -> str | None:
    """Return the present id, to be kept with what is being made."""
    trace = _current.get()
    return trace.id if trace else None


def join(reference: str, details: Mapping[str, Any] | None = None) -> None:
    """Go on as part of a booking, under the id kept in its details, until the block is left."""
    trace = _current.get() or Trace.of_key(reference)
    found = (details or {}).get(KEY) or trace.id
    _current.set(replace(trace, id=found, booking=reference))
