"""Laws about places: who booked has them, nobody else has, and none is sold twice."""

from typing import Final

from db.law import CELL_MS, Law
from db.seat_facts import KEEPING, LACKING

_IN_OCCURRENCE: Final = (
    "SELECT DISTINCT booking.reference FROM occurrence"
    " JOIN seat ON seat.occurrence_id = occurrence.id JOIN booking ON booking.id = seat.booking_id"
)
_OWN: Final = (
    "claim.unit_id = occurrence.unit_id"
    " AND claim.cell >= occurrence.cell_from AND claim.cell < occurrence.cell_to"
)

PLACES: Final = (
    Law("has not exactly the seats it booked", LACKING),
    Law("has ended and still takes seats", KEEPING, since=None),
    Law(
        "shares a start that has more seats taken than there are",
        f"{_IN_OCCURRENCE} WHERE (SELECT count(*) FROM seat AS each_seat"
        " WHERE each_seat.occurrence_id = occurrence.id) > occurrence.capacity"
        " OR seat.number > occurrence.capacity",
        since=None,
    ),
    Law(
        "has a time that is not wholly claimed: it could be sold twice",
        f"{_IN_OCCURRENCE} WHERE occurrence.cell_to * {CELL_MS} > ? AND (SELECT count(*)"
        f" FROM claim WHERE claim.occurrence_id = occurrence.id AND {_OWN})"
        " <> occurrence.cell_to - occurrence.cell_from",
    ),
    Law(
        "keeps a time that is not its own: nobody else can have it",
        f"{_IN_OCCURRENCE} JOIN claim ON claim.occurrence_id = occurrence.id"
        f" WHERE occurrence.cell_to * {CELL_MS} > ? AND NOT ({_OWN})",
    ),
    Law(
        "has another time than its places",
        "SELECT DISTINCT reference FROM booking JOIN seat ON seat.booking_id = booking.id"
        " JOIN occurrence ON occurrence.id = seat.occurrence_id WHERE"
        f' occurrence.start <> booking.start OR booking."end" > occurrence.cell_to * {CELL_MS}'
        f" OR booking.start < occurrence.cell_from * {CELL_MS}",
        since=None,
    ),
    Law(
        "has a place with somebody else, or of another service, than it says",
        f"{_IN_OCCURRENCE} JOIN unit ON unit.id = occurrence.unit_id"
        " WHERE unit.staff_id <> booking.staff_id OR occurrence.service_id <> booking.service_id",
        since=None,
    ),
)
