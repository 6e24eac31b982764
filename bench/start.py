"""How soon a started bot takes its first event, and how much memory it needs, idle and later.

    python -m bench.start

`booking-bot run` on a SQLite shop that is up to date; Telegram does not answer, which must not
matter. An event counts once it was answered with 200. The packages alone are a process that
imports python-telegram-bot, stripe, aiohttp, tortoise-orm and aiosqlite and does nothing.
"""

import asyncio
import base64
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final

import aiohttp
from aiohttp import web

from bench.load import free_port, post_all
from bench.machine import slowness
from bench.webhook import CONNECTIONS, SECRET, request
from db import connection, installation
from db.sealing import Keyring

STARTS, EVENTS, REPEATS = 5, 20_000, 5
MOST_SECONDS: Final = 0.8
MOST_IDLE_MB: Final = 75.0
MOST_OF_PACKAGES: Final = 1.25
MOST_GROWTH_MB: Final = 5.0
KEY: Final = base64.b64encode(b"k" * 32).decode()
ALONE: Final = (
    "import telegram.ext, stripe, aiohttp.web, tortoise, tortoise.migrations, aiosqlite, sys;"
    "sys.stdout.write('x'); sys.stdout.flush(); sys.stdin.read()"
)
CONFIG: Final = """
[telegram]
token = "123456:bench-token-of-thirty-five-characters"
api_url = "http://127.0.0.1:9"
[stripe]
secret_key = "sk_test_bench"
webhook_secrets = ["{secret}"]
api_url = "http://127.0.0.1:{stripe}"
[web]
port = {port}
public_url = "http://127.0.0.1:{port}"
[shop]
name = "Bench"
timezone = "Europe/Berlin"
currency = "EUR"
[privacy]
key = "{key}"
[log]
level = "error"
"""


def megabytes(pid: int) -> float:
    """Return the memory a process has in use."""
    [line] = [one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmRSS" in one]
    return int(line.split()[1]) / 1024


def packages() -> float:
    """Return the memory of the packages alone."""
    command = [sys.executable, "-c", ALONE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.read(1)
        taken = megabytes(process.pid)
        process.kill()
    return taken


@contextmanager
def running(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the bot of a folder; stop it in the end."""
    # compiled modules are kept, as on the machine of a shop
    surroundings = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-m", "bot", "run", "--config", str(folder / "config.toml")]
    with subprocess.Popen(command, env=surroundings) as process:
        try:
            yield process
        finally:
            process.terminate()


async def first_event(port: int, event: bytes) -> None:
    """Post one event until it is answered with 200."""
    while True:
        try:
            await post_all(port, [event], 1)
        except (OSError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.005)
        else:
            return


async def prepared(folder: Path, port: int, stripe: int) -> str:
    """Make a shop that is up to date; return its id."""
    text = CONFIG.format(secret=SECRET, port=port, stripe=stripe, key=KEY)
    (folder / "config.toml").write_text(text)
    url = f"sqlite://{folder}/data/booking.db"
    (folder / "data").mkdir()
    await connection.migrate(url)
    await connection.connect(url, keyring=Keyring(base64.b64decode(KEY)))
    try:
        return await installation.shop_id()
    finally:
        await connection.close()


async def unknown(_request: web.Request) -> web.Response:
    """Answer as Stripe does about what it does not have."""
    error = {"code": "resource_missing", "type": "invalid_request_error", "message": "No such."}
    return web.json_response({"error": error}, status=404)


async def grown(pid: int, port: int, shop: str) -> float:
    """Return the megabytes that many events add, each delivered several times."""
    await post_all(port, [request(number, shop) for number in range(2000)], CONNECTIONS)
    await handled(port)
    before = megabytes(pid)
    numbers = range(2000, 2000 + EVENTS)
    for first in range(0, EVENTS, 1000):
        part = [request(number, shop) for number in numbers[first : first + 1000]]
        await post_all(port, part * REPEATS, CONNECTIONS)
    await handled(port)
    return megabytes(pid) - before


async def handled(port: int) -> None:
    """Wait until no event waits to be handled."""
    async with aiohttp.ClientSession() as http:
        while True:
            async with http.get(f"http://127.0.0.1:{port}/metrics") as answer:
                lines = (await answer.text()).splitlines()
            waiting = [one for one in lines if one.startswith("booking_bot_jobs{") and "due" in one]
            if sum(float(one.split()[-1]) for one in waiting) < 10:
                return
            await asyncio.sleep(0.5)


async def measure(folder: Path) -> tuple[list[float], float, float]:
    """Return the seconds of the starts, the idle megabytes and those added by events."""
    port, stripe, taken = free_port(), free_port(), list[float]()
    api = web.Application()
    api.router.add_route("*", "/{anything:.*}", unknown)
    runner = web.AppRunner(api, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", stripe).start()
    shop = await prepared(folder, port, stripe)
    for turn in range(STARTS):
        began = time.perf_counter()
        with running(folder) as process:
            await first_event(port, request(10**6 + turn, shop))
            taken.append(time.perf_counter() - began)
            if turn == STARTS - 1:
                await asyncio.sleep(3)
                idle = megabytes(process.pid)
                growth = await grown(process.pid, port, shop)
    await runner.cleanup()
    return taken, idle, growth


def main() -> bool:
    """Print the figures; return whether they are within the limits."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        alone, slower = packages(), slowness()
        taken, idle, growth = asyncio.run(measure(Path(name)))
    most, most_idle = MOST_SECONDS * slower, max(MOST_IDLE_MB, MOST_OF_PACKAGES * alone)
    print(f"start to the first event taken: {median(taken):.2f} s (at most {most:.2f})")
    print(f"idle {idle:.1f} MB (at most {most_idle:.1f}), the packages alone {alone:.1f} MB")
    print(
        f"{EVENTS * REPEATS:,} deliveries of {EVENTS:,} events add {growth:.1f} MB "
        f"(at most {MOST_GROWTH_MB})"
    )
    return median(taken) <= most and idle <= most_idle and growth <= MOST_GROWTH_MB


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
