"""How fast a pressed button is answered and its screen edited, by the real bot and by stock PTB.

    python -m bench.taps

`booking-bot run` in webhook mode on SQLite (synchronous=FULL): each press is made durable, the
draft moves, free times are looked up, the screen is edited through the outbox. Stock PTB polls,
answers and edits 32 fixed buttons, and keeps nothing. Both talk to the same local Bot API.
Rates are of many people at once; what one press takes is measured with nobody else about. Both
are measured in turn, and the better of their rounds counts: other guests of a machine only slow.
"""

import asyncio
import itertools
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from bench.bot_api import TOKEN, Chat, LocalBotApi
from bench.load import Result, cpu_seconds, free_port, result

CHATS, AT_ONCE, PRESSES, ALONE = 240, 16, 4, 400
LEAST_OF_STOCK = 1.7
"""Times the rate of stock PTB."""
MOST_P50_MS, MOST_P99_MS, STOCK_RATE = 2.5, 5.0, 338.0
"""What one press may take on a machine where stock PTB answers so many a second."""
ROUNDS = 2

CONFIG = """
[telegram]
token = "{token}"
api_url = "http://127.0.0.1:{api}"
receive = "webhook"
webhook_secret = "bench"
messages_per_second = 1000
[stripe]
secret_key = "sk_test_bench"
webhook_secrets = ["whsec_bench"]
api_url = "http://127.0.0.1:9"
[web]
port = {port}
public_url = "http://127.0.0.1:{port}"
[shop]
name = "Bench"
timezone = "Europe/Berlin"
currency = "EUR"
[log]
level = "error"
"""
CATALOG = """
[[staff]]
key = "anna"
name = "Anna"
hours = { mon = ["09:00-18:00"], wed = ["09:00-18:00"], fri = ["09:00-18:00"] }
[[services]]
key = "cut"
name = "Cut"
duration = 45
price = "50.00"
staff = ["anna"]
"""


@asynccontextmanager
async def local_api() -> AsyncIterator[tuple[LocalBotApi, int]]:
    """Serve a Bot API in this process."""
    api, port = LocalBotApi(), free_port()
    runner = web.AppRunner(api.app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with aiohttp.ClientSession() as api.http:
        try:
            yield api, port
        finally:
            await runner.cleanup()


@dataclass(frozen=True, slots=True)
class Both:
    """What a bot gives many people at once, and one alone."""

    many: Result
    alone: Result


async def measure(api: LocalBotApi, pid: int, label: str, first: str, labels: list[str]) -> Both:
    """Bring every chat to its first screen; let many press at once in turn, then one alone."""
    api.chats = {number: Chat(number) for number in range(1000, 1000 + CHATS)}
    gate = asyncio.Semaphore(AT_ONCE)

    async def begin(chat: Chat) -> None:
        async with gate:
            await api.say(chat, first)

    async def play(chat: Chat) -> list[float]:
        async with gate:
            return [await api.press(chat, labels[n % len(labels)]) for n in range(PRESSES)]

    await asyncio.gather(*(begin(chat) for chat in api.chats.values()))
    began, cpu = time.perf_counter(), cpu_seconds(pid)
    took = await asyncio.gather(*(play(chat) for chat in api.chats.values()))
    seconds, cpu = time.perf_counter() - began, cpu_seconds(pid) - cpu
    many = result(label, seconds, [one for many in took for one in many], cpu)
    return Both(many, await alone(api, pid, f"{label}, alone", labels))


async def alone(api: LocalBotApi, pid: int, label: str, labels: list[str]) -> Result:
    """Let one person after another press, each when the screen before is there."""
    chats = itertools.cycle(api.chats.values())
    turns = [next(chats) for _ in range(CHATS // 4)] * (ALONE // (CHATS // 4) + 1)
    began, cpu = time.perf_counter(), cpu_seconds(pid)
    pressed = {chat.id: itertools.cycle(labels) for chat in turns}
    took = [await api.press(chat, next(pressed[chat.id])) for chat in turns[:ALONE]]
    return result(label, time.perf_counter() - began, took, cpu_seconds(pid) - cpu)


async def until_known(api: LocalBotApi, process: asyncio.subprocess.Process) -> None:
    """Wait until the bot has begun to receive."""
    for _ in range(400):
        if process.returncode is not None:
            raise RuntimeError("the bot ended")
        if api.hook:
            return
        await asyncio.sleep(0.05)


async def real() -> Both:
    """Measure booking-bot."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        async with local_api() as (api, port):
            config, catalog = Path(name) / "config.toml", Path(name) / "catalog.toml"
            config.write_text(CONFIG.format(token=TOKEN, api=port, port=free_port()))
            catalog.write_text(CATALOG)
            bot = [sys.executable, "-m", "bot"]
            words = ["--config", str(config)]
            imported = await asyncio.create_subprocess_exec(
                *bot, "catalog", "import", str(catalog), *words, stderr=asyncio.subprocess.DEVNULL
            )
            assert await imported.wait() == 0
            process = await asyncio.create_subprocess_exec(*bot, "run", *words)
            try:
                await until_known(api, process)
                return await measure(
                    api,
                    process.pid,
                    "booking-bot, durable, webhook",
                    "/start svc_cut",
                    ["^Other day", "^Back"],
                )
            finally:
                process.terminate()
                await process.wait()


async def stock() -> Both:
    """Measure python-telegram-bot as it comes."""
    async with local_api() as (api, port):
        base = f"http://127.0.0.1:{port}"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.stock_ptb", base
        )
        try:
            await asyncio.sleep(1.5)
            return await measure(
                api, process.pid, "stock PTB, keeps nothing, polling", "/start", ["^7$"]
            )
        finally:
            process.terminate()
            await process.wait()


def better(rounds: list[Both]) -> Both:
    """Return the round with the best rate, and the one where one alone waited least."""
    many = max((one.many for one in rounds), key=lambda one: one.rate)
    return Both(many, min((one.alone for one in rounds), key=lambda one: one.p50))


def main() -> bool:
    """Print the table; return whether the ratio and the limits were met."""
    print(f"press answered and screen edited, {AT_ONCE} people at once, then one alone")
    print(f"  {'':<44}{'rate':>10}{'p50':>9}{'p99':>12}{'CPU':>11}")
    rounds = [(asyncio.run(real()), asyncio.run(stock())) for _ in range(ROUNDS)]
    ours, theirs = (better(list(each)) for each in zip(*rounds, strict=True))
    slower = max(1.0, STOCK_RATE / theirs.many.rate)
    for each in (ours.many, theirs.many, ours.alone, theirs.alone):
        print(each.line())
    share = ours.many.rate / theirs.many.rate
    p50, p99 = MOST_P50_MS * slower, MOST_P99_MS * slower
    print(f"  {share:.2f} of stock PTB (at least {LEAST_OF_STOCK})")
    print(f"  one alone: p50 {ours.alone.p50:.2f} ms (at most {p50:.1f}), ", end="")
    print(f"p99 {ours.alone.p99:.2f} ms (at most {p99:.1f})")
    return share >= LEAST_OF_STOCK and ours.alone.p50 <= p50 and ours.alone.p99 <= p99


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
