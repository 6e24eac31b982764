"""What is asked every quarter of an hour reads what it needs, however many rows there are."""

import re
from datetime import timedelta

import pytest

from booking import quiet
from db import attempt_facts, job_facts
from db.transactions import rows, run
from tests.db.shop import NOW, open_shop

MANY = 30_000
BEGAN = int((NOW - timedelta(days=300)).timestamp() * 1000)
STEP = 300 * 86_400_000 // MANY
NUMBERS = {
    "sqlite": f"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY})",
    "postgres": f"WITH n (i) AS (SELECT generate_series(1, {MANY}))",
}
AT = f"{BEGAN} + CAST(i AS BIGINT) * {STEP}"
JOBS = f"""INSERT INTO job (kind, key, payload, priority, run_at, attempts, max_attempts,
created_at, done_at) {{n}} SELECT CASE WHEN i % 2 = 0 THEN 'stripe_event' ELSE 'screen' END,
'old:' || i, ?, 5, {AT}, 1, 20, {AT}, {AT} FROM n"""
ATTEMPTS = f"""INSERT INTO attempt (booking_id, number, idempotency_key, params, state,
amount_minor, currency, expires_at, session_id, paid_minor, created_at, paid_at) {{n}}
SELECT ?, i, 'key' || i, ?, CASE WHEN i % 1000 = 0 THEN 'open' ELSE 'succeeded' END, 5000, 'EUR',
{BEGAN}, 'cs_' || i, 5000, {AT}, {AT} FROM n"""


@pytest.fixture
async def years(database):
    """A database with the rows of a long time in it."""
    shop = await open_shop()
    booking = await shop.booking()
    numbers = NUMBERS[database.engine]
    await run(JOBS.format(n=numbers), (b"",))
    await run(ATTEMPTS.format(n=numbers), (booking.id, b""))
    await run("ANALYZE job")
    await run("ANALYZE attempt")
    return database


async def plan(database, query: str, *args) -> str:
    prefix = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    return str(await rows(prefix + query, args))


def scans(said: str) -> bool:
    """Tell whether a plan reads a whole table."""
    return "Seq Scan" in said or "'SCAN job'" in said or "'SCAN attempt'" in said


async def test_the_last_event_is_found_without_reading_all_jobs(years):
    asked = (
        "SELECT created_at AS moment FROM job WHERE lower(kind) = 'stripe_event' AND priority <> ?"
        " ORDER BY created_at DESC LIMIT 1"
    )
    said = await plan(years, asked, quiet.OWN_PRIORITY)
    assert "job_event" in said
    assert not scans(said)
    last = await job_facts.last_event(but_priority=quiet.OWN_PRIORITY)
    assert NOW - last < timedelta(hours=1)


async def test_what_was_paid_lately_is_counted_without_reading_all_attempts(years):
    asked = (
        "SELECT count(*) FROM attempt WHERE state = 'succeeded' AND paid_at >= ? AND paid_at <= ?"
    )
    until = BEGAN + MANY * STEP
    said = await plan(years, asked, until - 3_600_000, until)
    assert "attempt_paid" in said
    assert not scans(said)


async def test_what_is_to_be_compared_is_found_without_reading_all_attempts(years):
    since = NOW - timedelta(hours=25)
    at = int(since.timestamp() * 1000)
    said = await plan(years, attempt_facts._UNSETTLED, False, at, False)
    assert "attempt_open" in said
    assert not scans(said)
    found = await attempt_facts.to_compare(since=since, livemode=False)
    lately = 25 * 3_600_000 // STEP
    assert MANY // 1000 + lately - 2 <= len(found) <= MANY // 1000 + lately + 2


async def test_no_partial_index_makes_sqlite_prepare_a_statement_each_time_it_is_run(database):
    if not database.is_sqlite:
        return
    indexes = await rows("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    conditions = [row["sql"].partition(" WHERE ")[2] for row in indexes]
    assert any(conditions)
    # beside `column = ?` in a statement SQLite reads the bound value to compare it with these
    assert [one for one in conditions if re.search(r"""["\w]+ = ['\d]""", one)] == []
