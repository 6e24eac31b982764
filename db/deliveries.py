"""Notices that were delivered: the job is finished and its line of evidence written as one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from db.fields import to_ms
from db.group_commit import GroupCommit
from db.job_rows import Job
from db.leases import finish
from db.points import reach
from db.transactions import in_transaction_now, run, transactional

_TOLD: Final = "INSERT INTO told (booking_id, kind, at) VALUES (?, ?, ?)"

Delivered = tuple[Job, int, datetime]


async def finish_told(job: Job, *, booking_id: int, now: datetime) -> bool:
    """Finish the job of a notice that reached its customer, and write down that it did.

    False, and nothing written, when its lease went to somebody else: they tell it again. Calls of
    one moment share one commit.
    """
    given = (job, booking_id, now)
    if in_transaction_now():
        return (await _finish([given]))[0]
    return await _finishing.submit(given)


@transactional
async def _finish(given: Sequence[Delivered]) -> list[bool]:
    # in the order of their rows, like `extend`: two transactions do not wait for each other
    done = {each[0].id: await _each(*each) for each in sorted(given, key=lambda each: each[0].id)}
    reach("told.before_commit")
    return [done[job.id] for job, _, _ in given]


async def _each(job: Job, booking_id: int, now: datetime) -> bool:
    mine = await finish(job, now)
    if mine:
        await run(_TOLD, (booking_id, job.kind, to_ms(now)))
    return mine


_finishing: Final = GroupCommit(_finish)
