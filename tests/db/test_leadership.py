"""One of many: a lead and a lock that die with their holder."""

import asyncio
import signal
import sys
from contextlib import suppress

import pytest

from db import connection
from db.leadership import lead
from db.lost import FileLost
from db.single import AlreadyRunning, only_bot_on
from tests.engines import dial, use_database
from tests.severed import way_to

HOLD = """
import sys, time
from pathlib import Path
from db.single import only_bot_on
with only_bot_on(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""

LEAD = """
import asyncio, sys
from db.leadership import lead
from tests.engines import use_database

async def work():
    print("leads", flush=True)
    await asyncio.sleep(600)

async def main():
    await use_database(sys.argv[1])
    await lead("polling", work)

asyncio.run(main())
"""
PATIENCE = 30
"""Fail-over is promised in 15 s; a busy machine is given more."""


class Work:
    """What only the leader does."""

    def __init__(self):
        self.begun, self.ended = asyncio.Event(), asyncio.Event()

    async def __call__(self) -> None:
        self.begun.set()
        try:
            await asyncio.sleep(600)
        finally:
            self.ended.set()


async def follows(name: str = "polling") -> None:
    """Return once this process leads."""
    work = Work()
    leading = asyncio.ensure_future(lead(name, work))
    try:
        async with asyncio.timeout(PATIENCE):
            await work.begun.wait()
    finally:
        leading.cancel()


async def test_one_leads_at_a_time_and_the_next_takes_over(database):
    first, second, other = Work(), Work(), Work()
    leading = asyncio.ensure_future(lead("polling", first))
    await first.begun.wait()
    if not database.is_sqlite:
        elsewhere = asyncio.ensure_future(lead("sweeping", other))
        await other.begun.wait()
        elsewhere.cancel()
        waiting = asyncio.ensure_future(lead("polling", second))
        await asyncio.sleep(0.3)
        assert not second.begun.is_set()
        waiting.cancel()
    leading.cancel()
    await first.ended.wait()
    await follows()


async def test_what_the_leader_does_ends_the_lead(database):
    async def work() -> None:
        return

    await lead("polling", work)
    await follows()


@pytest.fixture
async def replicas(database):
    """Databases with many writers; on SQLite there is nobody else to lead."""
    if database.is_sqlite:
        pytest.skip("on SQLite there is nobody else to lead")
    return database


async def test_a_lost_connection_ends_the_leaders_work_at_once(replicas):
    work = Work()
    leading = asyncio.ensure_future(lead("polling", work))
    await work.begun.wait()
    killer = await dial(replicas.url)
    await killer.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    )
    await killer.close()
    async with asyncio.timeout(PATIENCE):
        await work.ended.wait()
        await asyncio.gather(leading, return_exceptions=True)
    await follows()


async def test_a_leader_that_is_cut_off_stops_and_is_followed(replicas):
    """Neither end learns that the other is not there: nothing is closed, nothing arrives."""
    url = replicas.url
    await connection.close()
    async with way_to(url) as way:
        await use_database(way.url)
        work = Work()
        leading = asyncio.ensure_future(lead("polling", work))
        await work.begun.wait()
        way.cut()
        async with asyncio.timeout(PATIENCE):
            await work.ended.wait()
        leading.cancel()
        await asyncio.gather(leading, return_exceptions=True)
        await connection.close()
        await use_database(url)
        await follows()


@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
async def test_a_leader_that_is_no_more_is_followed(replicas, fate):
    leader = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LEAD, replicas.url, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert await leader.stdout.readline() == b"leads\n"
        leader.send_signal(fate)
        await follows()
    finally:
        with suppress(ProcessLookupError):
            leader.kill()
        await leader.wait()


async def test_a_second_bot_on_one_file_is_refused_by_name(tmp_path):
    path = tmp_path / "booking.db"
    path.write_bytes(b"a database")
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


def test_a_start_that_was_killed_before_there_was_a_shop_is_begun_again(tmp_path):
    path = tmp_path / "booking.db"
    lock = path.with_name("booking.db.lock")
    for said in ("", '{"pid": 1, "ho', '{"pid": 1, "host": "gone", "used": false}'):
        lock.write_text(said)
        with only_bot_on(path):
            pass
    with only_bot_on(path) as is_used:
        path.write_bytes(b"a shop")
        is_used()
    path.unlink()
    with pytest.raises(FileLost, match="is gone, though a bot used it"), only_bot_on(path):
        pass
