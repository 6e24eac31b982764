"""`booking-bot demo`: the whole product beside a pretend outside, kept between runs."""

import asyncio
import json
import os
import signal
import socket

import pytest

from tests.demo import RUNNER, demo, eventually
from tests.process import ROOT, free_port

PAID = "Your booking is confirmed"


async def listed(here) -> bool:
    return "Haircut" in (await here.chat("Ada")).split("Ada: /bookings")[1]


async def test_a_customer_books_and_pays_and_every_other_command_works_beside_the_demo(tmp_path):
    async with demo(tmp_path / "shop") as here:
        assert (await here.get("/"))[0] == 200
        await here.pays(await here.holds("Ada"))
        await here.reads("Ada", PAID)
        await here.reads("Ada", "bot sends a document BK-")
        assert "Nora: /start" in await here.reads("Nora", "Haircut")
        code, out, err = await here.shell("export", "bookings")
        assert (code, err) == (0, "")
        assert json.loads(out)["status"] == "confirmed"
        code, out, err = await here.shell("check")
        assert code == 0, out + err


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
async def test_links_of_a_demo_on_another_port_lead_to_the_new_one(tmp_path):
    async with demo(tmp_path / "shop") as here:
        session, old = await here.holds("Ada"), here.url
    async with demo(tmp_path / "shop") as here:
        assert here.url != old
        assert old not in (await here.get("/sandbox/ledger"))[1]
        tapped = await here.post("tap", user="Ada", label="^Pay")
        assert tapped["value"].startswith(here.url)
        assert (await here.get(tapped["value"].removeprefix(here.url)))[0] == 200
        await here.says("Ada", f"/start b_{session['client_reference_id']}")
        await eventually(lambda: paid_at(here, old))


async def paid_at(here, old) -> bool:
    tapped = await here.post("tap", user="Ada", label="^Pay")
    assert old not in tapped["value"]
    return tapped["value"].startswith(here.url)


@pytest.mark.slow
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
@pytest.mark.slow
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
