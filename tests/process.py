"""The real `booking-bot run` as a process of its own, beside a sandbox in this one."""

import asyncio
import os
import signal
import socket
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from sandbox.world import World

ROOT = Path(__file__).parent.parent
WEBHOOK_SECRET = "whsec_of_the_tests"
TELEGRAM_SECRET = "secret-of-the-tests"

CONFIG = """
[telegram]
token = "{token}"
api_url = "{address}/telegram"
receive = "{receive}"
webhook_secret = "{telegram_secret}"
admins = [{admin}]
messages_per_second = {messages_per_second}

[stripe]
secret_key = "{stripe_key}"
webhook_secrets = ["{webhook_secret}"]
api_url = "{address}/stripe"

[web]
port = {port}
public_url = "http://127.0.0.1:{port}"

[database]
url = "{database_url}"

[shop]
name = "Studio Nord"
timezone = "Europe/Berlin"
currency = "EUR"
languages = ["en", "bn"]
support = "@studio_nord"
address = "Nordstr. 1, Berlin"

[booking]
hold_minutes = {hold_minutes}

[log]
format = "json"
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@asynccontextmanager
async def sandbox(**options):
    """A sandbox of Telegram and Stripe on a free port of this process; yields (world, address)."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    world = World(public_url=address, **options)
    runner = web.AppRunner(world.app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield world, address
    finally:
        await runner.cleanup()


class Bot:
    """One installation: its folder, its configuration, and the process that may be killed."""

    def __init__(self, folder: Path, world: World, address: str, database_url: str, **options):
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = folder / "config.toml"
        values = {
            "receive": "webhook",
            "messages_per_second": 1000,
            "hold_minutes": 30,
            "admin": 9,
            **options,
        }
        self.config.write_text(
            CONFIG.format(
                token=world.telegram.token,
                stripe_key=world.stripe.secret_key,
                address=address,
                port=self.port,
                database_url=database_url,
                webhook_secret=WEBHOOK_SECRET,
                telegram_secret=TELEGRAM_SECRET,
                **values,
            )
        )
        world.stripe.add_endpoint(f"{self.url}/webhooks/stripe", WEBHOOK_SECRET)
        self.process: asyncio.subprocess.Process | None = None
        self.log = folder / "bot.log"

    async def command(self, *words: str) -> tuple[int, str, str]:
        """Run one command of the product; gives exit code, output and errors."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            "--config",
            str(self.config),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        return process.returncode, out.decode(), err.decode()

    async def start(self, *, module: tuple[str, ...] = ("bot", "run"), ready: bool = True) -> None:
        """Start the process; `module` may be a victim that kills itself at a named point."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *module,
                "--config",
                str(self.config),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        if ready:
            await self.until_ready()

    async def until_ready(self, within: float = 20) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        async with aiohttp.ClientSession() as http:
            while loop.time() < end:
                assert self.process.returncode is None, self.log.read_text()[-4000:]
                try:
                    async with http.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)
        raise TimeoutError(self.log.read_text()[-4000:])

    async def dies(self, within: float = 20) -> int:
        """Wait until the process is gone; gives its return code."""
        return await asyncio.wait_for(self.process.wait(), within)

    async def kill(self) -> None:
        """kill -9."""
        if self.process and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
            await self.process.wait()

    async def stop(self) -> int:
        """SIGTERM, as systemd does; gives the return code."""
        if self.process and self.process.returncode is None:
            self.process.terminate()
            await asyncio.wait_for(self.process.wait(), 15)
        return self.process.returncode if self.process else 0
