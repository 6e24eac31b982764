"""Leases: a job belongs to one worker until its lease ends, and only that worker finishes it."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from tortoise.exceptions import IntegrityError

from db.database import database
from db.fields import to_ms
from db.group_commit import GroupCommit
from db.job_rows import Job, job_of, wake, waking
from db.points import reach
from db.presence import token
from db.sealing import Tampered
from db.transactions import (
    ATTEMPTS,
    Row,
    after_commit,
    in_transaction_now,
    repeated,
    rows,
    rows_soon,
    run,
    transactional,
)
from db.unopened import WHY

log = logging.getLogger(__name__)

KEYLESS: Final = timedelta(seconds=30)
"""When a job is looked at again whose payload nobody here can open."""
WAITED_SECONDS: Final = 3
"""Where more is due than can be done, what has waited so long has every other turn."""

# In a lane runs whatever has a lease in it already, else the oldest open job. The oldest alone
# would not do: a job may appear before one that runs, because it was reopened, or because
# PostgreSQL hands ids out before the commit. One range of the partial index a kind: neither what
# is due later nor the backlog of other kinds is read.
_ARM: Final = """
SELECT id, priority, run_at FROM (
    SELECT mine.id, mine.priority, mine.run_at FROM job AS mine
    WHERE mine.kind = ? AND mine.run_at <= ?
    AND mine.done_at IS NULL AND mine.dead_at IS NULL
    AND (mine.lease_until IS NULL OR mine.lease_until < ?)
    AND (mine.lane IS NULL OR mine.id = COALESCE(
        (SELECT holder.id FROM job AS holder
        WHERE holder.lane = mine.lane AND holder.lease_until IS NOT NULL),
        (SELECT min(oldest.id) FROM job AS oldest WHERE oldest.lane = mine.lane
        AND oldest.done_at IS NULL AND oldest.dead_at IS NULL)))
    ORDER BY mine.run_at, mine.id LIMIT ? {lock}) AS found"""

_LEASE: Final = """
WITH due AS MATERIALIZED ({arms}),
chosen AS MATERIALIZED (SELECT id FROM due
    ORDER BY CASE WHEN run_at < ? THEN 0 ELSE priority END, run_at, id LIMIT ?)
UPDATE job SET lease_until = ?, lease_token = ?, attempts = attempts + 1
WHERE id IN (SELECT id FROM chosen) RETURNING id, kind, key, lane, payload, priority, attempts,
max_attempts, lease_token, created_at, run_at"""

# Whoever holds a lease has `lease_until`; a job that ended has none. (Asking for open jobs instead
# tempts PostgreSQL to read every open job by the partial index.)
# On SQLite the lease's own commit may have failed meanwhile, and nobody else can have taken one.
_FINISH_ONE: Final = (
    "UPDATE job SET done_at = ?, lease_until = NULL"
    " WHERE id = ? AND COALESCE(lease_token, ?3) = ?3 AND done_at IS NULL AND dead_at IS NULL"
)
_FINISH_MANY: Final = (
    "UPDATE job SET done_at = given.done_at, lease_until = NULL"
    " FROM unnest(?::bigint[], ?::bigint[], ?::text[]) AS given (done_at, id, token)"
    " WHERE job.id = given.id AND job.lease_token = given.token"
    " AND job.lease_until IS NOT NULL RETURNING job.id"
)


@lru_cache(maxsize=64)
def lease_statement(kinds: int, *, skip_locked: bool) -> str:
    """Return the statement that leases; its arguments are those of `lease` below."""
    arm = _ARM.format(lock="FOR UPDATE SKIP LOCKED" if skip_locked else "")
    return _LEASE.format(arms=" UNION ALL ".join([arm] * kinds))


@repeated
async def lease(
    *,
    kinds: Collection[str],
    limit: int,
    now: datetime,
    seconds: float = 15,
    waited_first: bool = False,
) -> list[Job]:
    """Lease due jobs of some kinds, at most one a lane, ordered by priority, due time and age.

    Within one kind the due time decides; `priority` orders one kind against another. With
    `waited_first` what has waited for some seconds goes before what is more urgent and fresh:
    whoever asks so every other time lets neither starve.
    """
    at = to_ms(now)
    waited = at - WAITED_SECONDS * 1000 if waited_first else 0
    until = to_ms(now + timedelta(seconds=seconds))
    arguments = [value for kind in kinds for value in (kind, at, at, limit)]
    query = lease_statement(len(kinds), skip_locked=not database().is_sqlite)
    found = await _leased(query, (*arguments, waited, limit, until, token()))
    jobs, sealed = [], []
    for row in found:
        try:
            jobs.append(job_of(row))
        except Tampered:
            sealed.append(row["id"])
    if sealed:
        await _put_off(sealed, now)
    return sorted(jobs, key=lambda job: _turn(job, waited))


def _turn(job: Job, waited: int) -> tuple[int, datetime, int]:
    is_fresh = to_ms(job.run_at) >= waited
    return job.priority if is_fresh else 0, job.run_at, job.id


async def _put_off(ids: Sequence[int], now: datetime) -> None:
    """Leave jobs that we have no key for to whoever has it, and go on with the others."""
    log.error("jobs cannot be opened: %s", WHY)
    places = ", ".join("?" * len(ids))
    await run(
        "UPDATE job SET lease_until = NULL, lease_token = NULL, attempts = attempts - 1,"
        f" run_at = ? WHERE id IN ({places})",
        (to_ms(now + KEYLESS), *ids),
    )


async def _leased(query: str, arguments: Sequence[Any]) -> list[Row]:
    """Run the statement; look again when the unique index on a lane's holder refuses it.

    Then another replica leased in one of the lanes after our statement began to look.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return await rows_soon(query, arguments)
        except IntegrityError:
            continue
    return await rows_soon(query, arguments)


async def finish(job: Job, now: datetime, *, soon: bool = False) -> bool:
    """Finish a job; False when its lease went to somebody else meanwhile.

    Calls of one moment share one commit. `soon` is for what may run once more should we be killed
    in the next milliseconds: on SQLite it waits for no commit.
    """
    given = (to_ms(now), job.id, job.lease_token or "")
    if soon and database().is_sqlite and not in_transaction_now():
        return await _finish_soon(given)
    if in_transaction_now():
        return (await _finish([given]))[0]
    return await _finishing.submit(given)


Finished = tuple[int, int, str]


async def _finish(given: Sequence[Finished]) -> list[bool]:
    reach("finish.before_commit")
    done = await (_finish_each(given) if database().is_sqlite else _finish_all(given))
    reach("finish.after_commit")
    return done


async def _finish_soon(given: Finished) -> bool:
    reach("finish.before_commit")
    done = await rows_soon(f"{_FINISH_ONE} RETURNING id", given)
    reach("finish.after_commit")
    return bool(done)


@transactional
async def _finish_each(given: Sequence[Finished]) -> list[bool]:
    return [await run(_FINISH_ONE, each) == 1 for each in given]


@repeated
async def _finish_all(given: Sequence[Finished]) -> list[bool]:
    done = {row["id"] for row in await rows(_FINISH_MANY, tuple(zip(*given, strict=True)))}
    return [job_id in done for _, job_id, _ in given]


_finishing: Final = GroupCommit(_finish)


def _still_ours() -> str:
    """Return the condition, with two marks for our token, under which a lease is ours."""
    if database().is_sqlite:  # undone with a transaction it shared, perhaps: nobody else has it
        return "COALESCE(lease_token, ?) = ? AND done_at IS NULL AND dead_at IS NULL"
    return "lease_token IN (?, ?) AND lease_until IS NOT NULL"


@transactional
async def retry(
    job: Job, *, now: datetime, run_at: datetime, error: str, counts: bool = True
) -> bool:
    """Give a job back to be run at `run_at`; False when its lease went to somebody else.

    `counts` False does not spend one of its tries: nothing was wrong with the job itself.
    """
    token, attempts = job.lease_token, job.attempts
    done = await run(
        "UPDATE job SET run_at = ?, last_error = ?, max_attempts = max_attempts + ?,"
        " attempts = CASE WHEN attempts < ? THEN ? ELSE attempts END,"
        f" lease_until = NULL, lease_token = NULL WHERE id = ? AND {_still_ours()}",
        (to_ms(run_at), error, int(not counts), attempts, attempts, job.id, token, token),
    )
    if done and run_at <= now:
        after_commit(waking(job.kind))
    return done == 1


@transactional
async def bury(job: Job, *, now: datetime, error: str) -> bool:
    """Give a job up and free its lane; False when its lease went to somebody else."""
    done = await run(
        "UPDATE job SET dead_at = ?, last_error = ?, lease_until = NULL"
        f" WHERE id = ? AND {_still_ours()}",
        (to_ms(now), error, job.id, job.lease_token, job.lease_token),
    )
    if done:
        after_commit(wake)
    return done == 1


@transactional
async def extend(jobs: Collection[Job], now: datetime, seconds: float) -> None:
    """Keep jobs that are still being worked on; those leased to others are left alone."""
    until = to_ms(now + timedelta(seconds=seconds))
    for job in sorted(jobs, key=lambda job: job.id):
        await run(
            "UPDATE job SET lease_until = ?"
            " WHERE id = ? AND lease_token = ? AND lease_until IS NOT NULL",
            (until, job.id, job.lease_token),
        )


@transactional
async def release_leases() -> int:
    """Free every lease, for the start of the only worker there is; return how many."""
    return await run(
        "UPDATE job SET lease_until = NULL, lease_token = NULL"
        " WHERE lease_until IS NOT NULL AND done_at IS NULL AND dead_at IS NULL"
    )
