"""What other processes do to ours: a server that kills connections, a second writer on a file."""

import asyncio
import sys

import pytest

from db.transactions import rows, run, transactional
from db.urls import path_of
from tests.engines import dial, second_connection

WRITTEN = "SELECT key FROM installation WHERE key LIKE 't%' ORDER BY key"


@transactional
async def write(key: str, *, pause: float = 0) -> None:
    await run("INSERT INTO installation (key, value) VALUES (?, 'x')", (key,))
    await asyncio.sleep(pause)


async def test_connections_killed_by_the_server_are_replaced(database):
    if database.is_sqlite:
        pytest.skip("there is no server to kill connections")
    await asyncio.gather(*(write(f"t{number}") for number in range(10)))
    killer = await dial(database.url)
    kill = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    writers = [asyncio.create_task(write(f"t{number}", pause=0.05)) for number in range(10, 18)]
    await asyncio.sleep(0.03)
    await killer.execute(kill)
    await asyncio.gather(*writers)
    await killer.execute(kill)
    await write("t99")
    await killer.close()
    async with second_connection(database.url) as other:
        assert len(await other.rows(WRITTEN)) == 19


OTHER_PROCESS = """
import asyncio, sys
from db.transactions import rows, run, transactional
from tests.engines import use_database
from db import connection

@transactional
async def add():
    [row] = await rows("SELECT value FROM installation WHERE key = 'count'")
    await asyncio.sleep(0)
    count = str(int(row["value"]) + 1)
    await run("UPDATE installation SET value = ? WHERE key = 'count'", (count,))

async def main():
    await use_database(sys.argv[1])
    for _ in range(100):
        await add()
    await connection.close()

asyncio.run(main())
"""


async def test_two_processes_on_one_file_read_and_write_without_losing_a_count(sqlite_engine):
    url = sqlite_engine.fresh()
    async with second_connection(url) as other:
        other.raw.execute("INSERT INTO installation (key, value) VALUES ('count', '0')")
    command = [sys.executable, "-c", OTHER_PROCESS, url]
    both = [
        await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
        for _ in range(2)
    ]
    for process in both:
        _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
    async with second_connection(url) as other:
        assert await other.value("SELECT value FROM installation WHERE key = 'count'") == "200"


VISITOR = """
import sqlite3, sys
there = sqlite3.connect(sys.argv[1])
there.execute("INSERT INTO installation (key, value) VALUES ('tv', 'x')")
there.commit()
there.close()
"""


async def test_whoever_leaves_the_file_leaves_its_log_to_us(database):
    if not database.is_sqlite:
        pytest.skip("a server keeps its own files")
    await write("t1")
    file = path_of(database.url)
    log = file.with_name(f"{file.name}-wal").stat().st_ino
    visitor = await asyncio.create_subprocess_exec(sys.executable, "-c", VISITOR, str(file))
    assert await visitor.wait() == 0
    assert file.with_name(f"{file.name}-wal").stat().st_ino == log
    assert [row["key"] for row in await rows(WRITTEN)] == ["t1", "tv"]
    await write("t2")
    async with second_connection(database.url) as other:
        assert [row["key"] for row in await other.rows(WRITTEN)] == ["t1", "t2", "tv"]
