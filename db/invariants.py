"""What always holds in the books, as questions that name the bookings where it does not.

Whether Stripe agrees is another matter: that is compared by `reconcile`.
"""

from datetime import datetime
from typing import Final

from db.database import database
from db.fields import to_ms
from db.law import Law
from db.money_laws import MONEY
from db.place_laws import PLACES
from db.state_laws import STATES
from db.transactions import rows

LAWS: Final[tuple[Law, ...]] = (*PLACES, *MONEY, *STATES)


async def broken(now: datetime) -> dict[str, list[str]]:
    """Return what is wrong, with the references of the bookings; nothing when all is well."""
    found = {}
    for law in LAWS:
        arguments = () if law.since is None else (to_ms(now - law.since),)
        if named := [row["reference"] for row in await rows(law.query, arguments)]:
            found[law.wrong] = sorted(named)
    return found


async def damage() -> list[str]:
    """Return what the database itself finds broken: rows without what they point to, bad pages."""
    if not database().is_sqlite:  # PostgreSQL never has the first, and looks at pages by itself
        return []
    orphans = await rows("PRAGMA foreign_key_check")
    found = [f"rows of {table} point to nothing" for table in sorted({o["table"] for o in orphans})]
    said = [next(iter(row.values())) for row in await rows("PRAGMA quick_check(3)")]
    return found + [f"the file is damaged: {word}" for word in said if word != "ok"]


async def bookings() -> int:
    """Return how many bookings there are."""
    return int((await rows("SELECT count(*) AS bookings FROM booking"))[0]["bookings"])
