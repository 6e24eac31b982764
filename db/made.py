"""What the migrations make, and what of it a database has not: tables, columns and indexes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from db import migrations
from db.database import database
from db.schema import known_migrations
from db.tables import models
from db.transactions import rows
from db.urls import SQLITE

_NAMED: Final = re.compile(r'CREATE (?:UNIQUE )?INDEX "(\w+)"')
_COLUMNS: Final = {
    SQLITE: 'SELECT m.name AS "table", c.name AS name FROM sqlite_master AS m,'
    " pragma_table_info(m.name) AS c WHERE m.type = 'table'",
    "postgres": 'SELECT table_name AS "table", column_name AS name'
    " FROM information_schema.columns WHERE table_schema = current_schema()",
}
_INDEXES: Final = {
    SQLITE: 'SELECT m.name AS "table", i.name AS name, i."unique" AS is_unique,'
    " i.partial AS is_partial, c.name AS column_name FROM sqlite_master AS m,"
    " pragma_index_list(m.name) AS i, pragma_index_info(i.name) AS c"
    " WHERE m.type = 'table' ORDER BY i.name, c.seqno",
    # one that could not be built to its end holds nothing back
    "postgres": 'SELECT t.relname AS "table", i.relname AS name, x.indisunique AS is_unique,'
    " x.indpred IS NOT NULL AS is_partial, a.attname AS column_name FROM pg_index AS x"
    " JOIN pg_class AS t ON t.oid = x.indrelid JOIN pg_class AS i ON i.oid = x.indexrelid"
    " CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k (number, place)"
    " LEFT JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.number"
    " WHERE t.relnamespace = current_schema()::regnamespace AND x.indisvalid"
    " ORDER BY i.relname, k.place",
}


@dataclass(frozen=True, slots=True)
class Index:
    """An index of all rows of a table, whatever it is called."""

    table: str
    columns: tuple[str, ...]
    is_unique: bool

    def __str__(self) -> str:
        rest = ", which lets nothing be there twice" if self.is_unique else ""
        return f"the index on {self.table} ({', '.join(self.columns)}){rest}"


async def missing() -> list[str]:
    """Return what the connected database has not of what the migrations make."""
    there: dict[str, set[str]] = {}
    for row in await rows(_COLUMNS[database().engine]):
        there.setdefault(row["table"], set()).add(row["name"])
    found = []
    told = [model.describe() for model in models()]
    for one in told:
        table = one["table"]
        columns = [each["db_column"] for each in (one["pk_field"], *one["data_fields"])]
        if table not in there:
            found.append(f"the table {table}")
            continue
        found += [f"the column {each} of {table}" for each in columns if each not in there[table]]
    return found + await _missing_indexes([one for one in told if one["table"] in there])


async def _missing_indexes(told: list[dict[str, Any]]) -> list[str]:
    columns: dict[tuple[str, str], list[str]] = {}
    unique, whole = set(), set()
    for row in await rows(_INDEXES[database().engine]):
        key = (row["table"], row["name"])
        columns.setdefault(key, []).append(row["column_name"])
        if row["is_unique"]:
            unique.add(key)
        if not row["is_partial"]:
            whole.add(key)
    there = {Index(key[0], tuple(columns[key]), key in unique) for key in whole}
    wanted = [index for one in told for index in _wanted(one)]
    found = [str(index) for index in wanted if index not in there]
    names = {name for _, name in columns}
    return found + [f"the index {name}" for name in _named() if name not in names]


def _wanted(told: dict[str, Any]) -> Iterator[Index]:
    """Yield the indexes of a model; a primary key is part of its table."""
    table = told["table"]
    fields = {one["name"]: one["db_column"] for one in told["data_fields"]}
    fields |= {one["name"]: one["raw_field"] for one in (*told["fk_fields"], *told["o2o_fields"])}
    for one in told["data_fields"]:
        if one["unique"] or one["indexed"]:
            yield Index(table, (one["db_column"],), one["unique"])
    for names in told["unique_together"]:
        yield Index(table, tuple(fields[name] for name in names), is_unique=True)
    for names in told["indexes"]:
        yield Index(table, tuple(fields[name] for name in names), is_unique=False)


def _named() -> list[str]:
    """Return the indexes that migrations make by a statement of their own."""
    found = []
    for name in known_migrations():
        module = import_module(f"{migrations.__name__}.{name}")
        for statements in (getattr(module, each, ()) for each in ("PARTIAL_INDEXES", "INDEXES")):
            found += [match[1] for each in statements if (match := _NAMED.match(each))]
    return found
