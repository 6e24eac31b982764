"""Sweeps: when our books are compared with Stripe, by the clock or because an admin asked.

Each run plans the next before it begins, at a key of its own time: there is one chain whatever
dies, and a clock that jumps ahead makes one run of it.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from booking import notices
from booking.at_stripe import AtStripe
from booking.audit import record
from booking.day_figures import is_eventful
from booking.errors import Unavailable
from booking.hours import midnight
from booking.ports import Environment
from booking.quiet import watch_webhooks
from booking.reconcile import WITH_STRIPE, Compare, reconcile
from booking.report import Report
from booking.retention import erase_old
from db import installation, jobs
from db.jobs import Job
from db.transactions import transactional

log = logging.getLogger(__name__)

EVERY: Final = timedelta(minutes=15)
LOOKS_BACK: Final = timedelta(hours=25)
"""Longer than a Checkout session can be paid."""
CARD_AT: Final = time(8)
"""When the admins read about the day before, on the shop's clock."""
PATIENCE: Final = timedelta(hours=1)
"""How long the card of the day waits for a Stripe that does not answer."""
AGAIN_SECONDS: Final = 300.0
MOST_MISSED: Final = 7
"""So many days before the last one get a card of their own when nothing ran on their mornings."""


@transactional
async def begin(env: Environment) -> None:
    """Say that the bot runs, and plan the first sweeps unless they are planned."""
    now = env.clock.now()
    await installation.put(installation.RUNNING_SINCE, now.isoformat())
    if await installation.get(installation.IN_USE_SINCE) is None:
        await installation.put(installation.IN_USE_SINCE, now.isoformat())
    if moved := await installation.get(installation.MOVED_TO):
        log.warning("this shop was copied to %s: only one of the two may run", moved)
    await _plan_sweep(env)
    await _plan_day(env)


async def sweep(env: Environment, stripe: AtStripe, besides: Sequence[Compare], _: Job) -> None:
    """Compare what can have changed lately; while Stripe is away the next sweep does it."""
    await _plan_sweep(env)
    since = env.clock.now() - LOOKS_BACK
    report = await reconcile(env, stripe, since=since, parts=WITH_STRIPE, besides=besides)
    await _note(env, report, actor="system")
    await watch_webhooks(env)


async def end_day(env: Environment, stripe: AtStripe, besides: Sequence[Compare], job: Job) -> None:
    """Compare everything, and send the admins the card of the day before.

    Days that were missed, because nothing ran, get their cards too when anything happened on them.
    """
    await _plan_day(env)
    report = await reconcile(env, stripe, besides=besides)
    if report.stopped and _is_first_hour(env):
        raise Unavailable(report.stopped, retry_after=AGAIN_SECONDS)
    await _note(env, report, actor="system")
    await erase_old(env)
    last = last_day(env)
    for day in _days_due(job, last):
        if await _was_in_use(env, day) and (day == last or await is_eventful(env, day)):
            await notices.tell_admins(
                env, card="day", about=day.isoformat(), day=day.isoformat(), report=report.as_json()
            )


def _days_due(job: Job, last: date) -> list[date]:
    """Return the days from the one this job was planned for to the last one, not too many."""
    planned = job.payload.get("day")
    first = date.fromisoformat(planned) if planned else last
    missed = max(0, min((last - first).days, MOST_MISSED))
    return [last - timedelta(days=back) for back in range(missed, -1, -1)]


def last_day(env: Environment) -> date:
    """Return the last day of the shop whose card is due."""
    there = env.clock.now().astimezone(env.shop.timezone)
    return there.date() - timedelta(days=1 if there.time() >= CARD_AT else 2)


def _is_first_hour(env: Environment) -> bool:
    due = datetime.combine(last_day(env) + timedelta(days=1), CARD_AT, env.shop.timezone)
    return env.clock.now() - due < PATIENCE


async def _was_in_use(env: Environment, day: date) -> bool:
    """Tell whether the bot had begun to run before a day ended."""
    since = await installation.get(installation.IN_USE_SINCE)
    ends = midnight(day + timedelta(days=1), env.shop.timezone)
    return since is not None and datetime.fromisoformat(since) < ends


@transactional
async def ask(env: Environment, *, chat_id: int, question: int, actor: str) -> None:
    """Write down that an admin wants a comparison; one question is answered with "Yes" once."""
    now = env.clock.now()
    asked = await jobs.enqueue(
        kind="reconcile",
        key=f"reconcile:{chat_id}:{question}",
        payload={"chat": chat_id, "actor": actor},
        now=now,
        priority=2,
    )
    if asked:
        await record(env, actor=actor, action="reconcile")


async def answer(env: Environment, stripe: AtStripe, besides: Sequence[Compare], job: Job) -> None:
    """Compare everything because an admin asked, and send what was found to their chat."""
    report = await reconcile(env, stripe, besides=besides)
    await _note(env, report, actor=job.payload["actor"])
    await notices.tell_admin(
        env,
        chat_id=job.payload["chat"],
        card="reconciled",
        about=job.key,
        report=report.as_json(),
    )


async def _note(env: Environment, report: Report, *, actor: str) -> None:
    """Keep in the audit log that a comparison changed something."""
    if report.differences:
        detail = {"found": dict(report.found), "drift": dict(report.drift)}
        await record(env, actor=actor, action="reconciled", detail=detail)


@transactional
async def _plan_sweep(env: Environment) -> None:
    number = int(env.clock.now().timestamp() // EVERY.total_seconds()) + 1
    await jobs.enqueue(
        kind="sweep",
        key=f"sweep:{number}",
        payload={},
        now=env.clock.now(),
        run_at=datetime.fromtimestamp(number * EVERY.total_seconds(), UTC),
    )


@transactional
async def _plan_day(env: Environment) -> None:
    day = last_day(env) + timedelta(days=2)
    at = datetime.combine(day, CARD_AT, env.shop.timezone)
    await jobs.enqueue(
        kind="end_day",
        key=f"end_day:{day.isoformat()}",
        payload={"day": (day - timedelta(days=1)).isoformat()},
        now=env.clock.now(),
        run_at=at.astimezone(UTC),
    )
