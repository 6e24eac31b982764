"""Measure a month of availability with a long past behind it: `python -m bench.month`.

Ten staff members and a busy month ahead; the number of past bookings grows to 100,000. A month of
one service and one staff member must stay within 10 ms, whatever machine this is, and must not
notice the past. "Any of the ten" is held to a multiple of the yardstick (bench/machine.py).
"""

import asyncio
import statistics
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Final, cast
from zoneinfo import ZoneInfo

from bench.engines import databases
from bench.machine import yardstick
from booking import availability
from booking.catalog_file import parse_catalog
from booking.catalog_import import import_catalog
from booking.ports import Environment, Payments, Randomness, Shop, Wording
from db import connection
from db.connection import engine_of
from db.fields import to_ms
from db.models import Customer
from db.transactions import rows, run, transactional
from tests.engines import use_database

NOW: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
STAFF: Final = 10
AHEAD: Final = 2000
PAST: Final = (1_000, 10_000, 100_000)
LIMIT_MS: Final = 10.0
ANY_OF_TEN_LIMIT: Final = 1.6
"""Times the yardstick, which is a plain loop over the month of a single staff member."""
QUESTIONS: Final = 40
Span = tuple[int, datetime]


class Standing:
    """A clock that stands still."""

    def now(self) -> datetime:
        """Return the bench's present."""
        return NOW


def environment() -> Environment:
    """Return what availability asks for: a shop and a clock."""
    shop = Shop(id="bench", name="Bench", timezone=ZoneInfo("Europe/Berlin"), currency="EUR")
    return Environment(
        shop=shop,
        clock=Standing(),
        payments=cast("Payments", None),
        randomness=cast("Randomness", None),
        wording=cast("Wording", None),
    )


def catalogue() -> str:
    """Return ten staff members who all cut hair."""
    days = ", ".join(f'{day} = ["09:00-18:00"]' for day in ("mon", "tue", "wed", "thu", "fri"))
    members = [
        f'[[staff]]\nkey = "s{n}"\nname = "S{n}"\nhours = {{ {days} }}' for n in range(STAFF)
    ]
    keys = ", ".join(f'"s{n}"' for n in range(STAFF))
    service = (
        '[[services]]\nkey = "cut"\nname = "Cut"\nduration = 45\nbuffer_after = 15\n'
        f'price = "50.00"\nstaff = [{keys}]'
    )
    return "\n".join([*members, service])


def spans(units: list[int], count: int, *, ahead: bool) -> Iterator[Span]:
    """Yield units and starts, an hour each, from now on or backwards from a day ago."""
    for number in range(count):
        hours = number // len(units)
        moment = NOW + timedelta(hours=hours) if ahead else NOW - timedelta(hours=24 + hours)
        yield units[number % len(units)], moment


@transactional
async def sell(sold: list[Span], customer: int, begun: int) -> None:
    """Write bookings, occurrences and seats, with no code of ours that would check them."""
    [service], [staff] = await rows("SELECT id FROM service"), await _first_staff()
    for place, (unit, start) in enumerate(sold):
        number, at, end = begun + place, to_ms(start), to_ms(start) + 2_700_000
        cell = at // 300_000
        await run(BOOKING, (number, f"B{number}", customer, service["id"], staff["id"], at, end))
        await run(OCCURRENCE, (number, unit, service["id"], at, cell, cell + 12))
        await run(SEAT, (number, number))


async def _first_staff() -> list[dict[str, int]]:
    return await rows("SELECT id FROM staff ORDER BY id LIMIT 1")


BOOKING: Final = (
    'INSERT INTO booking (id, reference, customer_id, service_id, staff_id, start, "end", status,'
    " seats, price_minor, discount_minor, due_minor, onsite_minor, currency, snapshot, details,"
    " held_until, created_at, end_reason) VALUES (?, ?, ?, ?, ?, ?, ?, 'confirmed', 1, 5000, 0,"
    " 5000, 0, 'EUR', '{}', '', 0, 0, '')"
)
OCCURRENCE: Final = (
    "INSERT INTO occurrence (id, unit_id, service_id, start, cell_from, cell_to, capacity)"
    " VALUES (?, ?, ?, ?, ?, ?, 1)"
)
SEAT: Final = "INSERT INTO seat (occurrence_id, number, booking_id) VALUES (?, 1, ?)"


async def ask(env: Environment, staff_key: str | None, before: Callable[[], None]) -> float:
    """Return the median milliseconds of a month, cold in everything but the opening hours."""
    first = date(2026, 11, 23)
    taken = []
    for _ in range(QUESTIONS):
        before()
        begin = perf_counter()
        found = await availability.month(
            env,
            service_key="cut",
            staff_key=staff_key,
            first=first,
            last=first + timedelta(days=29),
        )
        taken.append((perf_counter() - begin) * 1000)
        assert sum(map(len, found.values())) > 0
    return statistics.median(taken)


async def measure(url: str) -> bool:
    """Print one engine's figures; tell whether they are within the limit."""
    await use_database(url)
    try:
        parsed, _ = parse_catalog(
            catalogue(), source="bench", currency="EUR", timezone="Europe/Berlin"
        )
        await import_catalog(parsed, now=NOW)
        customer = await Customer.create(telegram_id=1, created_at=NOW)
        units = [int(row["id"]) for row in await rows("SELECT id FROM unit ORDER BY id")]
        await sell(list(spans(units, AHEAD, ahead=True)), customer.id, 1)
        return await _grow(units, customer.id)
    finally:
        await connection.close()


async def _grow(units: list[int], customer: int) -> bool:
    env, written, kept = environment(), 0, True
    past = list(spans(units, PAST[-1], ahead=False))
    for size in PAST:
        await sell(past[written:size], customer, AHEAD + 1 + written)
        written = size
        await run("ANALYZE")
        kept = await _compare(env, size) and kept
    print(f"  one within {LIMIT_MS} ms, any of ten as said: {'kept' if kept else 'BROKEN'}")
    return kept


async def _compare(env: Environment, past: int) -> bool:
    yard, laid = yardstick(), list[float]()
    one = await ask(env, "s0", lambda: None)
    anyone = await ask(env, None, lambda: laid.append(yard()))
    times = anyone / 1000 / statistics.median(laid)
    print(
        f"  {past:7} past bookings   one {one:6.2f} ms   any of ten {anyone:6.2f} ms,"
        f" {times:.2f} of a plain loop over one (at most {ANY_OF_TEN_LIMIT})"
    )
    return one <= LIMIT_MS and times <= ANY_OF_TEN_LIMIT


def main() -> None:
    """Measure every engine there is; fail when a month takes too long."""
    with databases() as urls:
        kept = []
        for url in urls:
            print(engine_of(url))
            kept.append(asyncio.run(measure(url)))
    if not all(kept):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
