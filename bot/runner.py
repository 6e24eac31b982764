"""Run the jobs: lease, do, finish; retry what fails, bury what never works."""

import asyncio
import secrets
import time
import traceback
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from structlog.contextvars import bind_contextvars, clear_contextvars

from booking.caught import Caught
from booking.errors import NotYet, Unavailable
from booking.ports import Clock
from bot import logs
from bot.database_trouble import is_of_database
from bot.seldom import Seldom
from bot.updates import KIND
from bot.watch import Runs, nobody
from bot.work import DONE, Alert, GiveUp, Later, WorkClass, backoff
from bot.workers import Nursery
from db import jobs
from db.fields import to_ms
from db.jobs import Job
from db.trace import Trace, following

log = logs.get(__name__)

LEASE_SECONDS: Final = 8
"""So long at most waits what a killed replica had begun."""
HEARTBEAT_SECONDS: Final = 2.5
IDLE_SECONDS: Final = 1.0
"""How long a due job may wait when nobody woke us: a timer, or enqueued by another replica."""
UNWRITTEN_SECONDS: Final = 5.0
"""So long a job is let be whose end could not be written down: the disk is full, or away."""


def _trace(job: Job) -> Trace:
    """Return what a job goes on with; what an update leads to at once knows when it came."""
    taken_at = to_ms(job.created_at) if job.kind == KIND else 0
    return replace(job.trace or Trace.of_key(job.key), taken_at=taken_at or None)


class JobRunner:
    """Run one class of jobs until stopped."""

    def __init__(
        self,
        work: WorkClass,
        *,
        clock: Clock,
        nursery: Nursery,
        alert: Alert,
        ran: Runs = nobody,
    ) -> None:
        self._class, self._clock, self._nursery, self._alert = work, clock, nursery, alert
        self._ran = ran
        self._running: dict[int, Job] = {}
        self._stir, self._warn = asyncio.Event(), Seldom()
        self._is_full = self._waited_first = False
        self._stopping = asyncio.Event()

    def wake(self) -> None:
        """Look for due jobs now: one was enqueued, or the clock was moved."""
        self._stir.set()

    @property
    def kinds(self) -> Collection[str]:
        """Return the kinds of jobs run here."""
        return self._class.kinds

    @property
    def is_busy(self) -> bool:
        """Tell whether a job runs."""
        return bool(self._running)

    async def run(self) -> None:
        """Lease and start jobs as long as there are free places."""
        self._nursery.start(self._heartbeat(), name=f"heartbeat {self._class.name}")
        while not self._stopping.is_set():
            self._stir.clear()
            async with Caught() as caught:
                await self._turn()
            if caught.error:  # the database is away: the process outlives it
                self._warn("cannot lease jobs", why=self._class.name, exc_info=caught.error)
                await asyncio.sleep(IDLE_SECONDS)

    async def _turn(self) -> None:
        room = min(self._class.places - len(self._running), self._class.batch)
        self._is_full = room <= 0
        leased: list[Job] = []
        if not self._is_full:
            leased = await jobs.lease(
                kinds=self._class.kinds,
                limit=room,
                now=self._clock.now(),
                seconds=LEASE_SECONDS,
                waited_first=self._waited_first,
            )
            self._waited_first = not self._waited_first
        for job in leased:
            self._take(job)
        if len(leased) < max(room, 1):  # nothing more was due
            await self._doze(IDLE_SECONDS)

    def _take(self, job: Job) -> None:
        is_new = job.id not in self._running
        self._running[job.id] = job
        if is_new:  # or the clock was moved past our own lease: the run under way goes on
            self._nursery.start(self._run(job), name=f"{job.kind} {job.key}")

    async def _doze(self, seconds: float) -> None:
        # not wait_for: in Python 3.11 it loses a cancellation that comes with its result
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stir.wait()

    async def _run(self, job: Job) -> None:
        clear_contextvars()
        bind_contextvars(job=job.key)
        began = time.perf_counter()
        try:
            async with Caught() as caught:
                with following(_trace(job)):
                    outcome = await self._outcome(job)
                    seconds = time.perf_counter() - began
                    log.debug("job run", kind=job.kind, outcome=outcome, seconds=round(seconds, 4))
                self._ran(self._class.name, job, outcome, seconds)
            if caught.error:
                self._warn("a job's end is not written down", why=job.kind, exc_info=caught.error)
                await self._let_be(UNWRITTEN_SECONDS)
        finally:
            self._running.pop(job.id, None)
            if self._is_full or self._stopping.is_set() or job.lane:  # one more may run now
                self._stir.set()

    async def _let_be(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _outcome(self, job: Job) -> str:
        """Do a job and write down how it ended; return a word for that."""
        async with Caught() as caught, asyncio.timeout(self._class.seconds):
            await self._class.work[job.kind](job)
        if caught.error:
            await self._failed(self._running[job.id], caught.error)
            return self._word(job, caught.error)
        # what an update led to is there: run once more, it would say so and change nothing
        await jobs.finish(self._running[job.id], self._clock.now(), soon=job.kind == KIND)
        return DONE

    def _word(self, job: Job, error: Exception) -> str:
        if isinstance(error, Later | NotYet):
            return "later"
        if isinstance(error, Unavailable):
            return "away"
        if isinstance(error, GiveUp):
            return "dead" if error.alert else "blocked"
        return "dead" if job.attempts >= job.max_attempts else "failed"

    async def _failed(self, job: Job, error: Exception) -> None:
        if isinstance(error, Later):
            await self._retry(job, error, error.seconds)
        elif isinstance(error, NotYet):
            seconds = (error.until - self._clock.now()).total_seconds()
            await self._retry(job, error, max(0.0, seconds))
        elif isinstance(error, GiveUp) and not error.alert:
            await jobs.bury(job, now=self._clock.now(), error=error.words)
        elif isinstance(error, Unavailable):
            seconds = error.retry_after or backoff(job.attempts)
            log.warning("outside is away", kind=job.kind, why=str(error), again=round(seconds, 2))
            await self._retry(job, error, seconds)
        elif isinstance(error, GiveUp) or job.attempts >= job.max_attempts:
            await self._bury(job, error)
        else:
            if is_of_database(error) and not isinstance(error, OSError):  # a timeout, say
                self._warn("jobs fail with the database", why=job.kind, exc_info=error)
            else:
                log.error("job failed", kind=job.kind, attempt=job.attempts, exc_info=error)
            await self._retry(job, error, backoff(job.attempts))

    async def _retry(self, job: Job, error: Exception, seconds: float) -> None:
        now = self._clock.now()
        again = now + timedelta(seconds=seconds)
        words = f"{type(error).__name__}: {error}"
        counts = not isinstance(error, Later | NotYet | Unavailable)
        await jobs.retry(job, now=now, run_at=again, error=words, counts=counts)
        asyncio.get_running_loop().call_later(seconds, self.wake)

    async def _bury(self, job: Job, error: Exception) -> None:
        report = secrets.token_hex(4)
        words = "".join(traceback.format_exception_only(error)).strip()
        await jobs.bury(job, now=self._clock.now(), error=f"{report} {words}")
        log.error("job given up", kind=job.kind, report=report, exc_info=error)
        await self._alert(job, report)

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await self.keep()

    async def keep(self) -> None:
        """Extend the leases of what runs."""
        if self._running:
            try:
                await jobs.extend(list(self._running.values()), self._clock.now(), LEASE_SECONDS)
            except Exception:  # the next heartbeat tries again; the lease outlasts two of them
                log.exception("cannot extend leases", work=self._class.name)

    async def drain(self, seconds: float) -> None:
        """Take no more jobs; wait for those that run, at most so long."""
        self._stopping.set()
        self._stir.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._running:
                    self._stir.clear()
                    await self._stir.wait()
