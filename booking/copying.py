"""Move a whole shop to another, empty database, and prove that it says the same there."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Final
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from booking.exports import COLUMNS, Span, rows_of
from db import connection, installation, sealed_rows
from db.copying import (
    CannotCopy,
    Source,
    Tell,
    copy_rows,
    require_current,
    require_empty,
    require_stopped,
)
from db.schema import bare_client
from db.sealing import Keyring
from db.transactions import transactional
from db.unopened import WHY

ALL_TIME: Final = Span(None, None, ZoneInfo(str(UTC)))
Exports = Mapping[str, tuple[int, str]]
"""Of each export: how many rows, and their hash."""


async def copy_shop(*, source: str, target: str, keyring: Keyring, tell: Tell) -> Exports:
    """Copy everything in one transaction; return what the exports say, there as here.

    `tell` is called with a table and how many of its rows are written. Raises CannotCopy, and
    then the target is as empty as before: it can be tried again. No bot may run on either.
    """
    await require_current(source)
    for url in (source, target):
        await require_stopped(url)
    await require_empty(target)
    async with _connected(source, keyring):
        await _require_open()
        exports = await _exports()
    await connection.migrate(target)
    async with bare_client(source) as client, _connected(target, keyring):
        await _copy(Source(source, client), exports, tell)
    await require_stopped(source)
    async with _connected(source, keyring):
        await installation.put(installation.MOVED_TO, _place(target))
    return exports


async def _require_open() -> None:
    """Refuse a source with sealed values that nobody could read in the copy either."""
    unopened = (await sealed_rows.examine(sealed_rows.EVERYTHING)).unopened
    if unopened:
        more = f" and {len(unopened) - 1} more" if len(unopened) > 1 else ""
        raise CannotCopy(f"{unopened[0]}{more}: cannot be opened: {WHY}")


def _place(url: str) -> str:
    """Return a database URL without who logs in, and how."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


@asynccontextmanager
async def _connected(url: str, keyring: Keyring) -> AsyncIterator[None]:
    await connection.connect(url, keyring=keyring)
    try:
        yield
    finally:
        await connection.close()


@transactional
async def _copy(source: Source, exports: Exports, tell: Tell) -> None:
    await copy_rows(source, tell)
    await installation.drop(installation.MOVED_TO)
    copied = await _exports()
    differing = [what for what in COLUMNS if copied[what] != exports[what]]
    if differing:
        raise CannotCopy(f"the copy would not say the same in the export of {differing[0]}")


async def _exports() -> Exports:
    said = {}
    for what in COLUMNS:
        digest, count = hashlib.sha256(), 0
        async for row in rows_of(what, ALL_TIME, livemode=True):
            digest.update(json.dumps(row, sort_keys=True).encode() + b"\n")
            count += 1
        said[what] = (count, digest.hexdigest())
    return said
