"""Rows as models, by prepared statements: what every tap reads, without building SQL anew."""

from collections.abc import Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, TypeVar, cast

from tortoise.models import Model

from db.transactions import look, rows

if TYPE_CHECKING:
    from tortoise.fields.relational import ForeignKeyFieldInstance

M = TypeVar("M", bound=Model)


@cache
def _select(model: type[Model]) -> str:
    columns = ", ".join(f'"{column}"' for column in model._meta.db_fields)
    return f'SELECT {columns} FROM "{model._meta.db_table}" WHERE '


async def first(model: type[M], where: str, *args: object) -> M | None:
    """Return the first row that fits a condition with `?` marks, or None."""
    found = await _rows(model, where + " LIMIT 1", args)
    return found[0] if found else None


async def every(model: type[M], where: str, *args: object) -> list[M]:
    """Return the rows that fit a condition with `?` marks."""
    return await _rows(model, where, args)


async def first_with(
    model: type[M], parents: tuple[str, ...], where: str, *args: object
) -> M | None:
    """Return the first row that fits, with its parent, and that one's parent, and so on.

    The condition names its columns with their table.
    """
    chain = _chain(model, parents)
    found = await look(_joined(model, parents) + where + " LIMIT 1", args)
    if not found:
        return None
    values = iter(found[0])
    lineage = []
    for one in chain:
        columns = one._meta.db_fields
        own = zip(columns, islice(values, len(columns)), strict=True)
        lineage.append(one._init_from_db(**dict(own)))
    for name, child, parent in zip(parents, lineage, lineage[1:], strict=False):
        setattr(child, name, parent)
    return cast("M", lineage[0])


@cache
def _chain(model: type[Model], parents: tuple[str, ...]) -> list[type[Model]]:
    chain = [model]
    for name in parents:
        field = chain[-1]._meta.fields_map[name]
        chain.append(cast("ForeignKeyFieldInstance[Model]", field).related_model)
    return chain


@cache
def _joined(model: type[Model], parents: tuple[str, ...]) -> str:
    chain = _chain(model, parents)
    tables = [one._meta.db_table for one in chain]
    columns = ", ".join(
        f'"{table}"."{column}"'
        for table, one in zip(tables, chain, strict=True)
        for column in one._meta.db_fields
    )
    joins = "".join(
        f' JOIN "{parent}" ON "{parent}"."id" = "{child}"."{name}_id"'
        for name, child, parent in zip(parents, tables, tables[1:], strict=False)
    )
    return f'SELECT {columns} FROM "{tables[0]}"{joins} WHERE '


async def _rows(model: type[M], where: str, args: Sequence[object]) -> list[M]:
    return [model._init_from_db(**row) for row in await rows(_select(model) + where, args)]
