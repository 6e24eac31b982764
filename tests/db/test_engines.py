"""The two engines side by side in one process."""

from db import connection
from db.models import Installation
from tests.engines import use_database


async def test_both_engines_work_one_after_the_other_in_one_process(sqlite_engine, postgres_engine):
    for engine in (sqlite_engine, postgres_engine, sqlite_engine):
        url = engine.fresh()
        await use_database(url)
        try:
            await Installation.create(key="who", value=url)
            assert (await Installation.get(key="who")).value == url
            assert await Installation.filter(key="who").update(value="x") == 1
        finally:
            await connection.close()
        engine.drop(url)


async def test_sqlite_is_set_up_for_money(sqlite_engine):
    url = sqlite_engine.fresh()
    opened = await use_database(url)
    try:
        pragmas = {
            name: opened.client.writer.raw.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
        mode = connection.path_of(url).stat().st_mode
    finally:
        await connection.close()
    assert mode & 0o077 == 0, "personal data are for the owner of the file"
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "busy_timeout": 10000,
        "foreign_keys": 1,
    }


async def test_a_url_names_its_engine_and_file():
    assert connection.engine_of("postgresql://db/x") == "postgres"
    assert str(connection.path_of("sqlite://data/x.db")) == "data/x.db"
    assert str(connection.path_of("sqlite:///var/x.db")) == "/var/x.db"
