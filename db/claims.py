"""Seats and units, held by rows the database itself keeps unique.

A cell is five minutes of one unit. One start of one service at one unit is an occurrence; its
claims are the cells it keeps, its seats are who comes. UNIQUE(unit, cell) and
UNIQUE(occurrence, number) refuse a double booking whatever the code does.
"""

from datetime import datetime
from typing import Final

from db.database import database
from db.fields import to_ms
from db.transactions import Row, rows, run, transactional

_TRIES: Final = 3

_MAKE: Final = (
    "INSERT INTO occurrence (unit_id, service_id, start, cell_from, cell_to, capacity)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id"
)
_FIND: Final = (
    "SELECT id, cell_from, cell_to, capacity FROM occurrence"
    " WHERE unit_id = ? AND service_id = ? AND start = ?"
)
# Sorted, in one statement: two who want overlapping cells wait for each other in one order only.
_OCCUPY: Final = (
    "INSERT INTO claim (unit_id, occurrence_id, cell)"
    " WITH RECURSIVE wanted (cell) AS (SELECT CAST(? AS BIGINT)"
    " UNION ALL SELECT cell + 1 FROM wanted WHERE cell + 1 < ?)"
    " SELECT CAST(? AS INTEGER), CAST(? AS INTEGER), cell FROM wanted WHERE true ORDER BY cell"
    " ON CONFLICT DO NOTHING"
)
_SIT: Final = (
    "INSERT INTO seat (occurrence_id, number, booking_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
)
_OVERLAPPING: Final = (
    "SELECT service_id, start, (SELECT count(*) FROM seat"
    " WHERE occurrence_id = occurrence.id) AS taken FROM occurrence"
    " WHERE unit_id = ? AND cell_to > ? AND cell_from < ?"
)


@transactional
async def claim(
    *,
    booking_id: int,
    unit_id: int,
    service_id: int,
    start: datetime,
    cells: range,
    capacity: int,
    seats: int,
) -> bool:
    """Take seats for a booking in the caller's transaction; False when there are too few.

    An occurrence of the same unit, service and start is joined; else one is made with its cells.
    After False nothing of this call is left. `cells` are 5-minute cells since the epoch.
    """
    # Undone by rollback, not by deleting: on PostgreSQL others would wait for a deletion to be
    # committed, and two who try several units in different order would wait for each other.
    await run("SAVEPOINT place")
    for _ in range(_TRIES):
        made = await rows(
            _MAKE, (unit_id, service_id, to_ms(start), cells.start, cells.stop, capacity)
        )
        if made:
            occurrence = int(made[0]["id"])
            got = seats <= capacity and await _occupy(unit_id, occurrence, cells)
            numbers = list(range(1, seats + 1))
        elif found := await _locked(unit_id, service_id, to_ms(start)):
            occurrence = int(found["id"])
            numbers = await _free_numbers(occurrence, capacity)
            got = len(numbers) >= seats and await _widen(unit_id, found, cells, capacity)
        else:
            continue  # its last seat was released between the two statements
        if got and await _sit(occurrence, booking_id, numbers[:seats]):
            return True
        break
    await run("ROLLBACK TO SAVEPOINT place")
    return False


async def _locked(unit_id: int, service_id: int, start: int) -> Row | None:
    lock = "" if database().is_sqlite else " FOR UPDATE"
    found = await rows(_FIND + lock, (unit_id, service_id, start))
    return found[0] if found else None


async def _occupy(unit_id: int, occurrence: int, cells: range) -> bool:
    if not cells:
        return True
    return await run(_OCCUPY, (cells.start, cells.stop, unit_id, occurrence)) == len(cells)


async def _free_numbers(occurrence: int, capacity: int) -> list[int]:
    taken = await rows("SELECT number FROM seat WHERE occurrence_id = ?", (occurrence,))
    if len(taken) >= capacity:
        return []
    numbers = {row["number"] for row in taken}
    free = [number for number in range(1, capacity + 1) if number not in numbers]
    return free[: capacity - len(taken)]


async def _widen(unit_id: int, occurrence: Row, cells: range, capacity: int) -> bool:
    """Fit an occurrence to a service that was made longer or larger since it was first sold."""
    first, last = occurrence["cell_from"], occurrence["cell_to"]
    wanted = (min(first, cells.start), max(last, cells.stop), max(capacity, occurrence["capacity"]))
    if wanted == (first, last, occurrence["capacity"]):
        return True
    number = int(occurrence["id"])
    before, after = range(cells.start, first), range(last, cells.stop)
    if not (await _occupy(unit_id, number, before) and await _occupy(unit_id, number, after)):
        return False
    await run(
        "UPDATE occurrence SET cell_from = ?, cell_to = ?, capacity = ? WHERE id = ?",
        (*wanted, number),
    )
    return True


async def _sit(occurrence: int, booking_id: int, numbers: list[int]) -> bool:
    for number in numbers:
        if not await run(_SIT, (occurrence, number, booking_id)):
            return False
    return True


async def is_free(
    *, unit_id: int, service_id: int, start: datetime, cells: range, capacity: int, seats: int
) -> bool:
    """Tell, by a plain read, whether a claim would succeed now; it sends most losers away."""
    found = await rows(_OVERLAPPING, (unit_id, cells.start, cells.stop))
    if not found:
        return True
    only = found[0]
    same = (only["service_id"], only["start"]) == (service_id, to_ms(start))
    return len(found) == 1 and same and capacity - only["taken"] >= seats


@transactional
async def release_seats(booking_id: int) -> None:
    """Give a booking's seats back; the last seat of an occurrence frees its cells. Idempotent."""
    lock = "" if database().is_sqlite else " FOR UPDATE"
    query = (
        "SELECT id FROM occurrence WHERE id IN"
        " (SELECT occurrence_id FROM seat WHERE booking_id = ?) ORDER BY id"
    )
    for occurrence in await rows(query + lock, (booking_id,)):
        number = occurrence["id"]
        await run(
            "DELETE FROM seat WHERE occurrence_id = ? AND booking_id = ?", (number, booking_id)
        )
        await run(
            "DELETE FROM occurrence WHERE id = ? AND NOT EXISTS"
            " (SELECT 1 FROM seat WHERE occurrence_id = ?)",
            (number, number),
        )


async def holds_seats(booking_id: int) -> int:
    """Return how many seats a booking holds."""
    found = await rows("SELECT count(*) AS held FROM seat WHERE booking_id = ?", (booking_id,))
    return int(found[0]["held"])
