"""One run: people and events at a steady rate, kills, and a look at everything now and then."""

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path

from db.urls import engine_of
from tests.chaos.judge import Judge
from tests.chaos.killer import Killer, Toll
from tests.chaos.people import ADMIN, STAFF
from tests.chaos.scene import Scene, open_scene
from tests.replicas.check import Findings

PEOPLE_A_SECOND = 5.0
POSTS_A_PERSON = 2
READY_WITHIN, DRAINED_WITHIN = 2.0, 10.0
UPDATES_A_SECOND, EVENTS_A_SECOND = 20, 10


@dataclass
class Report:
    """What came of a run."""

    toll: Toll
    found: Findings = field(default_factory=Findings)
    figures: dict = field(default_factory=dict)


async def load(scene: Scene, doing, *, rate: float) -> None:
    """Let people and events come while something is done; return when the last is content."""
    over = asyncio.Event()

    async def done() -> None:
        try:
            await doing
        finally:
            over.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(done())
        group.create_task(scene.postman.walk(rate * POSTS_A_PERSON, over))
        coming = scene.people.come_while(lambda: not over.is_set(), rate=rate)
        group.create_task(coming)


MANY = 300
"""So many kills come to every named point."""


@dataclass(frozen=True)
class Plan:
    """How much of everything: kills, kills between two looks at all, people a second."""

    kills: int
    every: int = 50
    rate: float = PEOPLE_A_SECOND


async def chaos(folder: Path, url: str, plan: Plan, *, seed: int, told=print) -> Report:
    """Kill the bot so many times, and look at everything each time so many are over."""
    async with open_scene(folder, url, seed=seed) as scene:
        killer = Killer(scene, scene.dice, engine_of(url))
        judge = Judge(scene, url)
        report = Report(killer.toll)
        took = 0.0
        while killer.toll.kills < plan.kills and not report.found.wrong:
            began = time.monotonic()
            some = min(plan.every, plan.kills - killer.toll.kills)
            await load(scene, killer.rounds(some), rate=plan.rate)
            took += time.monotonic() - began
            await settled(scene, judge, report)
            told(f"{killer.toll.kills} kills so far, {len(report.found.wrong)} things wrong")
        await ended(scene, judge, report)
        report.found.wrong += killer.toll.wrong
        if plan.kills >= MANY and killer.toll.never:
            report.found.wrong.append(f"never killed at {', '.join(killer.toll.never)}")
        report.figures = figures(scene, report, took)
        return report


async def settled(scene: Scene, judge: Judge, report: Report) -> None:
    """Let everything be done, and see what is wrong then."""
    try:
        await scene.calm()
    except TimeoutError:
        report.found.wrong.append(f"never calm: {str(scene.left)[:2000]}")
        return
    report.found = await judge.now()


async def ended(scene: Scene, judge: Judge, report: Report) -> None:
    """Stop the bot as systemd does, and see whether its file is whole."""
    report.found.must(await scene.bot.stop() == 0, "it did not stop cleanly")
    await judge.integrity(report.found)


def figures(scene: Scene, report: Report, took: float) -> dict:
    """Count what came and how long it took."""
    ledger, toll, people = scene.diary, report.toll, scene.people
    deliveries = sum(len(tries) for tries in scene.stripe.webhooks.attempts.values())
    posts = scene.postman.answers.total() + scene.postman.unanswered
    people_told = [chat for chat in ledger.said if chat not in {ADMIN, STAFF}]
    return {
        "kills": toll.kills,
        "kills at named points": toll.at_points.total(),
        "named points": len(toll.at_points),
        "named points not reached in time": dict(toll.missed),
        "named points never reached": toll.never if toll.kills else [],
        "seconds": round(took),
        "updates": len(ledger.updates),
        "updates a second": round(len(ledger.updates) / took, 1),
        "events": len(ledger.events),
        "events brought to the webhook": deliveries + posts,
        "events a second": round((deliveries + posts) / took, 1),
        "unacknowledged updates": toll.unconfirmed,
        "unacknowledged events": scene.failed_posts() + scene.postman.unanswered,
        "bookings confirmed": report.found.confirmed,
        "paid and given back": people.returned,
        "people turned away": people.turned_away,
        "messages in doubt at a kill": toll.in_doubt,
        "messages sent again": sum(ledger.repeated(chat) for chat in people_told),
        "receipts sent again": report.found.doubled,
        "seconds to ready": spread(toll.ready),
        "seconds until what waited was handled": spread(toll.drained),
        "seconds from payment to receipt": spread(people.waited),
    }


def late(toll: Toll) -> list[str]:
    """Name what took longer than is promised."""
    slow = [one for one in toll.ready if one >= READY_WITHIN]
    waited = [one for one in toll.drained if one >= DRAINED_WITHIN]
    return [
        *(f"ready only after {one:.1f} s" for one in slow),
        *(f"what waited was handled only after {one:.1f} s" for one in waited),
    ]


def weak(figures: dict) -> list[str]:
    """Name what came in fewer a second than is promised."""
    asked = {"updates a second": UPDATES_A_SECOND, "events a second": EVENTS_A_SECOND}
    return [
        f"only {figures[name]} {name}, not {least}"
        for name, least in asked.items()
        if figures[name] < least
    ]


def spread(seconds: list[float]) -> dict:
    """Say how long it took: how often measured, the median, the longest."""
    known = sorted(seconds) or [0.0]
    middle, longest = known[len(known) // 2], known[-1]
    return {"measured": len(seconds), "median": round(middle, 2), "longest": round(longest, 2)}
