"""Which replicas live: each holds a lock of its session, and its leases bear the lock's number.

PostgreSQL lets the lock go as soon as a killed process's connection is gone, long before the
leases of its jobs end. A living replica that lost its connection, because the server restarted,
is back within a second or so; whoever is missed is therefore looked for twice. Who ran on this
machine needs no such patience: a process that is not there is gone.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Final

from db.job_rows import wake
from db.neighbours import is_gone, who_am_i
from db.postgres_session import Session
from db.transactions import after_commit, rows, run, transactional

LOOK_SECONDS: Final = 2.0
"""Between two looks: longer than a living replica takes to come back."""
ENOUGH: Final = 2
"""Whoever was missed so many times in a row is gone."""
_CLASS: Final = 0x626F6F6B
_NUMBER: Final = secrets.randbelow(10**8)

_ALIVE: Final = (
    "SELECT objid::text AS number FROM pg_locks WHERE locktype = 'advisory' AND classid = ?"
    " AND objsubid = 2 AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_LEASED: Final = (
    "lease_until IS NOT NULL AND done_at IS NULL AND dead_at IS NULL AND lease_token LIKE '%.%'"
)
_FREE: Final = (
    f"UPDATE job SET lease_until = NULL, lease_token = NULL WHERE {_LEASED}"
    " AND split_part(lease_token, '.', 1) = ANY(?::text[])"
)
_HOLDERS: Final = (
    "SELECT DISTINCT split_part(lease_token, '.', 1) AS number,"
    f" split_part(lease_token, '.', 2) AS process FROM job WHERE {_LEASED}"
)


class _Here:
    is_known = False


@asynccontextmanager
async def present(session: Session) -> AsyncIterator[None]:
    """Let other replicas know that this one lives, as long as the session lasts."""
    # shared: after a cut the server may keep our lost session for a while, with its lock
    await session.ask("SELECT pg_advisory_lock_shared($1, $2)", _CLASS, _NUMBER)
    _Here.is_known = True
    try:
        yield
    finally:
        _Here.is_known = False


def token() -> str:
    """Return a new token for a lease, of at most 32 letters; bare while nobody could miss us."""
    return f"{_mark()}.{secrets.token_hex(4)}" if _Here.is_known else secrets.token_hex(8)


@cache
def _mark() -> str:
    return f"{_NUMBER}.{who_am_i()}"


class RollCall:
    """Free what those had leased who are gone."""

    def __init__(self) -> None:
        self._seen: set[str] | None = None
        self._missed: dict[str, int] = {}

    async def look(self) -> int:
        """Look who is there, and free the leases of those missed twice; return how many.

        What a process of this machine had leased is free at once when it runs no more.
        """
        here = await _alive()
        # at first nobody knows who was there: the leases alone tell
        if self._seen is not None and self._seen <= here and not self._missed:
            self._seen = here
            return 0
        # leases first: who came after they were read is not among them
        holders = await rows(_HOLDERS)
        here |= await _alive()
        absent = {row["number"]: row["process"] for row in holders if row["number"] not in here}
        missed = {number: self._missed.get(number, 0) + 1 for number in absent}
        gone = {one for one in absent if missed[one] >= ENOUGH or is_gone(absent[one])}
        freed = await _free(sorted(gone)) if gone else 0
        # at the end: a look that failed is as good as none
        self._missed = {one: times for one, times in missed.items() if one not in gone}
        self._seen = here
        return freed


async def _alive() -> set[str]:
    return {row["number"] for row in await rows(_ALIVE, (_CLASS,))}


@transactional
async def _free(numbers: list[str]) -> int:
    freed = await run(_FREE, (numbers,))
    if freed:
        after_commit(wake)
    return freed
