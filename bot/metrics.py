"""What is counted while the process runs, in a registry of our own; nothing in it names anybody."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

from booking.ports import Clock
from bot import __version__
from bot.outside import Outcome
from bot.work import DONE
from db.fields import to_ms
from db.jobs import Job
from db.states import AttemptState, BookingState, DisputeState, RefundState
from db.trace import Trace
from db.witness import ClaimRefused, Fact

PREFIX: Final = "booking_bot_"
QUICK: Final = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Seconds a person waits for an answer."""
SLOW: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60)
"""Seconds a call to the outside takes; Telegram answers a poll after 50 when nothing came."""
ANSWERED, SHOWN = UNTIL = ("answered", "shown")
"""How far a tap has come: the button's spinner stopped, the screen is what it led to."""
UPDATES: Final = ("accepted", "duplicate", "foreign", "unreadable", "refused", "not_stored")
EVENTS: Final = ("accepted", "duplicate", "foreign", "refused", "not_stored")
STATES: Final[Mapping[str, Iterable[str]]] = {
    "booking": BookingState,
    "payment": AttemptState,
    "refund": RefundState,
    "dispute": DisputeState,
}


class Metrics:
    """Count what happens; made once, in the composition root."""

    def __init__(self, clock: Clock, *, currency: str, engine: str) -> None:
        self._clock = clock
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        info = Gauge(
            PREFIX + "info", "Which program runs.", ["version", "engine"], registry=self.registry
        )
        info.labels(__version__, engine).set(1)
        tasks = Gauge(PREFIX + "tasks", "What goes on at the same time.", registry=self.registry)
        tasks.set_function(lambda: len(asyncio.all_tasks()))
        self._count_what_comes()
        self._count_what_is_done()
        self._count_what_happens(currency)

    def _count_what_comes(self) -> None:
        self._updates = self._counter("updates", "Updates of Telegram taken in.", "outcome")
        self._events = self._counter("webhook_events", "Events of Stripe taken in.", "outcome")
        for outcome in UPDATES:
            self._updates.labels(outcome)
        for outcome in EVENTS:
            self._events.labels(outcome)
        self._taps = self._histogram(
            "tap_seconds", "From a tap's intake until its answer has arrived.", QUICK, "until"
        )
        for until in UNTIL:
            self._taps.labels(until)
        self._settled = self._histogram(
            "event_seconds", "From a Stripe event's intake until our books agree with it.", QUICK
        )

    def _count_what_is_done(self) -> None:
        self._runs = self._counter("job_runs", "Jobs that were run.", "kind", "outcome")
        self._seconds = self._histogram("job_seconds", "How long jobs ran.", SLOW, "work")
        calls = {
            name: (
                self._counter(f"{name}_calls", f"Calls to {name}.", "method", "outcome"),
                self._histogram(f"{name}_seconds", f"How long {name} took.", SLOW, "method"),
            )
            for name in ("telegram", "stripe")
        }
        self._telegram, self._stripe = calls["telegram"], calls["stripe"]

    def _count_what_happens(self, currency: str) -> None:
        self._claims = self._counter("claims_refused", "Times that somebody else was quicker for.")
        self._moves, self._minor = {}, {}
        for what, states in STATES.items():
            came, worth = f"{what}s that came into a state", "in minor units of the currency"
            labels = ("state", "currency")
            self._moves[what] = self._counter(f"{what}s", f"{came}.".capitalize(), *labels)
            self._minor[what] = self._counter(f"{what}s_minor", f"Their amount, {worth}.", *labels)
            for state in states:
                self._moves[what].labels(state, currency)
                self._minor[what].labels(state, currency)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(PREFIX + name, about, labels, registry=self.registry)

    def _histogram(
        self, name: str, about: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(PREFIX + name, about, labels, buckets=buckets, registry=self.registry)

    def update(self, outcome: str) -> None:
        """Count an update of Telegram, by one of UPDATES."""
        self._updates.labels(outcome).inc()

    def event(self, outcome: str) -> None:
        """Count an event of Stripe, by one of EVENTS."""
        self._events.labels(outcome).inc()

    def answered(self, trace: Trace | None) -> None:
        """Note that the spinner of a tapped button has stopped."""
        self._tap(ANSWERED, trace)

    def shown(self, trace: Trace | None) -> None:
        """Note that somebody sees what their tap or message led to."""
        self._tap(SHOWN, trace)

    def _tap(self, until: str, trace: Trace | None) -> None:
        if trace and trace.taken_at is not None:
            self._taps.labels(until).observe(self._since(trace.taken_at))

    def _since(self, at: int) -> float:
        return max(0, to_ms(self._clock.now()) - at) / 1000

    def job(self, work: str, job: Job, outcome: str, seconds: float) -> None:
        """Count a run of a job."""
        self._runs.labels(job.kind, outcome).inc()
        self._seconds.labels(work).observe(seconds)
        if job.kind == "stripe_event" and outcome == DONE:
            self._settled.observe(self._since(to_ms(job.created_at)))

    def telegram(self, method: str, outcome: Outcome, seconds: float) -> None:
        """Count a call to Telegram."""
        calls, took = self._telegram
        calls.labels(method, outcome).inc()
        took.labels(method).observe(seconds)

    def stripe(self, method: str, outcome: Outcome, seconds: float) -> None:
        """Count a call to Stripe."""
        calls, took = self._stripe
        calls.labels(method, outcome).inc()
        took.labels(method).observe(seconds)

    def witness(self, fact: Fact, _of: Trace | None) -> None:
        """Count what was committed."""
        if isinstance(fact, ClaimRefused):
            self._claims.inc()
        else:
            self._moves[fact.what].labels(fact.state, fact.currency).inc()
            self._minor[fact.what].labels(fact.state, fact.currency).inc(max(0, fact.minor))
