"""Every row of one database into another, as it is: sealed columns stay sealed.

Ids are kept, and no id given out before is given out again.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

from tortoise.exceptions import OperationalError

from db.database import Statements, database
from db.leases import release_leases
from db.postgres_session import REPLICA
from db.schema import applied_migrations, bare_client, known_migrations
from db.tables import Table, tables
from db.transactions import change_many, rows, run
from db.urls import SQLITE, engine_of, path_of

PAGE: Final = 1000
MADE_BY_MIGRATIONS: Final = {"shop_id", "oldest_code"}
_RUNNING: Final = (
    "SELECT COALESCE(host(client_addr), 'this machine') AS host FROM pg_stat_activity"
    " WHERE application_name = ? AND datname = current_database() LIMIT 1"
)
_TABLES: Final = {
    SQLITE: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgres": "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
}
Tell = Callable[[str, int], None]


class CannotCopy(Exception):
    """One of the two databases is not as it must be; says which and why."""


class Source:
    """The database rows are read from, beside the one in use."""

    def __init__(self, url: str, client: Statements) -> None:
        self._url, self._client = url, client

    async def pages(self, table: Table) -> AsyncIterator[list[tuple[Any, ...]]]:
        """Yield the rows of a table in pages, so that any table needs little memory."""
        columns = ", ".join(f'"{column}"' for column in table.columns)
        last: int | str = -1 if table.numbered else ""
        query = (
            f'SELECT {columns} FROM "{table.name}" WHERE "{table.key}" > ?'
            f' ORDER BY "{table.key}" LIMIT {PAGE}'
        )
        while page := await self._client.look(query, (last,)):
            yield page
            last = page[-1][0]

    async def last_id(self, table: Table) -> int:
        """Return the highest id that was ever given out; 0 for none."""
        if engine_of(self._url) == SQLITE:
            query = "SELECT seq AS last FROM sqlite_sequence WHERE name = ?"
        else:
            query = (
                "SELECT last_value AS last FROM pg_sequences WHERE sequencename = ? || '_id_seq'"
            )
        found = await self._client.fetch(query, (table.name,))
        return int(found[0]["last"] or 0) if found else 0


async def require_stopped(url: str) -> None:
    """Refuse a PostgreSQL database on which a bot runs; on SQLite a bot locks its file."""
    if engine_of(url) == SQLITE:
        return
    async with bare_client(url) as client:
        found = await client.fetch(_RUNNING, (REPLICA,))
    if found:
        raise CannotCopy(f"a bot runs on the database, on {found[0]['host']}: stop it first")


async def require_current(url: str) -> None:
    """Refuse a source whose schema is not exactly the one we know."""
    applied, known = await applied_migrations(url), known_migrations()
    if applied != known:
        newer = set(applied) - set(known)
        hint = "copy with the newest release" if newer else "booking-bot migrate first"
        raise CannotCopy(f"the database that is to be copied is not up to date: {hint}")


async def require_empty(url: str) -> None:
    """Refuse a target that holds anything but the tables a migration makes."""
    if engine_of(url) == SQLITE and not path_of(url).exists():
        return
    async with bare_client(url) as client:
        found = await client.fetch(_TABLES[engine_of(url)], ())
        names = {row["name"] for row in found} - {"tortoise_migrations", "pace"}
        strange = names if names and "installation" not in names else await _filled(client, names)
    if strange:
        raise CannotCopy(f"the target is not empty: it has {', '.join(sorted(strange))}")


async def _filled(client: Statements, names: set[str]) -> set[str]:
    filled = set()
    for name in names - {"installation"}:
        if await client.fetch(f'SELECT 1 AS one FROM "{name}" LIMIT 1', ()):
            filled.add(name)
    if "installation" in names:
        keys = await client.fetch("SELECT key FROM installation", ())
        filled |= {row["key"] for row in keys} - MADE_BY_MIGRATIONS
    return filled


async def copy_rows(source: Source, tell: Tell) -> dict[str, int]:
    """Write every row of the source in the caller's transaction; return how many each table has.

    Leases are given back: nobody holds them, for no bot runs.
    """
    counts = {}
    await run("DELETE FROM installation")
    for table in tables():
        try:
            counts[table.name] = await _copy_table(source, table, tell)
        except OperationalError as error:  # a value the other engine does not take
            raise CannotCopy(f"{table.name}: {error}") from error
    await release_leases()
    return counts


async def _copy_table(source: Source, table: Table, tell: Tell) -> int:
    columns = ", ".join(f'"{column}"' for column in table.columns)
    places = ", ".join("?" * len(table.columns))
    insert = f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})'
    count = 0
    async for page in source.pages(table):
        await change_many(insert, [_converted(table, row) for row in page])
        count += len(page)
        tell(table.name, count)
    if table.numbered:
        await _go_on_after(table.name, await source.last_id(table))
    [row] = await rows(f'SELECT count(*) AS rows FROM "{table.name}"')
    if row["rows"] != count:
        raise CannotCopy(f"{table.name}: {count} rows were read and {row['rows']} are there")
    return count


def _converted(table: Table, row: Sequence[Any]) -> list[Any]:
    number = int if database().is_sqlite else bool
    return [
        number(value) if column in table.flags and value is not None else _written(value)
        for column, value in zip(table.columns, row, strict=True)
    ]


def _written(value: object) -> object:
    # PostgreSQL keeps no NUL in a text; none of ours means anything
    return value.replace("\x00", "") if isinstance(value, str) else value


async def _go_on_after(name: str, last: int) -> None:
    """Let new rows get ids above every one given out before."""
    if not last:
        return
    if database().is_sqlite:
        await run("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (last, name))
        await run(
            "INSERT INTO sqlite_sequence (name, seq) SELECT ?, ?"
            " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)",
            (name, last, name),
        )
    else:
        await rows("SELECT setval(?::regclass, ?)", (f'"{name}_id_seq"', last))
