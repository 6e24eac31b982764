"""Look at sealed values: whether each opens, and where those lie that do not."""

import secrets
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from db import sealing
from db.tables import Table, tables
from db.transactions import look
from db.unopened import Unopened


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is looked at: in rows of a table."""

    whole: int = 1_000_000
    """Of a table with more rows than this only some are looked at."""
    some: int = 100_000
    """So many of the newest of such a table, of the oldest, and of those between."""
    page: int = 1000
    """So many are read at a time, so that any table needs little memory."""


USUAL: Final = Extent()
EVERYTHING: Final = Extent(whole=sys.maxsize)


@dataclass(slots=True)
class Examined:
    """What was looked at: rows with something sealed, how many of how many, and what is wrong."""

    looked_at: int = 0
    there: int = 0
    unopened: list[Unopened] = field(default_factory=list)


async def examine(extent: Extent = USUAL) -> Examined:
    """Open the sealed values of all tables; of a large one some of them.

    Those are its newest and oldest rows, and pages anywhere between.
    """
    found = Examined()
    for table in tables():
        if not table.sealed:
            continue
        [(count, first, last)] = await look(
            f'SELECT count(*), min(id), max(id) FROM "{table.name}"',
        )
        found.there += count
        if count <= extent.whole:
            await _look(table, found, _pages(table, page=extent.page))
        else:
            await _look(table, found, _some(table, extent, first, last))
    found.unopened = list(dict.fromkeys(found.unopened))  # some rows are met twice
    return found


async def _look(
    table: Table, found: Examined, pages: AsyncIterator[list[tuple[object, ...]]]
) -> None:
    async for page in pages:
        found.looked_at += len(page)
        for number, *values in page:
            found.unopened += [
                Unopened(table.name, int(str(number)), column)
                for column, value in zip(table.sealed, values, strict=True)
                if value is not None and not _opens(value)
            ]


def _opens(value: object) -> bool:
    if not isinstance(value, bytes):
        return False
    try:
        sealing.unseal(value)
    except sealing.Tampered:
        return False
    return True


async def _pages(
    table: Table, *, page: int, after: int = -1, most: int | None = None
) -> AsyncIterator[list[tuple[object, ...]]]:
    """Yield rows by their id, those after one, in pages."""
    query = f"{_select(table)} WHERE id > ? ORDER BY id LIMIT {page}"
    left = most
    while (left is None or left > 0) and (found := await look(query, (after,))):
        yield found
        after = found[-1][0]
        left = None if left is None else left - len(found)


async def _some(
    table: Table, extent: Extent, first: int, last: int
) -> AsyncIterator[list[tuple[object, ...]]]:
    """Yield the oldest rows, the newest, and pages between that begin anywhere."""
    size = extent.page
    async for page in _pages(table, page=size, most=extent.some):
        yield page
    async for page in _pages(table, page=size, after=last - extent.some):
        yield page
    for _ in range(extent.some // size):
        anywhere = first + secrets.randbelow(last - first)
        async for page in _pages(table, page=size, after=anywhere, most=size):
            yield page


def _select(table: Table) -> str:
    columns = ", ".join(f'"{column}"' for column in ("id", *table.sealed))
    return f'SELECT {columns} FROM "{table.name}"'
