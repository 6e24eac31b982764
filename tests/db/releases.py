"""Databases as earlier releases left them, with rows in every table, and migrations that die."""

import asyncio
import multiprocessing
import os
import signal
import sqlite3
from datetime import timedelta

import asyncpg
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.schema_editor import AsyncpgSchemaEditor, SqliteSchemaEditor

from db import connection, jobs
from db.copying import tables
from db.models import Claim, Draft, Occurrence, SearchKey, Seat
from db.money_models import Attempt, Audit, CouponUse, Dispute, Refund, Review, Told
from db.schema import known_migrations
from db.shop_models import Category, Closure, Coupon
from db.transactions import begin
from db.urls import SQLITE, configuration, engine_of
from tests.db.shop import NOW, at, open_shop
from tests.engines import second_connection, use_database

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.db.releases"])
UNTOUCHED_BY = {"lease_until", "lease_token"}
"""Columns a migration may clear: nobody holds a lease while the bot is stopped."""
ONE_A_LANE_SINCE = "0003_replicas"
TWO_IN_ONE_LANE = (
    "UPDATE job SET lane = 'in:7', lease_until = 1, lease_token = 'x' WHERE kind = 'update'"
)
ONE_IN_A_LANE = f"{TWO_IN_ONE_LANE} AND key = 'upd:0'"
_RULED = (
    "SELECT count(*) AS applied FROM tortoise_migrations"
    f" WHERE app = 'models' AND name = '{ONE_A_LANE_SINCE}'"
)


async def fill(url: str) -> None:
    """Put rows into every table of a database of this release."""
    await use_database(url)
    try:
        await _fill()
    finally:
        await connection.close()


async def _fill() -> None:
    shop = await open_shop()
    await Draft.create(
        customer_id=shop.customer.id, step="day", choices={"a": 1}, created_at=NOW, updated_at=NOW
    )
    await SearchKey.create(customer_id=shop.customer.id, digest="d" * 32)
    await Category.create(key="hair", position=0, spec={})
    await Closure.create(source="file", spec={})
    coupon = await Coupon.create(code="SPRING", position=0, spec={})
    for number in range(3):
        start = {"start": at(60 * number), "end": at(60 * number + 45)}
        one = await shop.booking(**start, details={"name": "Ada"})
        attempt = await Attempt.create(
            booking_id=one.id,
            number=1,
            idempotency_key=f"key-{number}",
            params={"mode": "payment"},
            amount_minor=5000,
            currency="EUR",
            session_id=f"cs_{number}",
            payment_intent=f"pi_{number}",
            expires_at=NOW + timedelta(hours=1),
            created_at=NOW,
        )
        given = {"idempotency_key": f"back-{number}", "reason": "customer", "created_at": NOW}
        await Refund.create(attempt_id=attempt.id, amount_minor=100, **given)
        await _seat(shop, one, number)
        await Told.create(booking_id=one.id, kind="receipt_text", at=NOW)
        await jobs.enqueue(kind="update", key=f"upd:{number}", payload={"n": number}, now=NOW)
    given = {"amount_minor": 5000, "currency": "EUR", "reason": "fraudulent", "opened_at": NOW}
    await Dispute.create(attempt_id=attempt.id, dispute_id="du_1", state="won", **given)
    await Review.create(kind="late", session_id="cs_0", booking_id=one.id, detail={}, opened_at=NOW)
    await CouponUse.create(
        coupon_id=coupon.id,
        number=1,
        customer_id=shop.customer.id,
        customer_number=1,
        booking_id=one.id,
    )
    await Audit.create(at=NOW, actor="system", action="release", detail={"a": 1})


async def _seat(shop, booking, number: int) -> None:
    given = {"unit_id": shop.units[0].id, "service_id": shop.service.id, "start": booking.start}
    taken = await Occurrence.create(cell_from=number, cell_to=number + 1, capacity=1, **given)
    await Seat.create(occurrence_id=taken.id, number=1, booking_id=booking.id)
    await Claim.create(unit_id=shop.units[0].id, cell=number, occurrence_id=taken.id)


async def make_old(url: str, release: str) -> None:
    """Make the schema of a release in an empty database."""
    context, engine = TortoiseContext(), engine_of(url)
    with context:
        try:
            await context.init(configuration(url, foreign_keys=False))
            async with begin(engine) as client:
                of = SqliteSchemaEditor if engine == SQLITE else AsyncpgSchemaEditor
                executor = MigrationExecutor(client, configuration(url)["apps"])
                await executor.recorder.ensure_schema(of(client, atomic=False))
                await executor.migrate([MigrationTarget("models", release)])
        finally:
            await context.close_connections()


async def columns_of(url: str) -> dict[str, list[str]]:
    """Which columns every table of ours has, the tables in an order rows may be put in."""
    await use_database(url)
    names = [table.name for table in tables()]
    await connection.close()
    found = {}
    async with second_connection(url) as other:
        for name in names:
            if engine_of(url) == SQLITE:
                query = f"SELECT name FROM pragma_table_info('{name}') ORDER BY name"
            else:
                query = (
                    "SELECT column_name AS name FROM information_schema.columns"
                    f" WHERE table_schema = 'public' AND table_name = '{name}' ORDER BY 1"
                )
            if columns := [row["name"] for row in await other.rows(query)]:
                found[name] = columns
    return found


async def rows_in(url: str, columns: dict[str, list[str]]) -> dict[str, list[tuple]]:
    """Every row of these columns that no migration may change."""
    found = {}
    async with second_connection(url) as other:
        for table, names in columns.items():
            chosen = ", ".join(f'"{name}"' for name in names if name not in UNTOUCHED_BY)
            where = "WHERE key <> 'oldest_code'" if table == "installation" else ""
            rows = await other.rows(f'SELECT {chosen} FROM "{table}" {where} ORDER BY 1')
            found[table] = sorted((tuple(row.values()) for row in rows), key=repr)
    return found


async def put(url: str, source: str, columns: dict[str, list[str]]) -> None:
    """Copy the rows an old database can hold out of one of this release."""
    async with second_connection(source) as there, second_connection(url) as here:
        for table, names in columns.items():
            chosen = ", ".join(f'"{name}"' for name in names)
            for row in await there.rows(f'SELECT {chosen} FROM "{table}"'):
                if table == "installation" and row["key"] == "oldest_code":
                    continue
                values = list(row.values())
                sqlite = engine_of(url) == SQLITE
                marks = ["?" if sqlite else f"${number}" for number in range(1, len(values) + 1)]
                statement = f'INSERT INTO "{table}" ({chosen}) VALUES ({", ".join(marks)})'
                if sqlite:
                    here.raw.execute(statement, values)
                else:
                    await here.raw.execute(statement, *values)
        [ruled] = await here.rows(_RULED)
        await _run(here, ONE_IN_A_LANE if ruled["applied"] else TWO_IN_ONE_LANE)


async def _run(other, statement: str) -> None:
    done = other.raw.execute(statement)
    if asyncio.iscoroutine(done):
        await done


def migrates(url: str, nth: int = 0) -> tuple[int, int]:
    """Migrate in a process of its own that is killed at its nth statement; 0 for none.

    Gives how it ended and how many statements there were.
    """
    counted = PROCESSES.Value("i", 0)
    process = PROCESSES.Process(target=_migrate, args=(url, nth, counted))
    process.start()
    process.join()
    return process.exitcode, counted.value


def _migrate(url: str, nth: int, counted) -> None:
    def reach(*_) -> None:
        counted.value += 1
        if counted.value == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    _hear_statements(reach)
    asyncio.run(connection.migrate(url))


def _hear_statements(reach) -> None:
    """Call `reach` before each statement of SQLite, and after each of PostgreSQL."""
    dial, made = sqlite3.connect, asyncpg.connection.Connection.__init__

    def connect(*args, **kwargs):
        opened = dial(*args, **kwargs)
        opened.set_trace_callback(reach)
        return opened

    def make(self, *args, **kwargs) -> None:
        made(self, *args, **kwargs)
        self.add_query_logger(reach)

    sqlite3.connect = connect
    asyncpg.connection.Connection.__init__ = make


EARLIER = known_migrations()[:-1]
"""The releases whose databases may be met, by their newest migration."""
