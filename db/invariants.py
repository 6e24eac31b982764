"""What always holds in the books, as questions that name the bookings where it does not.

Whether Stripe agrees is another matter: that is compared by `reconcile`.
"""

from datetime import datetime
from typing import Final

from db.database import database
from db.fields import from_ms, to_ms
from db.law import Law
from db.money_laws import MONEY
from db.place_laws import PLACES
from db.seat_facts import FORSAKEN
from db.state_laws import STATES
from db.tables import tables
from db.transactions import rows

LAWS: Final[tuple[Law, ...]] = (*PLACES, *MONEY, *STATES)

MOST_SAID: Final = 3
"""So many lines of what is damaged are told of one place."""


async def broken(now: datetime) -> dict[str, list[str]]:
    """Return what is wrong, with the references of the bookings; nothing when all is well."""
    found = {}
    for law in LAWS:
        arguments = () if law.since is None else (to_ms(now - law.since),)
        if named := [row["reference"] for row in await rows(law.query, arguments)]:
            found[law.wrong] = sorted(named)
    return found


async def damage() -> list[str]:
    """Return what is wrong with no booking to name: bad pages, rows without what they belong to."""
    # PostgreSQL looks at pages by itself, and never has rows that point to nothing
    broken_file = await _file() if database().is_sqlite else []
    return broken_file or await _forsaken()


async def _file() -> list[str]:
    said = [next(iter(row.values())) for row in await rows("PRAGMA quick_check(3)")]
    lines = [line for word in said for line in str(word).splitlines()]
    bad = [line for line in lines if line != "ok" and not line.startswith("***")]
    if bad:  # nothing else can be asked of such a file
        return [f"the file is damaged: {line}" for line in bad[:MOST_SAID]]
    orphans = await rows("PRAGMA foreign_key_check")
    found = [f"rows of {table} point to nothing" for table in sorted({o["table"] for o in orphans})]
    return found + await _garbled()


async def _forsaken() -> list[str]:
    found = [(row["unit_id"], from_ms(row["start"])) for row in await rows(FORSAKEN)]
    return [f"unit {unit} keeps {start:%Y-%m-%d %H:%M} UTC for nobody" for unit, start in found]


async def _garbled() -> list[str]:
    """Name the rows whose JSON is none."""
    found = []
    for table in tables():
        for column in table.documents:
            query = f'SELECT id FROM "{table.name}" WHERE NOT json_valid("{column}")'
            named = [row["id"] for row in await rows(f"{query} ORDER BY id LIMIT {MOST_SAID}")]
            found += [f"{column} of {table.name} {row} is no JSON" for row in named]
    return found


async def bookings() -> int:
    """Return how many bookings there are."""
    return int((await rows("SELECT count(*) AS bookings FROM booking"))[0]["bookings"])
