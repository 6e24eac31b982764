"""Quiet webhooks: payments happen, and Stripe's events do not come."""

from datetime import datetime, timedelta
from typing import Final

from booking import notices
from booking.ports import Environment
from db import installation, job_facts
from db.money_models import Attempt
from db.states import AttemptState
from db.transactions import transactional

OWN_PRIORITY: Final = 7
"""Of events that we asked for ourselves: behind what Stripe delivers, and told apart by it."""
LONG: Final = timedelta(hours=1)
"""So long without an event is quiet, when there was something to be told of."""
PATIENCE: Final = timedelta(minutes=10)
"""So long after a payment its event may still be on its way."""


@transactional
async def watch_webhooks(env: Environment) -> None:
    """Tell the admins, once a quiet period, that payments are known only because we asked."""
    now = env.clock.now()
    last = await job_facts.last_event(but_priority=OWN_PRIORITY)
    if _is_recent(last, now) or _is_recent(await _running_since(), now):
        return
    window = {"paid_at__gte": now - LONG, "paid_at__lte": now - PATIENCE}
    learnt = await Attempt.filter(state=AttemptState.SUCCEEDED, **window).count()
    if learnt:
        await notices.tell_admins(
            env,
            card="webhooks_quiet",
            about=last.isoformat() if last else "never",
            payments=learnt,
            last=int(last.timestamp()) if last else None,
        )


def _is_recent(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and now - moment < LONG


async def _running_since() -> datetime | None:
    """Return when the bot was started: what was missed while it did not run is no wonder."""
    written = await installation.get(installation.RUNNING_SINCE)
    return datetime.fromisoformat(written) if written else None
