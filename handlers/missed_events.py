"""Events Stripe could not deliver, taken in as if they came through their own door."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from booking.at_stripe import Event, pages
from booking.comparison import Comparison
from booking.quiet import OWN_PRIORITY
from booking.report import Checked, Done, Found
from db import job_facts, jobs
from db.job_rows import NewJob
from handlers.stripe_events import TYPES, accept

REMEMBERED: Final = timedelta(days=13)
"""So long it is known for sure that an event was taken in; what is older, the books show."""
PACE: Final = timedelta(milliseconds=200)
"""One such event is worked on after the other: each asks Stripe."""


async def compare_events(run: Comparison) -> None:
    """Take in every undelivered event of ours that was not taken in before."""
    since = max(run.report.since, run.report.at - REMEMBERED)
    async for page in pages(partial(run.stripe.missed_events, TYPES, since)):
        run.report.checked[Checked.EVENTS] += len(page)
        missed = await _unknown(run, page)
        if not run.report.dry:
            await _take_in(run, missed)
        told = {difference.about for difference in run.report.differences}
        for job in missed:
            if _subject(job) not in told:  # else what it would have told us is told already
                run.tell(
                    Found.EVENT,
                    Done.WOULD if run.report.dry else Done.TAKEN_IN,
                    reference=job.payload["reference"],
                    about=job.payload["event_id"],
                )


def _subject(job: NewJob) -> str:
    return str(job.payload.get("session_id") or job.payload.get("refund_id"))


async def _unknown(run: Comparison, page: Sequence[Event]) -> list[NewJob]:
    accepted = [job for event in page if (job := accept(event, run.env.shop)) is not None]
    known = await job_facts.known([job.key for job in accepted])
    return [job for job in accepted if job.key not in known]


async def _take_in(run: Comparison, missed: Sequence[NewJob]) -> None:
    before, now = run.report.checked[Checked.EVENTS], run.env.clock.now()
    # in no lane: what is done for the same booking meanwhile need not wait for these
    spread = [
        replace(job, lane=None, priority=OWN_PRIORITY, run_at=now + PACE * number)
        for number, job in enumerate(missed, before)
    ]
    await jobs.take_in(spread, now=now)
