"""A running `booking-bot demo`, as a process of its own."""

import asyncio
import json
import signal
import sys
from contextlib import asynccontextmanager

import aiohttp

from tests.process import ENVIRONMENT, ROOT, command, free_port

RUNNER = [sys.executable, "-m", "bot"]


async def eventually(look):
    """Look again and again until something is seen; give it."""
    for _ in range(400):
        if seen := await look():
            return seen
        await asyncio.sleep(0.05)
    raise TimeoutError(look)


class Demo:
    """A running demo, as a person at its page meets it."""

    def __init__(self, port: int, folder, http: aiohttp.ClientSession, process):
        self.url, self.folder, self.http, self.process = (
            f"http://127.0.0.1:{port}",
            folder,
            http,
            process,
        )

    async def post(self, what: str, **body):
        async with self.http.post(f"{self.url}/sandbox/{what}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def get(self, path: str):
        async with self.http.get(self.url + path) as answer:
            return answer.status, await answer.text()

    async def says(self, user, text):
        await self.post("say", user=user, text=text)

    async def taps(self, user, *labels):
        """Tap one label after the other, each as soon as it is there."""
        for label in labels:
            await eventually(lambda wanted=label: self.tapped(user, wanted))

    async def tapped(self, user, label) -> bool:
        tap = {"user": user, "label": label}
        async with self.http.post(f"{self.url}/sandbox/tap", json=tap) as answer:
            return answer.status == 200

    async def chat(self, user) -> str:
        return (await self.get(f"/sandbox/transcript?user={user}&as=text"))[1]

    async def reads(self, user, text) -> str:
        """Wait until somebody can read a text; give their chat."""

        async def look():
            chat = await self.chat(user)
            return chat if text in chat else ""

        return await eventually(look)

    async def sessions(self):
        return json.loads((await self.get("/sandbox/ledger"))[1])["sessions"]

    async def holds(self, user):
        """Book as somebody until the payment link is there; give the session."""
        await self.says(user, "/start")
        await self.taps(user, "^Book", "^Haircut", "^Any", r"^(?!Today).* free", r"^\d\d:\d\d")
        await self.taps(user, "^Share my number", "^Confirm")
        await self.reads(user, "[I have paid]")
        return (await self.sessions())[-1]

    async def pays(self, session):
        await self.post("pay", session_id=session["id"], card="4242424242424242")

    async def shell(self, *words):
        """Another command of the product, on the demo's own configuration."""
        return await command(self.folder / "config.toml", *words)


@asynccontextmanager
async def demo(folder, port=None, *, end=signal.SIGTERM):
    """Start a demo; give it when its page can be visited, end it by a signal."""
    port = port or free_port()
    process = await asyncio.create_subprocess_exec(
        *RUNNER,
        "demo",
        "--no-open",
        "--port",
        str(port),
        "--data",
        str(folder),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=ENVIRONMENT,
    )
    printed = ""
    while "Ctrl-C" not in printed:
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        assert line, (await process.stderr.read()).decode()
        printed += line.decode()
    assert f"http://127.0.0.1:{port}" in printed
    async with aiohttp.ClientSession() as http:
        yield Demo(port, folder, http, process)
    process.send_signal(end)
    errors = (await process.communicate())[1].decode()
    assert process.returncode == (0 if end == signal.SIGTERM else -end)
    assert errors == ""
