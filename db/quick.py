"""One row as a model, by a prepared statement: what every tap reads, without building SQL anew."""

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

from tortoise.models import Model

from db.transactions import rows

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


async def _rows(model: type[M], where: str, args: Sequence[object]) -> list[M]:
    return [model._init_from_db(**row) for row in await rows(_select(model) + where, args)]
