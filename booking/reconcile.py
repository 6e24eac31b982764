"""Reconcile: our books are compared with Stripe, and repaired where they differ.

Whatever is repaired goes the way it would have gone had Stripe's event arrived, so that it may be
interrupted anywhere, repeated, and run beside everything else.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from booking.at_stripe import AtStripe
from booking.compare_payments import compare_payments
from booking.compare_refunds import compare_refunds
from booking.compare_seats import compare_seats
from booking.comparison import Comparison
from booking.errors import Unavailable
from booking.ports import Environment
from booking.report import Report
from db import installation
from db.transactions import transactional

DAYS: Final = 30
"""How far back is looked unless said otherwise: as far as Stripe keeps events."""
Compare = Callable[[Comparison], Awaitable[None]]
WITH_STRIPE: Final[tuple[Compare, ...]] = (compare_payments, compare_refunds)
EVERYTHING: Final[tuple[Compare, ...]] = (compare_seats, *WITH_STRIPE)


async def reconcile(
    env: Environment,
    stripe: AtStripe,
    *,
    since: datetime | None = None,
    dry: bool = False,
    parts: Sequence[Compare] = EVERYTHING,
    besides: Sequence[Compare] = (),
) -> Report:
    """Compare what began since an instant, and all that is open, with Stripe; repair unless `dry`.

    `besides` are comparisons of the doors. While Stripe is away the report says where it stopped.
    """
    now = env.clock.now()
    report = Report(since=since or now - timedelta(days=DAYS), at=now, dry=dry)
    run = Comparison(env, stripe, report)
    try:
        for compare in (*parts, *besides):
            await compare(run)
    except Unavailable as away:
        report.stopped = str(away) or "Stripe does not answer"
    if not (dry or report.stopped):
        await _keep(report)
    return report


@transactional
async def _keep(report: Report) -> None:
    """Keep what was found for whoever watches, whichever process compared."""
    kept = {"at": report.at.timestamp(), "drift": report.drift, "found": report.found}
    await installation.put(installation.LAST_COMPARISON, json.dumps(kept))
