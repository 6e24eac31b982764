"""Rows taken for oneself until the transaction ends."""

from db.database import database
from db.transactions import rows


async def lock_attempts(booking_id: int) -> None:
    """Let whoever else counts what a booking's payments leave to give back wait until we are done.

    On SQLite a transaction has the whole database anyway.
    """
    if not database().is_sqlite:
        lock = "SELECT id FROM attempt WHERE booking_id = ? ORDER BY id FOR UPDATE"
        await rows(lock, (booking_id,))


async def lock_session(session_id: str) -> None:
    """Let whoever else learns of a Checkout session no row names yet wait until we are done.

    On SQLite a transaction has the whole database anyway.
    """
    if not database().is_sqlite:
        await rows("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", (session_id,))


async def lock_coupon(code: str) -> int:
    """Return the id of a coupon's row; whoever else counts its uses waits until we are done.

    On SQLite a transaction has the whole database anyway.
    """
    lock = "" if database().is_sqlite else " FOR UPDATE"
    found = await rows("SELECT id FROM coupon WHERE code = ?" + lock, (code,))
    return int(found[0]["id"])
