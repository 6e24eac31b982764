"""Migrations: the same schema on every machine, made once, and nothing lost."""

import asyncio
import json
import re
import sys
from pathlib import Path

import pytest
from tortoise.exceptions import IntegrityError
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.operations import AlterModelOptions

from db import claims, connection
from db.installation import get, shop_id
from db.models import Draft
from db.money_models import Attempt, Job, Refund
from db.schema import SchemaTooNew, known_migrations, oldest_code
from db.transactions import rows, run, transactional
from db.urls import configuration
from tests.db.shop import NOW, at, cells, open_shop
from tests.engines import second_connection, use_database

MIGRATE = "import asyncio, sys, db.connection as c; asyncio.run(c.migrate(sys.argv[1]))"
GOLDEN = Path(__file__).parent / "golden"

SQLITE_SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
COLUMNS = """SELECT table_name, column_name, data_type, is_nullable, column_default
FROM information_schema.columns WHERE table_schema = 'public'"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
CONSTRAINTS = """SELECT conrelid::regclass::text AS relation, conname,
pg_get_constraintdef(oid) AS definition FROM pg_constraint
WHERE connamespace = 'public'::regnamespace"""


async def schema_of(url: str) -> list[str]:
    """Everything the database enforces, as sorted lines."""
    async with second_connection(url) as other:
        if connection.engine_of(url) == "sqlite":
            found = await other.rows(SQLITE_SCHEMA)
            texts = [row["sql"] for row in found if row["sql"]]
            return sorted(re.sub(r"\s*/\*.*?\*/|\s+", " ", text).strip() for text in texts)
        queries = (COLUMNS, INDEXES, CONSTRAINTS)
        found = [row for query in queries for row in await other.rows(query)]
        return sorted(json.dumps(list(row.values())) for row in found)


async def test_the_schema_is_exactly_the_committed_one(database_url):
    golden = GOLDEN / f"schema.{connection.engine_of(database_url)}.txt"
    found = "\n".join(await schema_of(database_url)) + "\n"
    if not golden.exists():
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found)
    assert found == golden.read_text(), f"delete {golden} and run again if this was meant"


async def test_the_models_need_no_migration_that_is_not_there(database_url):
    opened = await use_database(database_url)
    try:
        apps = configuration(database_url)["apps"]
        with opened.context:
            changes = await MigrationAutodetector(opened.context.apps, apps).changes()
    finally:
        await connection.close()
    operations = [one for writer in changes for one in writer.operations]
    assert [one for one in operations if not isinstance(one, AlterModelOptions)] == []


def test_no_column_is_there_for_a_card():
    for golden in GOLDEN.iterdir():
        words = re.findall(r"[a-z]+", golden.read_text().lower())
        assert {"card", "cvc", "cvv", "pan", "iban", "expiry"}.isdisjoint(words)


async def test_migrating_again_does_nothing(database_url):
    assert await connection.pending_migrations(database_url) == []
    before = await schema_of(database_url)
    assert await connection.migrate(database_url) == []
    assert await schema_of(database_url) == before


async def test_a_new_file_is_made_and_then_up_to_date(tmp_path):
    url = f"sqlite://{tmp_path}/new/booking.db"
    assert await connection.pending_migrations(url) == known_migrations()
    assert not (tmp_path / "new").exists()
    assert await connection.migrate(url) == known_migrations()
    assert await connection.pending_migrations(url) == []


async def test_a_file_that_holds_something_is_copied_before(tmp_path):
    path = tmp_path / "booking.db"
    url = f"sqlite://{path}"
    async with second_connection(url) as other:
        other.raw.execute("CREATE TABLE mine (x)")
    await connection.migrate(url)
    copies = list(tmp_path.glob("booking.db.before-*"))
    assert len(copies) == 1
    async with second_connection(f"sqlite://{copies[0]}") as other:
        assert [row["name"] for row in await other.rows("SELECT name FROM sqlite_master")] == [
            "mine"
        ]


async def a_newer_release_changes(url: str, *, oldest_code: str) -> None:
    """Leave a database as a release of the future does that says who may still run on it."""
    newest = "INSERT INTO tortoise_migrations (app, name, applied_at)"
    newest += " VALUES ('models', '9999_future', CURRENT_TIMESTAMP)"
    word = f"UPDATE installation SET value = '{oldest_code}' WHERE key = 'oldest_code'"
    async with second_connection(url) as other:
        for statement in (newest, word):
            done = other.raw.execute(statement)
            if asyncio.iscoroutine(done):
                await done


@pytest.mark.family("R26")
async def test_code_that_a_newer_schema_does_not_allow_is_refused(database_url):
    await a_newer_release_changes(database_url, oldest_code="9998_not_us")
    with pytest.raises(SchemaTooNew, match=r"newer release \(9999_future\), on which this"):
        await connection.migrate(database_url)


@pytest.mark.family("R26")
async def test_code_that_a_newer_schema_allows_runs_on_it(database_url):
    await a_newer_release_changes(database_url, oldest_code=known_migrations()[-1])
    assert await connection.pending_migrations(database_url) == []
    assert await connection.migrate(database_url) == []


@pytest.mark.family("R26")
async def test_a_newer_schema_that_names_no_oldest_code_is_refused(database_url):
    await a_newer_release_changes(database_url, oldest_code="")
    with pytest.raises(SchemaTooNew):
        await connection.pending_migrations(database_url)


async def test_each_schema_records_the_oldest_code_that_may_run_on_it(database):
    assert await get("oldest_code") == oldest_code() == "0002_after_the_link"


async def test_a_replica_goes_on_while_a_newer_one_adds_a_column_under_it(database):
    """PostgreSQL refuses statements that were prepared before, once, inside a transaction."""

    @transactional
    async def look() -> int:
        return len(await rows("SELECT * FROM installation"))

    known = await look()
    await run("ALTER TABLE installation ADD COLUMN news TEXT")
    assert await look() == known


async def test_each_installation_has_its_own_id(database):
    assert re.fullmatch("[0-9a-f]{12}", await shop_id())


async def test_replicas_that_start_together_migrate_once(postgres_engine):
    url = postgres_engine.fresh()
    async with second_connection(url) as other:
        await other.raw.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    replicas = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", MIGRATE, url, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    for replica in replicas:
        _, errors = await replica.communicate()
        assert replica.returncode == 0, errors.decode()
    assert await connection.pending_migrations(url) == []
    postgres_engine.drop(url)


WRONG = (
    {"status": "paid"},
    {"end_reason": "bored"},
    {"seats": 0},
    {"price_minor": -1, "due_minor": -1},
    {"due_minor": 4000},
    {"start": NOW, "end": NOW},
    {"currency": "E"},
)


@pytest.mark.parametrize("values", WRONG, ids=lambda values: next(iter(values)))
async def test_the_database_refuses_what_no_booking_can_be(database, values):
    shop = await open_shop()
    booking = await shop.booking()
    names = ", ".join(f'"{name}" = ?' for name in values)
    given = [int(one.timestamp() * 1000) if one is NOW else one for one in values.values()]
    with pytest.raises(IntegrityError):
        await run(f"UPDATE booking SET {names} WHERE id = ?", (*given, booking.id))


async def test_a_customer_has_one_open_draft_at_most(database):
    shop = await open_shop()
    given = {"customer_id": shop.customer.id, "step": "service", "choices": {}}
    given |= {"created_at": NOW, "updated_at": NOW}
    await Draft.create(**given, open=False)
    await Draft.create(**given)
    with pytest.raises(IntegrityError):
        await Draft.create(**given)


async def test_what_is_booked_cannot_be_deleted_under_the_booking(database):
    shop = await open_shop()
    await shop.booking()
    with pytest.raises(IntegrityError):
        await run("DELETE FROM service WHERE id = ?", (shop.service.id,))
    with pytest.raises(IntegrityError):
        await run("DELETE FROM customer WHERE id = ?", (shop.customer.id,))


async def a_paid_booking() -> None:
    """A booking that has its seat and was paid and given back."""
    shop = await open_shop()
    booking = await shop.booking()
    await claims.claim(
        booking_id=booking.id,
        unit_id=shop.units[0].id,
        service_id=shop.service.id,
        start=NOW,
        cells=cells(0, 5),
        capacity=2,
        seats=1,
    )
    attempt = {"booking_id": booking.id, "params": {}, "amount_minor": 5000, "currency": "EUR"}
    attempt |= {"expires_at": at(30), "created_at": NOW}
    ids = {"session_id": "cs_1", "payment_intent": "pi_1"}
    paid = await Attempt.create(**attempt, **ids, number=1, idempotency_key="a1")
    await Attempt.create(**attempt, number=2, idempotency_key="a2")
    for number, refund_id in (("r1", "re_1"), ("r2", None)):
        given = {"attempt_id": paid.id, "idempotency_key": number, "refund_id": refund_id}
        await Refund.create(**given, amount_minor=9, reason="late_payment", created_at=NOW)
    for key in ("evt:1", "evt:2"):
        await Job.create(kind="stripe_event", key=key, payload={}, run_at=NOW, created_at=NOW)


TWICE = {
    "cell": "INSERT INTO claim (unit_id, cell, occurrence_id)"
    " SELECT unit_id, cell, occurrence_id FROM claim",
    "seat": "INSERT INTO seat (occurrence_id, number, booking_id)"
    " SELECT occurrence_id, number, booking_id FROM seat",
    "event": "UPDATE job SET key = 'evt:1'",
    "session": "UPDATE attempt SET session_id = 'cs_1'",
    "payment": "UPDATE attempt SET payment_intent = 'pi_1'",
    "refund": "UPDATE refund SET refund_id = 're_1'",
}


@pytest.mark.parametrize("what", TWICE)
async def test_the_database_refuses_a_second_row_where_one_can_be(database, what):
    await a_paid_booking()
    with pytest.raises(IntegrityError):
        await run(TWICE[what])
