"""`booking-bot demo`: the whole product beside a pretend outside, kept between runs."""

import asyncio
import json
import os
import signal
import socket
import sys
from contextlib import asynccontextmanager

import aiohttp
import pytest

from tests.process import ENVIRONMENT, ROOT, free_port

PAID = "Your booking is confirmed"
RUNNER = [sys.executable, "-m", "bot"]


async def eventually(look):
    """Look again and again until something is seen; give it."""
    for _ in range(400):
        if seen := await look():
            return seen
        await asyncio.sleep(0.05)
    raise TimeoutError(look)


async def listed(here) -> bool:
    return "BK-" in (await here.chat("Ada")).split("Ada: /bookings")[1]


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
        await self.taps(user, "^Book", "^Haircut", "^Any", " free", r"^\d\d:\d\d")
        await self.taps(user, "^Share my number", "^Confirm")
        await self.reads(user, "[I have paid]")
        return (await self.sessions())[-1]

    async def pays(self, session):
        await self.post("pay", session_id=session["id"], card="4242424242424242")

    async def shell(self, *words):
        """Another command of the product, on the demo's own configuration."""
        process = await asyncio.create_subprocess_exec(
            *RUNNER,
            *words,
            "--config",
            str(self.folder / "config.toml"),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=ENVIRONMENT,
        )
        out, err = await process.communicate()
        return process.returncode, out.decode(), err.decode()


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


async def test_a_customer_books_and_pays_and_every_other_command_works_beside_the_demo(tmp_path):
    async with demo(tmp_path / "shop") as here:
        assert (await here.get("/"))[0] == 200
        await here.pays(await here.holds("Ada"))
        await here.reads("Ada", PAID)
        await here.reads("Ada", "bot sends a document BK-")
        await here.reads("Nora", "Haircut")
        code, out, err = await here.shell("export", "bookings")
        assert (code, err) == (0, "")
        assert json.loads(out)["status"] == "confirmed"
        code, out, err = await here.shell("check")
        assert code == 0, out + err


async def test_a_demo_goes_on_where_it_was_even_after_a_kill(tmp_path):
    port = free_port()
    async with demo(tmp_path / "shop", port, end=signal.SIGKILL) as here:
        session = await here.holds("Ada")
        before = await here.chat("Ada")
        await asyncio.sleep(1)
    async with demo(tmp_path / "shop", port) as here:
        assert before in await here.chat("Ada")
        await here.pays(session)
        await here.reads("Ada", PAID)
        await here.says("Ada", "/bookings")
        await eventually(lambda: listed(here))
        await here.says("Ben", "/start")
        await here.reads("Ben", "[Book]")


async def test_the_clock_moves_everybody_and_what_is_due_happens(tmp_path):
    port = free_port()
    async with demo(tmp_path / "shop", port) as here:
        session = await here.holds("Ada")
        await here.post("clock", seconds=1900)
        await here.reads("Ada", "[Book again]")
        assert [one["status"] for one in await here.sessions()] == ["expired"]
    async with demo(tmp_path / "shop", port) as here:
        moved = json.loads((await here.get("/sandbox/clock"))[1])["now"]
        assert moved > session["created"] + 1800


async def test_the_way_back_from_a_page_leads_into_the_pretend_chat(tmp_path):
    async with demo(tmp_path / "shop") as here:
        session = await here.holds("Ada")
        await here.pays(session)
        _, page = await here.get(f"/booking/success?session_id={session['id']}")
        assert f'href="{here.url}/t.me/booking_sandbox_bot?start=b_BK-' in page
        assert "https://t.me/" not in page


async def shell(*words, cwd):
    process = await asyncio.create_subprocess_exec(
        *RUNNER,
        *words,
        cwd=cwd,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_a_busy_port_is_one_line_before_anything_is_written(tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        code, _, err = await shell("demo", "--no-open", "--port", str(port), cwd=tmp_path)
    assert code == 1
    assert err.startswith(f"booking-bot: --port {port}: ")
    assert len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "damage", [lambda file: file.unlink(), lambda file: file.write_bytes(b"?")]
)
async def test_a_world_that_is_gone_is_told_in_one_line_and_nothing_is_touched(tmp_path, damage):
    folder = tmp_path / "demo-data"
    async with demo(folder):
        pass
    damage(folder / "world.bin")
    code, _, err = await shell("demo", "--no-open", "--port", "0", cwd=tmp_path)
    assert code == 1
    assert len(err.splitlines()) == 1
    assert "delete demo-data to start over" in err
    assert (folder / "data" / "booking.db").exists()
