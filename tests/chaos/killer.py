"""Who kills the bot with SIGKILL, at random moments and at named points, and starts it again."""

import asyncio
import random
import signal
import statistics
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from db.urls import POSTGRES, SQLITE
from handlers.notices import KINDS
from tests.chaos.scene import Scene
from tests.journeys import test_kill, test_refund_kill

BOOKING = test_kill.POINTS
REFUND = [(name, 1) for name in test_refund_kill.POINTS]
CANCEL = [("cancel.before_commit", 1), ("cancel.after_commit", 1)]
START = [("begin.before_commit", 1), ("begin.after_commit", 1)]
POINTS = [*BOOKING, *REFUND, *CANCEL, *START]
AT_A_POINT = 0.5
UNWATCHED = 0.6
LIFE = {SQLITE: 6.0, POSTGRES: 10.0}
"""Seconds a life lasts at most after its start, which alone takes one or two: the load of twenty
updates a second is to come through, and PostgreSQL does its part on the same two cores."""
POINT_PATIENCE, READY_PATIENCE, DRAIN_PATIENCE = 6.0, 60.0, 120.0
LOOK, LOOK_SELDOM = 0.02, 0.1
IN_DOUBT = """SELECT lane, max(lease_until) AS leased FROM job WHERE kind IN ({})
AND done_at IS NULL AND dead_at IS NULL GROUP BY lane"""
WAITING = """SELECT key FROM job WHERE done_at IS NULL AND dead_at IS NULL AND run_at <= {}
AND kind NOT IN ('admin_card', 'sweep', 'end_day')"""
"""Cards queue in one chat, which Telegram lets have one a second; a sweep is in no hurry."""
OVER = """SELECT key FROM job WHERE key IN ({})
AND (done_at IS NOT NULL OR dead_at IS NOT NULL OR run_at > {})"""
SAYING = ", ".join(f"'{kind}'" for kind in sorted(KINDS))


@dataclass
class Toll:
    """What the kills have come to."""

    at_points: Counter = field(default_factory=Counter)
    missed: Counter = field(default_factory=Counter)
    """Points the bot did not come to in time: it was killed there and then."""
    at_random: int = 0
    ready: list[float] = field(default_factory=list)
    """Seconds from each start until /readyz said 200."""
    drained: list[float] = field(default_factory=list)
    """Seconds from ready until all was handled that had waited at the kill."""
    unconfirmed: int = 0
    """Updates that Telegram had not been told were kept."""
    in_doubt: int = 0
    """Messages that were being sent."""
    wrong: list[str] = field(default_factory=list)

    @property
    def never(self) -> list[str]:
        """Which points it was never killed at; a long run comes to all."""
        return sorted({name for name, _ in POINTS} - set(self.at_points))

    @property
    def kills(self) -> int:
        return self.at_random + self.at_points.total()


class Killer:
    """Kill and start again."""

    def __init__(self, scene: Scene, dice: random.Random, engine: str):
        self._scene, self._bot, self._dice = scene, scene.bot, dice
        self._life = LIFE[engine]
        self._points: list[tuple[str, int]] = []
        self._waiting: set[str] = set()
        self.toll = Toll()

    async def start(self, *words: str) -> None:
        await self._bot.start(
            **({"module": ("tests.victim", *words)} if words else {}), ready=False
        )

    async def rounds(self, kills: int) -> None:
        """Kill so many times; the bot runs at the end, and is stopped in peace before."""
        if await self._bot.stop() != 0:
            self.toll.wrong.append("it did not stop cleanly")
        goal = self.toll.kills + kills
        while self.toll.kills < goal:
            if self._dice.random() < AT_A_POINT:
                await self._at_a_point()
            else:
                await self._at_random()
            await self._look_at_the_dead()
        await self.start()
        await self._watch(time.monotonic())

    async def _at_a_point(self) -> None:
        """Let it kill itself at the next named point; all have their turn."""
        if not self._points:
            self._points = self._dice.sample(POINTS, len(POINTS))
        name, nth = self._points.pop()
        spared = 0.0 if (name, nth) in START else self._dice.uniform(0, self._life)
        words = ("--at", name, "--nth", str(nth), "--spared", f"{spared:.2f}")
        watching = await self._begun(*words)
        if await self._died_itself():
            self.toll.at_points[name] += 1
        else:
            self.toll.missed[name] += 1
            self.toll.at_random += 1
        watching.cancel()

    async def _died_itself(self) -> bool:
        """Wait for its death until some time after it was ready."""
        readies = len(self.toll.ready)
        end = time.monotonic() + READY_PATIENCE
        while self._bot.process.returncode is None and time.monotonic() < end:
            if len(self.toll.ready) > readies:
                patience = self._life + POINT_PATIENCE
                readies, end = len(self.toll.ready), time.monotonic() + patience
            await asyncio.sleep(LOOK)
        return self._bot.process.returncode is not None

    async def _begun(self, *words: str):
        """Start it, and watch it from then on."""
        began = time.monotonic()
        await self.start(*words)
        return asyncio.ensure_future(self._watch(began))

    async def _at_random(self) -> None:
        watching = await self._begun()
        if self._dice.random() < UNWATCHED:
            await asyncio.sleep(self._dice.uniform(0.1, self._start_takes() + self._life))
        else:
            await watching
            await asyncio.sleep(self._dice.uniform(0, 0.5))
        watching.cancel()
        self.toll.at_random += 1

    def _start_takes(self) -> float:
        return statistics.median(self.toll.ready[-5:] or [1.0])

    async def _look_at_the_dead(self) -> None:
        """Make sure it is dead, and see what it left undone."""
        scene, toll = self._scene, self.toll
        await self._bot.kill()
        if self._bot.process.returncode != -signal.SIGKILL:
            toll.wrong.append(f"it ended by itself: {self._bot.log.read_text()[-3000:]}")
        scene.diary.catch_up()
        for one in await scene.books.rows(IN_DOUBT.format(SAYING)):
            chat = int(one["lane"].removeprefix("out:"))
            # on SQLite a lease is durable some milliseconds after its message may have left
            if one["leased"] or scene.diary.spoke_just_now(chat):
                scene.diary.lost[chat] += 1
                toll.in_doubt += 1
        waiting = [f"upd:{one.id}" for one in scene.server.inbox.alive()]
        toll.unconfirmed += len(waiting)
        left = await scene.books.rows(WAITING.format(scene.now_ms))
        self._waiting |= {*waiting, *(one["key"] for one in left)}

    async def _watch(self, began: float) -> None:
        """Note when it is ready, and when all is done that had waited for it."""
        try:
            async with asyncio.timeout(READY_PATIENCE):
                await self._ready()
        except TimeoutError:
            self.toll.wrong.append(f"not ready after {READY_PATIENCE} s")
            return
        ready = time.monotonic()
        self.toll.ready.append(ready - began)
        waiting, self._waiting = self._waiting, set()
        try:
            await self._until_done(waiting)
        except TimeoutError:
            self.toll.wrong.append(f"waits after {DRAIN_PATIENCE} s: {sorted(waiting)[:10]}")
            return
        except asyncio.CancelledError:
            self._waiting |= waiting
            raise
        self.toll.drained.append(time.monotonic() - ready)

    async def _ready(self) -> None:
        async with aiohttp.ClientSession() as http:
            while True:
                with suppress(aiohttp.ClientError):
                    async with http.get(f"{self._bot.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(LOOK)

    async def _until_done(self, waiting: set[str]) -> None:
        """Wait until all of them are done; what is done is taken out."""
        end = time.monotonic() + DRAIN_PATIENCE
        while waiting:
            keys = ", ".join(f"'{key}'" for key in waiting)
            over = await self._scene.books.rows(OVER.format(keys, self._scene.now_ms))
            waiting -= {one["key"] for one in over}
            if waiting and time.monotonic() > end:
                raise TimeoutError
            await asyncio.sleep(LOOK_SELDOM)
