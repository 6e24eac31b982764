"""One of many: a lead and a lock that die with their holder."""

import asyncio
import sys

import pytest

from db.leadership import leader
from db.single import AlreadyRunning, only_bot_on
from tests.engines import dial

HOLD = """
import sys, time
from pathlib import Path
from db.single import only_bot_on
with only_bot_on(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


async def test_one_leads_at_a_time_and_the_next_takes_over(database):
    async with leader("polling") as mine:
        assert mine()
        if database.is_sqlite:
            return
        async with leader("sweeping") as other:
            assert other()
        waiting = asyncio.create_task(lead_once())
        await asyncio.sleep(0.3)
        assert not waiting.done()
    async with asyncio.timeout(10):
        assert await waiting


async def lead_once() -> bool:
    async with leader("polling") as mine:
        return mine()


async def test_a_lost_connection_is_a_lost_lead(database):
    if database.is_sqlite:
        pytest.skip("on SQLite there is nobody else to lead")
    async with leader("polling") as mine:
        killer = await dial(database.url)
        await killer.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        )
        await killer.close()
        for _ in range(200):
            await asyncio.sleep(0.01)
            if not mine():
                return
        raise AssertionError("still leads")


async def test_a_second_bot_on_one_file_is_refused_by_name(tmp_path):
    path = tmp_path / "booking.db"
    first = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert await first.stdout.readline() == b"held\n"
    with pytest.raises(AlreadyRunning, match=f"process {first.pid} on "), only_bot_on(path):
        pass
    first.kill()
    await first.wait()
    with only_bot_on(path):
        pass
    with only_bot_on(path):
        pass
