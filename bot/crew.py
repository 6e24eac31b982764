"""The crew: one runner a class of jobs, so that a slow Stripe holds up no chat."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from booking.caught import Caught
from booking.ports import Clock, Environment
from booking.work import WORK
from bot import logs
from bot.runner import IDLE_SECONDS, JobRunner
from bot.seldom import Seldom
from bot.updates import KIND
from bot.watch import Runs, nobody
from bot.work import Alert, Work, WorkClass
from bot.workers import Nursery
from db import jobs
from db.bell import Bell
from db.database import database
from db.fields import to_ms
from db.pace import forget_turns
from db.postgres_session import SessionLost
from db.presence import LOOK_SECONDS, RollCall
from db.transactions import rows
from handlers import notices, stripe_events
from handlers.door import Door

if TYPE_CHECKING:
    from bot.outbox import Outbox
    from bot.telegram import Dispatcher

log = logs.get(__name__)

FORGET_EVERY_SECONDS: Final = 3600.0
KEPT: Final = timedelta(days=14)
"""How long a done job is remembered: longer than Stripe (3 days) and Telegram repeat things."""
SETTLE_SECONDS: Final = 20.0
APPEAR_SECONDS: Final = 2.0
_DUE: Final = """
SELECT 1 FROM job AS mine WHERE run_at <= ? AND kind IN ({}) AND done_at IS NULL
AND dead_at IS NULL AND (lane IS NULL OR NOT EXISTS (
    SELECT 1 FROM job AS older WHERE older.lane = mine.lane AND older.id < mine.id
    AND older.done_at IS NULL AND older.dead_at IS NULL)) LIMIT 1"""


def money_work(env: Environment, door: Door) -> Mapping[str, Work]:
    """Return what is done about bookings and money."""
    work: dict[str, Work] = {kind: partial(use_case, env) for kind, use_case in WORK.items()}
    return work | {"stripe_event": partial(stripe_events.handle, door)}


class Crew:
    """Run every job of the process."""

    def __init__(
        self,
        env: Environment,
        *,
        clock: Clock,
        nursery: Nursery,
        alert: Alert,
        ran: Runs = nobody,
    ) -> None:
        self._env, self._clock, self._nursery, self._alert = env, clock, nursery, alert
        self._ran = ran
        self._runners: list[JobRunner] = []
        self._deaf = jobs.subscribe(self.wake)

    async def appear(self) -> None:
        """Be known to the other replicas: what is leased before waits its time if we are killed."""
        if database().is_sqlite:
            return
        bell = Bell(self.wake)
        self._nursery.start(self._attend(bell), name="bell")
        self._nursery.start(self._relieve(), name="roll call")
        with suppress(TimeoutError):  # the database is away: work waits for it anyhow
            async with asyncio.timeout(APPEAR_SECONDS):
                await bell.known()

    def start_money(self, door: Door, books: Mapping[str, Work]) -> None:
        """Start the work that needs no Telegram; `books` is slow, and stands in nobody's way."""
        self._start(
            WorkClass("money", money_work(self._env, door), places=32, seconds=90, batch=32)
        )
        self._start(WorkClass("books", books, places=1, seconds=1800))
        self._nursery.start(self._forget(), name="forget done jobs")

    def start_chat(self, dispatcher: "Dispatcher", outbox: "Outbox") -> None:
        """Start the work that needs Telegram."""
        self._start(WorkClass("inbox", {KIND: dispatcher.run}, places=64, seconds=60, batch=32))
        sending = dict.fromkeys(notices.KINDS, outbox.run)
        self._start(WorkClass("outbox", sending, places=32, seconds=90, batch=32))

    def _start(self, work: WorkClass) -> None:
        runner = JobRunner(
            work, clock=self._clock, nursery=self._nursery, alert=self._alert, ran=self._ran
        )
        self._runners.append(runner)
        self._nursery.start(runner.run(), name=f"runner {work.name}")

    def wake(self, kind: str | None = None) -> None:
        """Look for due jobs of a kind, or of all: one was enqueued."""
        for runner in self._runners:
            if kind is None or kind in runner.kinds:
                runner.wake()

    def clock_moved(self) -> None:
        """Keep the leases of what runs, then look for what has become due."""
        for runner in self._runners:
            self._nursery.start(runner.keep(), name="keep leases")
        self.wake()

    async def drain(self, seconds: float) -> None:
        """Take no more jobs; wait for those that run."""
        self._deaf()
        await asyncio.gather(*(runner.drain(seconds) for runner in self._runners))

    async def settle(self) -> None:
        """Wait until no job is due and none runs; for tests and demos."""
        async with asyncio.timeout(SETTLE_SECONDS):
            while self._is_busy() or await self._is_something_due():
                if not self._is_busy():
                    self.wake()
                await asyncio.sleep(0.01)

    def _is_busy(self) -> bool:
        return any(runner.is_busy for runner in self._runners)

    async def _is_something_due(self) -> bool:
        kinds = [kind for runner in self._runners for kind in runner.kinds]
        places = ", ".join("?" * len(kinds))
        return bool(await rows(_DUE.format(places), (to_ms(self._clock.now()), *kinds)))

    async def _attend(self, bell: Bell) -> None:
        """Tell other replicas what was made due here, and hear what was there."""
        warn = Seldom()
        while True:
            try:
                await bell.serve()
            except SessionLost as error:
                warn("other replicas are not heard", why=str(error))
            await asyncio.sleep(IDLE_SECONDS)

    async def _relieve(self) -> None:
        """Take over what replicas that were killed had begun."""
        call, warn = RollCall(), Seldom()
        while True:
            async with Caught() as caught:
                if freed := await call.look():
                    log.warning("a replica is gone: its jobs are done here", jobs=freed)
            if caught.error:  # the database is away
                why = type(caught.error).__name__
                warn("nobody knows who is gone", why=why, exc_info=caught.error)
            await asyncio.sleep(LOOK_SECONDS)

    async def _forget(self) -> None:
        while True:
            try:
                await jobs.forget(self._clock.now() - KEPT)
                if not database().is_sqlite:
                    await forget_turns()
            except Exception:
                log.exception("done jobs not forgotten")
            await asyncio.sleep(FORGET_EVERY_SECONDS)
