"""The real `booking-bot run` as a process of its own, beside a sandbox in this one."""

import asyncio
import json
import os
import signal
import socket
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp

from booking.catalog_file import parse_catalog
from booking.catalog_import import import_catalog
from booking.exports import Span, rows_of
from bot.config import read
from bot.keys import keyring
from db import connection
from sandbox.clock import SandboxClock
from sandbox.world import World, running

ROOT = Path(__file__).parent.parent
# compiled modules are kept, as on a machine of a shop, so that a start takes what it takes there
ENVIRONMENT = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": ""}
WEBHOOK_SECRET = "whsec_of_the_tests"
TELEGRAM_SECRET = "secret-of-the-tests"

CONFIG = """
[telegram]
token = "{token}"
api_url = "{world.telegram_url}"
receive = "{receive}"
webhook_secret = "{telegram_secret}"
admins = [{admin}]
messages_per_second = {messages_per_second}

[stripe]
secret_key = "{stripe_key}"
webhook_secrets = ["{webhook_secret}"]
api_url = "{world.stripe_url}"

[web]
port = {port}
public_url = "{public_url}"

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
reminders_open_minutes = {reminders}

[log]
format = "json"
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@asynccontextmanager
async def sandbox(*, start: float | None = None):
    """A sandbox of Telegram and Stripe on a free port of this process; `start` sets its clock."""
    world = World(clock=SandboxClock(start))
    async with running(world):
        yield world


async def command(config: Path, *words: str) -> tuple[int, str, str]:
    """Run one command of the product on a configuration; gives exit code, output and errors."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *words,
        "--config",
        str(config),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=ENVIRONMENT,
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def export_rows(what: str) -> list[dict]:
    """The rows of `booking-bot export`, as a program would read them."""
    span = Span(None, None, ZoneInfo("Europe/Berlin"))
    rows = [row async for row in rows_of(what, span, livemode=False)]
    return json.loads(json.dumps(rows))


class Bot:
    """One installation: its folder, its configuration, and the process that may be killed."""

    def __init__(self, folder: Path, world: World, database_url: str, **options):
        self.folder, self.port = folder, options.pop("port", None) or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = folder / "config.toml"
        values = {
            "receive": "webhook",
            "messages_per_second": 1000,
            "hold_minutes": 30,
            "reminders": "[10]",
            "admin": 9,
            "public_url": self.url,
            **options,
        }
        self.config.write_text(
            CONFIG.format(
                token=world.telegram.token,
                stripe_key=world.stripe.secret_key,
                world=world,
                port=self.port,
                database_url=database_url,
                webhook_secret=WEBHOOK_SECRET,
                telegram_secret=TELEGRAM_SECRET,
                **values,
            )
        )
        if "public_url" not in options:  # else a proxy stands in front of it
            world.stripe.add_endpoint(f"{self.url}/webhooks/stripe", WEBHOOK_SECRET)
        self.process: asyncio.subprocess.Process | None = None
        self.log = folder / "bot.log"

    async def command(self, *words: str) -> tuple[int, str, str]:
        """Run one command of the product; gives exit code, output and errors."""
        return await command(self.config, *words)

    @asynccontextmanager
    async def memory(self):
        """The installation's database opened by this process, with its own key."""
        settings = read(self.config)
        await connection.connect(
            settings.database.url.get_secret_value(), keyring=keyring(settings)
        )
        try:
            yield
        finally:
            await connection.close()

    async def imports(self, catalog: str) -> None:
        """Import a catalogue without the price of a process."""
        async with self.memory():
            parsed, _ = parse_catalog(catalog, source="", currency="EUR", timezone="Europe/Berlin")
            await import_catalog(parsed, now=datetime.now(UTC))

    async def rows(self, what: str) -> list[dict]:
        """The rows of an export, without the price of a process."""
        async with self.memory():
            return await export_rows(what)

    async def start(
        self,
        *,
        module: tuple[str, ...] = ("bot", "run"),
        before: tuple[str, ...] = (),
        ready: bool = True,
    ) -> None:
        """Start the process; `module` may be a victim that kills itself at a named point.

        `before` is the beginning of the command, which may limit what the process can do.
        """
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *before,
                sys.executable,
                "-m",
                *module,
                "--config",
                str(self.config),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env=ENVIRONMENT,
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

    def errors(self) -> list[str]:
        """Lines of the log that tell of an error."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if '"level": "error"' in line]

    async def stop(self) -> int:
        """SIGTERM, as systemd does; gives the return code."""
        if self.process and self.process.returncode is None:
            self.process.terminate()
            await asyncio.wait_for(self.process.wait(), 15)
        return self.process.returncode if self.process else 0
