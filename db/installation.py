"""Facts about this installation, kept in the database: a word under a key."""

from typing import Final

from db.transactions import rows, run

SEALED_WITH: Final = "sealed_with"
"""A word sealed with the key in use when it was written: who opens it has the key."""
SHOP_ID: Final = "shop_id"
ADMINS: Final = "admins"
"""Whose chats have the admins' commands, as a JSON list of ids."""
CATALOG_REVISION: Final = "catalog_revision"
CATALOG_FOLDER: Final = "catalog_folder"
ERASED_UNTIL: Final = "erased_until"
"""Of bookings that ended before it persons are erased, in milliseconds."""
IN_USE_SINCE: Final = "in_use_since"
"""When the bot ran for the first time, as ISO 8601."""
LAST_COMPARISON: Final = "last_comparison"
"""What the last comparison with Stripe that went to its end found, as JSON."""
MOVED_TO: Final = "moved_to"
"""Where `copy` put this shop: only one of the two may go on."""
PROBE: Final = "probe"
"""Written to see whether anything can be."""
RUNNING_SINCE: Final = "running_since"
"""When a bot was last started, as ISO 8601."""


async def get(key: str) -> str | None:
    """Return what was put under a key."""
    found = await rows("SELECT value FROM installation WHERE key = ?", (key,))
    return str(found[0]["value"]) if found else None


async def put(key: str, value: str) -> None:
    """Keep a word under a key, replacing what was there."""
    await run(
        "INSERT INTO installation (key, value) VALUES (?, ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


async def drop(key: str) -> None:
    """Forget what was put under a key."""
    await run("DELETE FROM installation WHERE key = ?", (key,))


async def something_sealed() -> bytes | None:
    """Return something that was sealed; None while there is nothing."""
    found = await rows("SELECT details FROM booking ORDER BY id DESC LIMIT 1")
    found = found or await rows("SELECT payload FROM job ORDER BY id DESC LIMIT 1")
    return next((bytes(value) for row in found for value in dict(row).values()), None)


async def shop_id() -> str:
    """Return this installation's own id, made by the first migration: our `shop` at Stripe."""
    found = await get(SHOP_ID)
    if found is None:
        raise LookupError("the database was not migrated")
    return found


async def catalog_revision() -> int:
    """Return how often the catalogue was changed."""
    return int(await get(CATALOG_REVISION) or 0)


async def next_catalog_revision() -> int:
    """Say that the catalogue was changed; every process reads it anew."""
    revision = await catalog_revision() + 1
    await put(CATALOG_REVISION, str(revision))
    return revision
