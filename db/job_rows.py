"""What a job is, as callers see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any, cast

from db.fields import from_ms, unseal_json
from db.trace import KEY, Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to be taken in; without `run_at` it is due at once."""

    kind: str
    key: str
    payload: Mapping[str, Any]
    lane: str | None = None
    run_at: datetime | None = None
    priority: int = 5
    max_attempts: int = 20


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it was leased; `lease_token` says by whom."""

    id: int
    kind: str
    key: str
    lane: str | None
    payload: dict[str, Any]
    priority: int
    attempts: int
    """How often it was begun, this time included."""
    max_attempts: int
    lease_token: str | None
    created_at: datetime
    run_at: datetime
    dead_at: datetime | None = None
    last_error: str | None = None
    trace: Trace | None = None
    """What it came of; None for what was taken in from outside."""


def job_of(row: Mapping[str, Any]) -> Job:
    """Return a row of the job table as a Job; how it ended may be left out."""
    dead_at = row.get("dead_at")
    payload = cast("dict[str, Any]", unseal_json(row["payload"]))
    trace = payload.pop(KEY, None)
    return Job(
        id=row["id"],
        kind=row["kind"],
        key=row["key"],
        lane=row["lane"],
        payload=payload,
        priority=row["priority"],
        attempts=row["attempts"],
        max_attempts=row["max_attempts"],
        lease_token=row["lease_token"],
        created_at=from_ms(row["created_at"]),
        run_at=from_ms(row["run_at"]),
        dead_at=None if dead_at is None else from_ms(dead_at),
        last_error=row.get("last_error"),
        trace=Trace.read(trace) if trace else None,
    )


Callback = Callable[[str | None], None]
_subscribers: dict[Callback, None] = {}


def subscribe(callback: Callback) -> Callable[[], None]:
    """Call `callback` after every commit that made a job due or freed a lane; return an undo.

    It is given the kind of the job, or None when jobs of any kind may have become due.
    """
    _subscribers[callback] = None

    def undo() -> None:
        _subscribers.pop(callback, None)

    return undo


def wake() -> None:
    """Tell the workers of this process to look for jobs of every kind."""
    _tell(None)


@cache
def waking(kind: str) -> Callable[[], None]:
    """Return what tells the workers of this process to look for jobs of a kind; always the same."""
    return partial(_tell, kind)


def _tell(kind: str | None) -> None:
    for callback in tuple(_subscribers):
        callback(kind)
