"""Retry: what was given up is begun anew, because an admin says so."""

from booking.audit import record
from booking.ports import Environment
from db import job_desk
from db.jobs import Job
from db.models import REFERENCE_LENGTH, Booking
from db.transactions import transactional


@transactional
async def retry(env: Environment, *, job_id: int, actor: str) -> bool:
    """Begin a job anew that was given up; False when it is not given up (any more)."""
    job = await job_desk.revive(job_id, env.clock.now())
    if job is None:
        return False
    await record(
        env,
        actor=actor,
        action="retry",
        reference=await reference_of(job),
        detail={"kind": job.kind},
    )
    return True


async def reference_of(job: Job) -> str:
    """Return the reference of the booking a job is about; "" when it is about none."""
    said = job.payload.get("reference") or job.payload.get("ref")
    number = job.payload.get("booking")
    if isinstance(number, int):
        booking = await Booking.get_or_none(id=number)
    else:
        is_one = isinstance(said, str) and len(said) == REFERENCE_LENGTH
        booking = await Booking.get_or_none(reference=said) if is_one else None
    return booking.reference if booking else ""
