"""The same people while everything outside fails now and then: nothing is held for ever."""

import asyncio
import random
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from sandbox.stripe import Fault
from tests.chaos.judge import Judge
from tests.chaos.killer import Toll
from tests.chaos.run import Report, ended, figures, load, settled
from tests.chaos.scene import Scene, open_scene
from tests.simulation.weather import (
    EVENT_KINDS,
    STRIPE_CALLS,
    STRIPE_KINDS,
    TELEGRAM_CALLS,
    TELEGRAM_KINDS,
)

SPOKEN = [one for one in TELEGRAM_CALLS if one != ".*"]
"""Not the poll: whoever's poll hangs hears nothing for a minute, and that is all that is seen."""
FAULT_EVERY, SAMPLE_EVERY = 1.5, 2.0
WATCHED = {
    "megabytes": "process_resident_memory_bytes",
    "descriptors": "process_open_fds",
    "tasks": "booking_bot_tasks",
}
KEPT_OPEN_SECONDS = 45
"""Connections to Telegram and Stripe are kept for half a minute, those of visitors for less."""
MORE_MEGABYTES, MORE_DESCRIPTORS, MORE_TASKS = 5.0, 15, 5
HOUR, MEGABYTE = 3600, 2**20


@dataclass(frozen=True)
class Sample:
    """What the process held at a moment."""

    at: float
    megabytes: float
    descriptors: float
    tasks: float


async def sample(scene: Scene) -> Sample:
    """Read what the process says of itself."""
    async with aiohttp.ClientSession() as http, http.get(f"{scene.bot.url}/metrics") as answer:
        families = text_string_to_metric_families(await answer.text())
        values = {one.name: one.value for family in families for one in family.samples}
    read = {name: values[metric] for name, metric in WATCHED.items()}
    return Sample(time.monotonic(), read.pop("megabytes") / MEGABYTE, **read)


async def storm(scene: Scene, dice: random.Random, seconds: float, samples: list[Sample]) -> None:
    """Let one thing after the other go wrong for some time, and watch the process."""
    end = time.monotonic() + seconds
    looked = 0.0
    while (now := time.monotonic()) < end:
        if now - looked >= SAMPLE_EVERY:
            samples.append(await sample(scene))
            looked = now
        _goes_wrong(scene, dice)
        await asyncio.sleep(dice.uniform(0, 2 * FAULT_EVERY))
    scene.stripe.faults.clear()
    scene.world.telegram.faults.planned.clear()


def _goes_wrong(scene: Scene, dice: random.Random) -> None:
    target, times = dice.choice(["stripe", "telegram", "events"]), dice.choice([1, 1, 2, 3])
    if target == "stripe":
        scene.stripe.faults.append(
            Fault(dice.choice(STRIPE_CALLS), dice.choice(STRIPE_KINDS), times)
        )
    elif target == "events":
        scene.stripe.faults.append(Fault("WEBHOOK", dice.choice(EVENT_KINDS), times))
    else:
        scene.diary.plan(match=dice.choice(SPOKEN), kind=dice.choice(TELEGRAM_KINDS), times=times)


async def soak(folder: Path, url: str, *, seed: int, seconds: float, rate: float) -> Report:
    """Run under load and faults for some time; then everything must be as it should."""
    async with open_scene(folder, url, seed=seed) as scene:
        report, judge, samples = Report(Toll()), Judge(scene, url), []
        await scene.bot.start()
        await scene.calm()
        before, began = await sample(scene), time.monotonic()
        await load(scene, storm(scene, scene.dice, seconds, samples), rate=rate)
        took = time.monotonic() - began
        await settled(scene, judge, report)
        after = await at_rest(scene, before)
        await ended(scene, judge, report)
        report.figures = held(before, samples, after) | figures(scene, report, took)
        grown(report, before, after)
        return report


async def at_rest(scene: Scene, before: Sample) -> Sample:
    """Look again when what was kept open for the next call has had time to close."""
    end = time.monotonic() + KEPT_OPEN_SECONDS
    while (now := await sample(scene)).descriptors - before.descriptors > MORE_DESCRIPTORS:
        if time.monotonic() > end:
            break
        await asyncio.sleep(1)
    return now


def held(before: Sample, samples: list[Sample], after: Sample) -> dict:
    """Say what the process held before, meanwhile and after."""
    later = samples[len(samples) // 2 :]
    hours = [one.at / HOUR for one in later]
    slope = statistics.linear_regression(hours, [one.megabytes for one in later]).slope
    told = {"megabytes an hour, second half": round(slope, 1)}
    quarter = max(1, len(samples) // 4)
    ends = samples[quarter : 2 * quarter], samples[-quarter:]
    early, late = (statistics.median(one.megabytes for one in some) for some in ends)
    told["megabytes more in the last quarter than in the second"] = round(late - early, 1)
    for name in WATCHED:
        most = max(getattr(one, name) for one in samples)
        told[name] = [round(getattr(one, name), 1) for one in (before, after)] + [round(most, 1)]
    return told


def grown(report: Report, before: Sample, after: Sample) -> None:
    """Nothing is held at the end that was not held at the beginning."""
    must = report.found.must
    more = after.descriptors - before.descriptors
    must(more <= MORE_DESCRIPTORS, f"{more} descriptors more than before")
    more = after.tasks - before.tasks
    must(more <= MORE_TASKS, f"{more} tasks more than before")


def leaks(report: Report) -> list[str]:
    """Name memory that keeps growing: a run of minutes shows it, a minute does not."""
    more = report.figures["megabytes more in the last quarter than in the second"]
    return [f"{more} MB more in the end"] if more > MORE_MEGABYTES else []
