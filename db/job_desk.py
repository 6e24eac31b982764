"""The jobs as whoever looks after them sees them: how many wait, what was given up, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from db.fields import to_ms
from db.job_rows import Job, job_of, wake
from db.transactions import after_commit, rows

_CLASS: Final = (
    "CASE WHEN lane LIKE 'in:%' THEN 'incoming' WHEN lane LIKE 'out:%' THEN 'outgoing'"
    " ELSE 'work' END"
)
INCOMING, OUTGOING, WORK = CLASSES = ("incoming", "outgoing", "work")
"""What somebody told the bot, what the bot is to say, and everything else."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many jobs of a class wait to be done now, and how many are planned for later."""

    now: int
    later: int


def class_of(job: Job) -> str:
    """Return the class of a job, one of CLASSES."""
    lane = job.lane or ""
    return INCOMING if lane.startswith("in:") else OUTGOING if lane.startswith("out:") else WORK


async def waiting(now: datetime) -> dict[str, Waiting]:
    """Count the open jobs of each class; those being done at this moment wait no more."""
    query = (
        f"SELECT {_CLASS} AS class, sum(CASE WHEN run_at > ? THEN 1 ELSE 0 END) AS later,"
        " sum(CASE WHEN run_at <= ? AND lease_until IS NULL THEN 1 ELSE 0 END) AS due"
        " FROM job WHERE done_at IS NULL AND dead_at IS NULL GROUP BY 1"
    )
    at = to_ms(now)
    found = {row["class"]: row for row in await rows(query, (at, at))}
    none = {"due": 0, "later": 0}
    counts = ((name, found.get(name, none)) for name in CLASSES)
    return {name: Waiting(row["due"], row["later"]) for name, row in counts}


async def given_up(*, limit: int, unless: str) -> list[Job]:
    """Return the jobs given up, the latest first, save those that ended with the error `unless`."""
    query = (
        "SELECT * FROM job WHERE dead_at IS NOT NULL AND last_error <> ?"
        " ORDER BY dead_at DESC, id DESC LIMIT ?"
    )
    return [job_of(row) for row in await rows(query, (unless, limit))]


_STRUGGLES: Final = (
    "FROM job WHERE done_at IS NULL AND dead_at IS NULL AND last_error IS NOT NULL"
    " AND last_error NOT LIKE 'NotYet:%' AND last_error NOT LIKE 'Later:%'"
)


async def struggling(*, limit: int) -> tuple[int, list[Job]]:
    """Return how many open jobs failed the last time they were tried, and the oldest of them."""
    (counted,) = await rows(f"SELECT count(*) AS jobs {_STRUGGLES}")
    found = await rows(f"SELECT * {_STRUGGLES} ORDER BY created_at, id LIMIT ?", (limit,))
    return counted["jobs"], [job_of(row) for row in found]


async def count_given_up(error: str) -> tuple[int, int]:
    """Count the jobs given up: those that ended with this error, and the others."""
    query = (
        "SELECT count(*) AS jobs, sum(CASE WHEN last_error = ? THEN 1 ELSE 0 END) AS these"
        " FROM job WHERE dead_at IS NOT NULL"
    )
    (row,) = await rows(query, (error,))
    these = row["these"] or 0
    return these, row["jobs"] - these


async def revive(job_id: int, now: datetime) -> Job | None:
    """Make a job due again that was given up, in the caller's transaction; None for any other."""
    found = await rows(
        "UPDATE job SET dead_at = NULL, last_error = NULL, attempts = 0, lease_token = NULL,"
        " run_at = ? WHERE id = ? AND dead_at IS NOT NULL RETURNING *",
        (to_ms(now), job_id),
    )
    if not found:
        return None
    after_commit(wake)
    return job_of(found[0])
