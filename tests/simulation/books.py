"""What is committed, read through a connection of our own."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.engines import second_connection

BOOKINGS = """SELECT booking.id, reference, telegram_id AS chat, service.key AS service,
staff.key AS staff, status, start, "end", seats, due_minor + tip_minor AS due_minor,
booking.currency, coupon, held_until, booking.created_at, confirmed_at, ended_at, end_reason
FROM booking JOIN customer ON customer.id = booking.customer_id
JOIN service ON service.id = booking.service_id
JOIN staff ON staff.id = booking.staff_id WHERE booking.id >= {} ORDER BY booking.id"""
ATTEMPTS = """SELECT id, booking_id, number, state, amount_minor, currency, expires_at, session_id,
payment_intent, charge, paid_minor FROM attempt WHERE booking_id >= {} ORDER BY id"""
REFUNDS = """SELECT refund.id, attempt_id, booking_id, refund_id, refund.state, refund.amount_minor,
reason, refund.idempotency_key AS key FROM refund JOIN attempt ON attempt.id = refund.attempt_id
WHERE booking_id >= {} ORDER BY refund.id"""
SEATS = "SELECT booking_id, count(*) AS seats FROM seat WHERE booking_id >= {} GROUP BY booking_id"
REVIEWS = """SELECT id, kind, session_id, booking_id, opened_at, closed_at, offered_until, answer
FROM review WHERE booking_id >= {} OR booking_id IS NULL ORDER BY id"""
TRIED_AGAIN = """SELECT count(*) FROM job
WHERE done_at IS NULL AND dead_at IS NULL AND last_error IS NOT NULL"""
DUE = """SELECT kind, key, lane, attempts, last_error FROM job AS mine
WHERE run_at <= {now} AND done_at IS NULL AND dead_at IS NULL AND (lane IS NULL OR NOT EXISTS (
SELECT 1 FROM job AS older WHERE older.lane = mine.lane AND older.id < mine.id
AND older.done_at IS NULL AND older.dead_at IS NULL)) LIMIT 5"""
MONEY = ("booking", "attempt", "refund", "seat", "claim", "occurrence", "coupon_use", "review")
RECENT = 120


@dataclass
class Picture:
    """What our books say of the newest bookings."""

    bookings: dict[int, dict] = field(default_factory=dict)
    attempts: dict[int, dict] = field(default_factory=dict)
    refunds: list[dict] = field(default_factory=list)
    seats: dict[int, int] = field(default_factory=dict)
    reviews: list[dict] = field(default_factory=list)

    def attempts_of(self, booking_id: int) -> list[dict]:
        return [one for one in self.attempts.values() if one["booking_id"] == booking_id]

    def by_session(self) -> dict[str, list[dict]]:
        found: dict[str, list[dict]] = {}
        for one in self.attempts.values():
            if one["session_id"]:
                found.setdefault(one["session_id"], []).append(one)
        return found

    def by_reference(self) -> dict[str, dict]:
        return {one["reference"]: one for one in self.bookings.values()}


class Books:
    """The committed rows of the shop."""

    def __init__(self, connection):
        self._connection = connection
        self.rows = connection.rows
        self.value = connection.value
        self._newest = 0

    async def picture(self, *, whole: bool = False) -> Picture:
        """Read the newest bookings with their money, or all of them."""
        first = 0 if whole else max(0, self._newest - RECENT)
        bookings = await self.rows(BOOKINGS.format(first))
        if bookings:
            self._newest = bookings[-1]["id"]
        attempts = await self.rows(ATTEMPTS.format(first))
        seats = await self.rows(SEATS.format(first))
        return Picture(
            {one["id"]: one for one in bookings},
            {one["id"]: one for one in attempts},
            await self.rows(REFUNDS.format(first)),
            {one["booking_id"]: one["seats"] for one in seats},
            await self.rows(REVIEWS.format(first)),
        )

    async def due(self, now_ms: int) -> list[dict]:
        """Name jobs that could run now."""
        return await self.rows(DUE.format(now=now_ms))

    async def is_tried_again(self) -> bool:
        """Tell whether something that went wrong is still to be done."""
        return bool(await self.value(TRIED_AGAIN))

    async def money(self) -> dict[str, list[dict]]:
        """Read every row about places and money of the newest bookings, to be compared."""
        first = max(0, self._newest - RECENT)
        said = {}
        for table in MONEY:
            of = {"booking": "id", "attempt": "booking_id", "seat": "booking_id"}.get(table)
            newest = f'id > (SELECT max(id) - 1000 FROM "{table}")'
            where = f"{of} >= {first}" if of else newest
            said[table] = await self.rows(f'SELECT * FROM "{table}" WHERE {where} ORDER BY id')
        return said


@asynccontextmanager
async def open_books(url: str):
    """Open a connection of our own to the shop's database."""
    async with second_connection(url) as connection:
        yield Books(connection)
