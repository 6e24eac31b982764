"""Questions about the jobs there are: which are known, which is open, when one last came."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from db.fields import from_ms
from db.transactions import rows

RECEIPT: Final = ("receipt_text", "receipt_ics", "receipt_qr")
"""The kinds of job a receipt consists of."""


async def known(keys: Sequence[str]) -> set[str]:
    """Return those of some keys that have a job, done or not."""
    if not keys:
        return set()
    places = ", ".join("?" * len(keys))
    found = await rows(f"SELECT key FROM job WHERE key IN ({places})", tuple(keys))
    return {row["key"] for row in found}


async def is_open(kind: str, *, about: str) -> bool:
    """Tell whether a job of a kind waits or runs whose key goes on with what it is about."""
    found = await rows(
        "SELECT 1 FROM job WHERE kind = ? AND done_at IS NULL AND dead_at IS NULL"
        " AND key LIKE ? LIMIT 1",
        (kind, f"{kind}:{about}:%"),
    )
    return bool(found)


async def last_event(*, but_priority: int) -> datetime | None:
    """Return when an event of Stripe's was last taken in, those of one priority left out."""
    # the kind stands in the statement itself: else no partial index is thought of
    found = await rows(
        "SELECT created_at AS moment FROM job WHERE lower(kind) = 'stripe_event' AND priority <> ?"
        " ORDER BY created_at DESC LIMIT 1",
        (but_priority,),
    )
    return from_ms(found[0]["moment"]) if found else None
