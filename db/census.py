"""Counts for whoever watches, by indexes alone: as quick with a million rows that are over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from db.fields import from_ms, to_ms
from db.transactions import rows

_OPEN: Final = "done_at IS NULL AND dead_at IS NULL"
JOBS: Final = (
    "SELECT kind, count(*) AS jobs, sum(CASE WHEN run_at <= ? THEN 1 ELSE 0 END) AS due"
    f" FROM job WHERE {_OPEN} GROUP BY kind"
)
# What was taken in is due since it came, and stands first in the index; the rest since `run_at`.
OLDEST: Final = (
    "SELECT min(moment) AS moment FROM ("
    "SELECT moment FROM (SELECT created_at AS moment FROM job"
    f" WHERE kind = ? AND run_at = 0 AND {_OPEN} ORDER BY run_at, id LIMIT 1) AS taken_in"
    " UNION ALL SELECT moment FROM (SELECT run_at AS moment FROM job"
    f" WHERE kind = ? AND run_at > 0 AND run_at <= ? AND {_OPEN} ORDER BY run_at, id LIMIT 1)"
    " AS planned) AS either_one"
)
DEAD: Final = (
    "SELECT kind, count(*) AS jobs, sum(CASE WHEN last_error = ? THEN 1 ELSE 0 END) AS these"
    " FROM job WHERE dead_at IS NOT NULL GROUP BY kind"
)
# The states stand here in words, not as arguments: else no engine takes the partial index.
PAYMENTS: Final = (
    "SELECT state, currency, count(*) AS payments, CAST(sum(amount_minor) AS BIGINT) AS minor"
    " FROM attempt WHERE state IN ('created', 'open', 'processing') GROUP BY state, currency"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The jobs of a kind: due and planned for later, given up, and kept for who blocked the bot."""

    kind: str
    due: int
    planned: int
    dead: int
    blocked: int
    oldest: datetime | None
    """Since when the one waits that waits the longest."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """The payments that Stripe has not decided yet, of one state and currency."""

    state: str
    currency: str
    payments: int
    minor: int


async def jobs(now: datetime, *, blocked: str, kinds: Iterable[str] = ()) -> list[Waiting]:
    """Count the jobs of each kind there are, and of `kinds`; `blocked` is the error of the kept."""
    at = to_ms(now)
    opened = {row["kind"]: row for row in await rows(JOBS, (at,))}
    dead = {row["kind"]: row for row in await rows(DEAD, (blocked,))}
    found = []
    for kind in sorted({*kinds, *opened, *dead}):
        total, due = (opened[kind]["jobs"], opened[kind]["due"]) if kind in opened else (0, 0)
        ended, kept = (dead[kind]["jobs"], dead[kind]["these"] or 0) if kind in dead else (0, 0)
        oldest = await _oldest(kind, at) if due else None
        found.append(Waiting(kind, due, total - due, ended - kept, kept, oldest))
    return found


async def _oldest(kind: str, at: int) -> datetime | None:
    (row,) = await rows(OLDEST, (kind, kind, at))
    return None if row["moment"] is None else from_ms(row["moment"])


async def payments() -> list[Awaited]:
    """Count the payments that are under way."""
    return [Awaited(**row) for row in await rows(PAYMENTS)]
