"""A quiet Stripe: its events do not come, or it makes no links to pay."""

from datetime import datetime, timedelta
from typing import Final

from booking import notices
from booking.errors import Unavailable
from booking.ports import Environment
from db import installation, job_facts
from db.money_models import Attempt
from db.states import AttemptState
from db.transactions import transactional

OWN_PRIORITY: Final = 7
"""Of events that we asked for ourselves: behind what Stripe delivers, and told apart by it."""
LONG: Final = timedelta(hours=1)
"""So long without an event is quiet, when there was something to be told of."""
LATE: Final = timedelta(minutes=5)
"""So long a link may be late before the admins hear of it."""
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


async def tell_of_late_links(env: Environment, attempt: Attempt, away: Unavailable) -> None:
    """Tell the admins, once an hour, that customers wait for a link to pay, and why.

    At once when Stripe refuses our key: that does not end by itself.
    """
    now = env.clock.now()
    if not away.refuses_key and now - attempt.created_at < LATE:
        return
    kind = "key_refused" if away.refuses_key else "links_late"
    waiting = await Attempt.filter(state=AttemptState.CREATED).count()
    about = now.strftime("%Y-%m-%dT%H")
    await notices.tell_admins(env, card=kind, about=about, waiting=waiting)


def _is_recent(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and now - moment < LONG


async def _running_since() -> datetime | None:
    """Return when the bot was started: what was missed while it did not run is no wonder."""
    written = await installation.get(installation.RUNNING_SINCE)
    return datetime.fromisoformat(written) if written else None
