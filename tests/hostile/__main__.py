"""A real process beside visitors who only keep it waiting, or one chat that floods it.

python -m tests.hostile slowloris --visitors 5000 --seconds 60
python -m tests.hostile flood --seconds 30
"""

import argparse
import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

import aiohttp

from tests.crowd import says
from tests.families.record import ROOT, write
from tests.hostile import visitors
from tests.hostile.forged import seal
from tests.process import TELEGRAM_SECRET, WEBHOOK_SECRET, Bot, sandbox

EVENTS_A_SECOND, UPDATES_A_SECOND, FLOOD_A_SECOND = 50, 10, 100
MOST_MS, LONGEST_SECONDS, MOST_TIMES = 50.0, 15.0, 2.0
MALLORY = 666
BROKEN = 1e9
numbers = itertools.count(1)


def arguments():
    parser = argparse.ArgumentParser(prog="make hostile", description=__doc__)
    parser.add_argument("what", choices=("slowloris", "flood"))
    parser.add_argument("--visitors", type=int, default=5000)
    parser.add_argument("--seconds", type=int, default=60)
    return parser.parse_args()


async def paced(rate: float, seconds: float, act: Callable[[], Awaitable[float]]) -> list[float]:
    """Begin an act so many times a second; return how long each took, in milliseconds."""
    began, tasks = time.monotonic(), []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        tasks.append(asyncio.ensure_future(act()))
    return sorted(await asyncio.gather(*tasks))


def p99(taken: list[float]) -> float:
    return taken[int(len(taken) * 0.99)]


async def event(bot: Bot, http: aiohttp.ClientSession) -> float:
    """Post an event of another shop, signed: accepted and of no effect."""
    now, number = int(time.time()), next(numbers)
    body = f'{{"id": "evt_h{number}", "type": "checkout.session.completed", "data": {{}}}}'.encode()
    signature = {"Stripe-Signature": f"t={now},v1={seal(now, body, WEBHOOK_SECRET)}"}
    began = time.perf_counter()
    try:
        async with http.post(f"{bot.url}/webhooks/stripe", data=body, headers=signature) as answer:
            assert answer.status == 200, answer.status
    except aiohttp.ClientError:
        return BROKEN
    return (time.perf_counter() - began) * 1000


def open_files(bot: Bot) -> int:
    """How many files and connections the bot has open."""
    return sum(1 for _ in Path(f"/proc/{bot.process.pid}/fd").iterdir())


async def slowloris(bot: Bot, _world, words) -> tuple[dict, list[str]]:
    # a kept connection that waits is the first to go when the house is full
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as http:
        quiet = await paced(EVENTS_A_SECOND, 10, lambda: event(bot, http))
        async with visitors.standing(bot.port, words.visitors, words.seconds) as there:
            await asyncio.sleep(2)
            taken = await paced(EVENTS_A_SECOND, words.seconds - 6, lambda: event(bot, http))
            descriptors = open_files(bot)
            ended, longest = await there
    figures = {
        "visitors at once": words.visitors,
        "connections ended": ended,
        "longest kept, s": round(longest, 1),
        "webhook p50 and p99 before, ms": [round(median(quiet), 1), round(p99(quiet), 1)],
        "webhook p50 and p99 meanwhile, ms": [round(median(taken), 1), round(p99(taken), 1)],
        "descriptors of the bot": descriptors,
        "events broken off": sum(one == BROKEN for one in taken),
    }
    broken = figures["events broken off"]
    wrong = [f"{broken} events broken off"] if broken else []
    wrong += [f"p99 {p99(taken):.0f} ms"] if p99(taken) > MOST_MS else []
    wrong += [f"kept for {longest:.0f} s"] if longest > LONGEST_SECONDS else []
    return figures, wrong


async def update(bot: Bot, http: aiohttp.ClientSession, user: int) -> None:
    who = {"id": user, "is_bot": False, "first_name": "M"}
    number = next(numbers)
    message = {"message_id": number, "date": 1, "from": who, "text": "/start"}
    message |= {"chat": {"id": user, "type": "private", "first_name": "M"}}
    message |= {"entities": [{"type": "bot_command", "offset": 0, "length": 6}]}
    headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}
    body = {"update_id": 900_000_000 + number, "message": message}
    async with http.post(f"{bot.url}/webhooks/telegram", json=body, headers=headers) as answer:
        assert answer.status == 200


async def answered(world) -> float:
    """Write as somebody new; return how long it took until the answer was there."""
    user = 100_000 + next(numbers)
    world.telegram.person(user, first_name="A")
    began = time.perf_counter()
    await world.telegram.say(user, "/start")
    while not says(world, user, "Studio Nord"):
        await asyncio.sleep(0.002)
        assert time.perf_counter() - began < LONGEST_SECONDS, "no answer"
    return (time.perf_counter() - began) * 1000


async def flood(bot: Bot, world, words) -> tuple[dict, list[str]]:
    world.telegram.person(MALLORY, first_name="M")
    await world.telegram.say(MALLORY, "/start")
    async with aiohttp.ClientSession() as http:
        quiet = await paced(UPDATES_A_SECOND, 15, lambda: answered(world))

        async def one() -> float:
            await update(bot, http, MALLORY)
            return 0.0

        flooding = asyncio.ensure_future(paced(FLOOD_A_SECOND, words.seconds, one))
        await asyncio.sleep(3)
        taken = await paced(UPDATES_A_SECOND, words.seconds - 3, lambda: answered(world))
        await flooding
    figures = {
        "updates of one chat": FLOOD_A_SECOND * words.seconds,
        "others' p50 and p99 before, ms": [round(median(quiet), 1), round(p99(quiet), 1)],
        "others' p50 and p99 meanwhile, ms": [round(median(taken), 1), round(p99(taken), 1)],
    }
    times = p99(taken) / p99(quiet)
    return figures, [f"{times:.1f} times as slow for others"] if times > MOST_TIMES else []


async def run(words) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with sandbox() as world:
            bot = Bot(folder, world, f"sqlite://{folder}/booking.db")
            assert (await bot.command("migrate"))[0] == 0
            await bot.start()
            try:
                what = {"slowloris": slowloris, "flood": flood}[words.what]
                figures, wrong = await what(bot, world, words)
            finally:
                await bot.stop()
    families = {"slowloris": ["R19"], "flood": ["R20"]}[words.what]
    command = f"make hostile WHAT={words.what}"
    runs = figures.get("connections ended") or figures["updates of one chat"]
    file = write(
        words.what, "sqlite", families, command, runs, not wrong, figures | {"wrong": wrong}
    )
    print(*(f"{name}: {value}" for name, value in figures.items()), *wrong, sep="\n")
    print(f"{file.relative_to(ROOT)}: {'failed' if wrong else 'passed'}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(asyncio.run(run(arguments())))
