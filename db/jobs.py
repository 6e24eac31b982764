"""The one durable mechanism: inbox, outbox and timers are rows of one table.

A job is enqueued in the transaction that needs it, leased by a worker, and finished. Jobs of one
lane run one at a time in the order they were enqueued; a dead one frees its lane.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, cast

from db import trace
from db.database import database
from db.fields import seal_json, to_ms, unseal_json
from db.group_commit import GroupCommit
from db.job_rows import Job, NewJob, job_of, subscribe, wake, waking
from db.leases import bury, extend, finish, lease, release_leases, retry
from db.transactions import after_commit, in_transaction_now, rows, run, transactional

__all__ = [
    "Job",
    "NewJob",
    "backlog",
    "bury",
    "cancel",
    "dead",
    "enqueue",
    "enqueue_all",
    "extend",
    "finish",
    "forget",
    "forget_lanes",
    "lease",
    "newer_in_lane",
    "release_leases",
    "reopen",
    "retry",
    "subscribe",
    "take_in",
    "wake",
]

AT_ONCE: Final = 0
"""`run_at` of what was taken in: due whatever the clock says."""
_CHUNK: Final = 1000

_INSERT_ONE: Final = (
    "INSERT INTO job (kind, key, lane, payload, priority, run_at, max_attempts, created_at,"
    " attempts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (key) DO NOTHING"
)
_INSERT_MANY: Final = (
    "INSERT INTO job (kind, key, lane, payload, priority, run_at, max_attempts, created_at,"
    " attempts) SELECT kind, key, lane, payload, priority, run_at, max_attempts, created_at, 0"
    " FROM unnest(?::text[], ?::text[], ?::text[], ?::bytea[], ?::int[], ?::bigint[], ?::int[],"
    " ?::bigint[]) WITH ORDINALITY AS given (kind, key, lane, payload, priority, run_at,"
    " max_attempts, created_at, place) ORDER BY place ON CONFLICT (key) DO NOTHING RETURNING key"
)


async def enqueue(
    *,
    kind: str,
    key: str,
    payload: dict[str, Any],
    now: datetime,
    lane: str | None = None,
    run_at: datetime | None = None,
    priority: int = 5,
) -> bool:
    """Write a job down in the caller's transaction; False when its key is known already.

    Workers are woken after the commit. Lower `priority` numbers go first, from kind to kind.
    """
    job = NewJob(
        kind=kind,
        key=key,
        payload=payload,
        lane=lane,
        run_at=run_at or now,
        priority=priority,
    )
    new = await run(_INSERT_ONE, _values(job, to_ms(now))) == 1
    if new:
        after_commit(waking(kind))
    return new


async def enqueue_all(entries: Sequence[NewJob], *, now: datetime) -> list[bool]:
    """Write jobs down as `enqueue` does, in one round trip."""
    due = [job if job.run_at else replace(job, run_at=now) for job in entries]
    return await _insert([_values(job, to_ms(now)) for job in due])


def _values(job: NewJob, created_at: int) -> tuple[Any, ...]:
    run_at = AT_ONCE if job.run_at is None else to_ms(job.run_at)
    here = trace.current()
    traced = job.payload if here is None else {**job.payload, trace.KEY: here.as_json()}
    payload = seal_json(traced)
    lane, priority, tries = job.lane, job.priority, job.max_attempts
    return (job.kind, job.key, lane, payload, priority, run_at, tries, created_at)


async def take_in(entries: Sequence[NewJob] | NewJob, *, now: datetime | None = None) -> list[bool]:
    """Make jobs from outside durable; for each: True, or False when its key was known already.

    Calls of one moment share one commit. An entry that cannot be stored raises for its own caller
    only. `now` is kept as `created_at`.
    """
    given = [entries] if isinstance(entries, NewJob) else list(entries)
    if not given:
        return []
    created_at = AT_ONCE if now is None else to_ms(now)
    batch = [_values(job, created_at) for job in given]
    if in_transaction_now():
        return (await _take_in([batch]))[0]
    return await _intake.submit(batch)


Batch = Sequence[tuple[Any, ...]]


@transactional
async def _take_in(batches: Sequence[Batch]) -> list[list[bool]]:
    answers = iter(await _insert([values for batch in batches for values in batch]))
    return [[next(answers) for _ in batch] for batch in batches]


async def _insert(given: Batch) -> list[bool]:
    new = await (_insert_each(given) if database().is_sqlite else _insert_all(given))
    for kind in {values[0] for values, is_new in zip(given, new, strict=True) if is_new}:
        after_commit(waking(kind))
    return new


async def _insert_each(given: Batch) -> list[bool]:
    return [await run(_INSERT_ONE, values) == 1 for values in given]


async def _insert_all(given: Batch) -> list[bool]:
    inserted = {row["key"] for row in await rows(_INSERT_MANY, tuple(zip(*given, strict=True)))}
    answers = []
    for values in given:
        answers.append(values[1] in inserted)
        inserted.discard(values[1])
    return answers


_intake: Final = GroupCommit(_take_in)


async def cancel(key: str, now: datetime) -> bool:
    """Take a job back that nobody has finished; True when there was one."""
    return (
        await run(
            "UPDATE job SET done_at = ?, lease_until = NULL, lease_token = NULL"
            " WHERE key = ? AND done_at IS NULL AND dead_at IS NULL",
            (to_ms(now), key),
        )
        == 1
    )


async def reopen(*, lane: str, error: str, now: datetime) -> int:
    """Make the dead jobs of a lane due again that ended with this error; return how many."""
    count = await run(
        "UPDATE job SET dead_at = NULL, last_error = NULL, attempts = 0, run_at = ?"
        " WHERE lane = ? AND dead_at IS NOT NULL AND last_error = ?",
        (to_ms(now), lane, error),
    )
    if count:
        after_commit(wake)
    return count


async def newer_in_lane(job: Job, kind: str) -> list[dict[str, Any]]:
    """Return the payloads of open jobs of a kind in the job's lane that were enqueued later."""
    newer = await rows(
        "SELECT payload FROM job WHERE lane = ? AND id > ? AND kind = ?"
        " AND done_at IS NULL AND dead_at IS NULL ORDER BY id",
        (job.lane, job.id, kind),
    )
    return [cast("dict[str, Any]", unseal_json(row["payload"])) for row in newer]


async def forget_lanes(lanes: Sequence[str]) -> None:
    """Delete the jobs of these lanes that are over; what is still to be done stays."""
    for lane in lanes:
        await run(
            "DELETE FROM job WHERE lane = ? AND (done_at IS NOT NULL OR dead_at IS NOT NULL)",
            (lane,),
        )


async def forget(before: datetime) -> int:
    """Delete the jobs that were done before an instant; return how many."""
    total = 0
    while count := await _forget(to_ms(before)):
        total += count
    return total


@transactional
async def _forget(before: int) -> int:
    return await run(
        "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE done_at < ? OR dead_at < ? LIMIT ?)",
        (before, before, _CHUNK),
    )


async def dead(limit: int) -> list[Job]:
    """Return the jobs given up, the latest first."""
    query = "SELECT * FROM job WHERE dead_at IS NOT NULL ORDER BY dead_at DESC LIMIT ?"
    return [job_of(row) for row in await rows(query, (limit,))]


async def backlog() -> dict[str, int]:
    """Return how many jobs of each kind are open."""
    found = await rows(
        "SELECT kind, count(*) AS jobs FROM job"
        " WHERE done_at IS NULL AND dead_at IS NULL GROUP BY kind"
    )
    return {row["kind"]: row["jobs"] for row in found}
