"""The tables of ours, as the models describe them."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from tortoise.models import Model

from db.urls import MODULES


@dataclass(frozen=True, slots=True)
class Table:
    """A table of ours: its key first among the columns."""

    name: str
    columns: tuple[str, ...]
    flags: frozenset[str]
    """Columns of truth values: integers on SQLite."""
    sealed: tuple[str, ...]
    documents: tuple[str, ...]
    """Columns of JSON that is not sealed."""
    numbered: bool

    @property
    def key(self) -> str:
        """Return the column rows are read by."""
        return self.columns[0]


def models() -> list[type[Model]]:
    """Return the models of all tables, each after those it points to."""
    return [
        each
        for name in MODULES
        for each in vars(import_module(name)).values()
        if isinstance(each, type) and issubclass(each, Model) and each.__module__ == name
    ]


def tables() -> list[Table]:
    """Return all tables, each after those it points to; a database must be connected."""
    return [_table(model.describe()) for model in models()]


def _table(told: dict[str, Any]) -> Table:
    fields = [told["pk_field"], *told["data_fields"]]
    flags = frozenset(one["db_column"] for one in fields if one["python_type"] == "bool")
    columns = tuple(one["db_column"] for one in fields)
    sealed = tuple(one["db_column"] for one in fields if one["field_type"].startswith("Sealed"))
    documents = tuple(one["db_column"] for one in fields if one["field_type"] == "JSONField")
    numbered = told["pk_field"]["generated"]
    return Table(told["table"], columns, flags, sealed, documents, numbered)
