"""What is missing of the schema is named, on both engines."""

import pytest

from db import made
from db.transactions import rows, run

TWICE = ", which lets nothing be there twice"


async def test_a_migrated_database_has_all_that_the_migrations_make(database):
    assert await made.missing() == []


async def index_on(database, table: str, columns: str) -> str:
    """The name of the index on a column."""
    query = {
        True: "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql LIKE ?",
        False: "SELECT indexname AS name FROM pg_indexes WHERE tablename = ? AND indexdef LIKE ?",
    }[database.is_sqlite]
    quoted = f'%("{columns}")%' if database.is_sqlite else f"%({columns})%"
    [found] = await rows(query, (table, quoted))
    return found["name"]


async def test_an_index_that_was_dropped_is_named_by_its_columns(database):
    name = await index_on(database, "booking", "created_at")
    await run(f'DROP INDEX "{name}"')
    assert await made.missing() == ["the index on booking (created_at)"]


@pytest.mark.parametrize("name", ["job_holder", "draft_one_open", "attempt_paid"])
async def test_an_index_of_some_rows_is_named_as_it_is_called(database, name):
    await run(f"DROP INDEX {name}")
    assert await made.missing() == [f"the index {name}"]


async def test_what_keeps_a_time_from_being_sold_twice_is_missed(database):
    if database.is_sqlite:
        await run("DROP TABLE claim")
        await run("CREATE TABLE claim (id INTEGER PRIMARY KEY, unit_id INT, cell INT, x INT)")
        assert await made.missing() == [
            "the column occurrence_id of claim",
            f"the index on claim (unit_id, cell){TWICE}",
            "the index on claim (occurrence_id)",
        ]
    else:
        await run("ALTER TABLE claim DROP CONSTRAINT " + await constraint())
        assert await made.missing() == [f"the index on claim (unit_id, cell){TWICE}"]


async def constraint() -> str:
    [found] = await rows(
        "SELECT conname FROM pg_constraint WHERE conrelid = 'claim'::regclass AND contype = 'u'"
    )
    return str(found["conname"])


async def test_a_table_that_is_gone_is_named(database):
    await run("DROP TABLE told")
    assert await made.missing() == ["the table told"]
