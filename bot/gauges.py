"""What the database says at the moment of asking, as Prometheus families."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from booking.customers import BLOCKED
from bot.metrics import PREFIX
from db import census, installation

INTAKE: Final = ("update", "stripe_event")
"""Kinds that are told of even when there is none."""


def gauge(name: str, about: str, *labels: str) -> GaugeMetricFamily:
    """Return an empty family."""
    return GaugeMetricFamily(PREFIX + name, about, labels=labels)


async def from_database(now: datetime, currency: str) -> list[Metric]:
    """Return what only the database knows; raise whatever it raises."""
    waiting = await census.jobs(now, blocked=BLOCKED, kinds=INTAKE)
    awaited = await census.payments()
    compared = await installation.get(installation.LAST_COMPARISON)
    return [*_jobs(waiting, now), *_payments(awaited, currency), *_comparison(compared, currency)]


def _jobs(waiting: list[census.Waiting], now: datetime) -> Iterator[Metric]:
    jobs = gauge("jobs", "Jobs in the database: due (or under way), planned, …", "kind", "state")
    oldest = gauge("jobs_oldest_due_seconds", "Since when the oldest due job is due.", "kind")
    for one in waiting:
        counts = {"due": one.due, "planned": one.planned, "dead": one.dead, "blocked": one.blocked}
        for state, count in counts.items():
            jobs.add_metric([one.kind, state], count)
        age = (now - one.oldest).total_seconds() if one.oldest else 0.0
        oldest.add_metric([one.kind], max(0.0, age))
    yield jobs
    yield oldest


def _payments(awaited: list[census.Awaited], currency: str) -> Iterator[Metric]:
    labels = ("state", "currency")
    count = gauge("payments_awaited", "Payments Stripe has not decided yet.", *labels)
    minor = gauge("payments_awaited_minor", "Their amount, in minor units.", *labels)
    found = {(one.state, one.currency): one for one in awaited}
    none = {(state, currency): None for state in ("created", "open", "processing")}
    for place in none | found:
        one = found.get(place)
        count.add_metric(place, one.payments if one else 0)
        minor.add_metric(place, one.minor if one else 0)
    yield count
    yield minor


def _comparison(kept: str | None, currency: str) -> Iterator[Metric]:
    """Yield the last comparison with Stripe that went to its end; nothing before the first."""
    at = gauge("reconcile_timestamp_seconds", "When our books were last compared with Stripe's.")
    drift = gauge("reconcile_drift_minor", "Our books less Stripe's, then.", "currency")
    found = gauge("reconcile_differences", "What differed then, before its repair.", "found")
    if kept is not None:
        last = json.loads(kept)
        at.add_metric([], last["at"])
        for name, minor in ({currency: 0} | last["drift"]).items():
            drift.add_metric([name], minor)
        for name, many in last["found"].items():
            found.add_metric([name], many)
    yield from (at, drift, found)
