"""Compare-and-set: the only way the state of a row changes."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeVar

from db.fields import to_ms
from db.states import (
    ATTEMPT_MOVES,
    DISPUTE_MOVES,
    MOVES,
    REFUND_MOVES,
    AttemptState,
    BookingState,
    DisputeState,
    RefundState,
)
from db.transactions import rows
from db.witness import Moved, tell

S = TypeVar("S", bound=StrEnum)

WHAT: Final = {
    "booking": "booking",
    "attempt": "payment",
    "refund": "refund",
    "dispute": "dispute",
}
"""What a row of a table is called outside."""
_OF_ATTEMPT: Final = "FROM attempt JOIN booking ON booking.id = attempt.booking_id WHERE attempt.id"
_TOLD: Final = {
    "booking": "currency, due_minor + tip_minor AS minor, reference",
    "attempt": "currency, CASE WHEN paid_minor > 0 THEN paid_minor ELSE amount_minor END AS minor,"
    " (SELECT reference FROM booking WHERE booking.id = attempt.booking_id) AS reference",
    "refund": "amount_minor AS minor,"
    f" (SELECT attempt.currency {_OF_ATTEMPT} = refund.attempt_id) AS currency,"
    f" (SELECT reference {_OF_ATTEMPT} = refund.attempt_id) AS reference",
    "dispute": "currency, amount_minor AS minor,"
    f" (SELECT reference {_OF_ATTEMPT} = dispute.attempt_id) AS reference",
}
"""What is told of a move: amount, currency and the booking."""


async def move(
    booking_id: int,
    to: BookingState,
    *,
    sources: Collection[BookingState] | None = None,
    **values: object,
) -> bool:
    """Move a booking to a state and set columns with it; true iff it stood in a permitted source.

    `sources` narrows the sources that `MOVES` permits.
    """
    permitted = sources_of(MOVES, to, sources)
    return await _move("booking", "status", booking_id, to, permitted, values)


async def move_attempt(
    attempt_id: int,
    to: AttemptState,
    *,
    sources: Collection[AttemptState] | None = None,
    **values: object,
) -> bool:
    """Move a payment attempt as `move` moves a booking, by `ATTEMPT_MOVES`."""
    permitted = sources_of(ATTEMPT_MOVES, to, sources)
    return await _move("attempt", "state", attempt_id, to, permitted, values)


async def move_refund(
    refund_id: int,
    to: RefundState,
    /,
    *,
    sources: Collection[RefundState] | None = None,
    **values: object,
) -> bool:
    """Move a refund as `move` moves a booking, by `REFUND_MOVES`."""
    permitted = sources_of(REFUND_MOVES, to, sources)
    return await _move("refund", "state", refund_id, to, permitted, values)


async def move_dispute(dispute_id: int, to: DisputeState, /, **values: object) -> bool:
    """Move a dispute as `move` moves a booking, by `DISPUTE_MOVES`."""
    permitted = sources_of(DISPUTE_MOVES, to)
    return await _move("dispute", "state", dispute_id, to, permitted, values)


def sources_of(
    moves: Mapping[S, frozenset[S]], to: S, only: Collection[S] | None = None
) -> list[S]:
    """Return the states that may move to `to`, in their order; refuse to narrow to others."""
    permitted = [state for state, targets in moves.items() if to in targets]
    if only is None:
        return permitted
    if not set(only) <= set(permitted):
        raise ValueError(f"no move from {sorted(set(only) - set(permitted))} to {to}")
    return [state for state in permitted if state in only]


async def _move(
    table: str,
    column: str,
    row_id: int,
    to: StrEnum,
    sources: Collection[StrEnum],
    values: Mapping[str, object],
) -> bool:
    if not sources:
        return False
    changed = await rows(
        _statement(table, column, tuple(values), len(sources)),
        (str(to), *map(_plain, values.values()), row_id, *map(str, sources)),
    )
    for row in changed:
        tell(Moved(WHAT[table], str(to), row["currency"], row["minor"], row["reference"]))
    return len(changed) == 1


@lru_cache(maxsize=128)
def _statement(table: str, column: str, others: tuple[str, ...], sources: int) -> str:
    words = ["UPDATE", table, "SET", ", ".join(f'"{name}" = ?' for name in (column, *others))]
    words += ["WHERE id = ? AND", column, "IN (", ", ".join("?" * sources), ")"]
    words += ["RETURNING", _TOLD[table]]
    return " ".join(words)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return to_ms(value)
    return str(value) if isinstance(value, StrEnum) else value
