"""Databases of earlier releases: migrated whole, however often the migration is killed."""

import signal

import pytest

from db import connection
from db.schema import applied_migrations, known_migrations
from db.urls import SQLITE, engine_of, path_of
from tests.db.releases import EARLIER, columns_of, fill, make_old, migrates, put, rows_in
from tests.db.test_migrations import GOLDEN, schema_of
from tests.engines import second_connection

SOME = 25
ALL = pytest.param(1, id="every statement", marks=pytest.mark.slow)


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request):
    return request.getfixturevalue(f"{request.param}_engine")


@pytest.fixture(params=EARLIER)
async def old(engine, request):
    """The URL of a database of an earlier release with rows in it, and its columns."""
    source, url = engine.fresh(), engine.empty()
    await fill(source)
    if engine_of(url) == SQLITE:
        path_of(url).parent.mkdir()
    await make_old(url, request.param)
    columns = await columns_of(url)
    await put(url, source, columns)
    yield url, columns
    engine.drop(source)
    engine.drop(url)


async def check(url, columns, rows) -> None:
    """The schema is the committed one, every old row is there, and a lane has one lease."""
    golden = (GOLDEN / f"schema.{engine_of(url)}.txt").read_text().splitlines()
    assert await schema_of(url) == golden
    assert await rows_in(url, columns) == rows
    assert await connection.pending_migrations(url) == []
    async with second_connection(url) as other:
        leases = "SELECT count(*) FROM job WHERE lease_until IS NOT NULL"
        assert await other.value(leases) == 1


@pytest.mark.family("R26")
async def test_a_database_of_an_earlier_release_keeps_every_row(old):
    url, columns = old
    rows = await rows_in(url, columns)
    assert all(rows.values()), f"empty: {[name for name, found in rows.items() if not found]}"
    assert await applied_migrations(url) != known_migrations()
    assert migrates(url)[0] == 0
    await check(url, columns, rows)


@pytest.mark.family("R26")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("step", [pytest.param(SOME, id="some statements"), ALL])
async def test_a_migration_killed_at_any_statement_is_made_again(
    engine, old, step, record_property
):
    url, columns = old
    rows, before = await rows_in(url, columns), await applied_migrations(url)
    trial = engine.copy(url)
    _, statements = migrates(trial)
    engine.drop(trial)
    points = range(1, statements + 1, step)
    for nth in points:
        trial = engine.copy(url)
        code, reached = migrates(trial, nth)
        assert (code, reached) == (-signal.SIGKILL, nth)
        assert await applied_migrations(trial) in (before, known_migrations())
        assert await rows_in(trial, columns) == rows
        assert migrates(trial)[0] == 0
        await check(trial, columns, rows)
        engine.drop(trial)
    record_property("runs", len(points))
