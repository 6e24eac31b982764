"""A database somebody damaged: named to the row, and it costs no more than what is damaged."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.config import read
from db import sealed_rows
from db.models import Customer
from db.money_models import Attempt, Audit
from db.transactions import rows, run
from db.unopened import Unopened
from tests.db.shop import NOW, open_shop
from tests.process import Bot, sandbox

WHY = "damaged, or sealed with a key that is not in privacy.key or privacy.old_keys"


@pytest.fixture
async def bot(tmp_path, database_url):
    """A shop with two customers, a booking each, and a line in the audit log."""
    async with sandbox() as world:
        made = Bot(tmp_path, world, database_url)
        async with made.memory():
            shop = await open_shop()
            await shop.booking(details={"name": "Ada"})
            shop.customer = await Customer.create(telegram_id=8, name="Bela", created_at=NOW)
            await shop.booking(details={"name": "Bela"})
            await Audit.create(at=NOW, actor="system", action="hold", detail={"why": "x"})
        yield made


async def flip(table: str, column: str, row: int = 1, *, byte: int = -1) -> None:
    """Change one bit of a sealed value."""
    [found] = await rows(f'SELECT "{column}" AS sealed FROM "{table}" WHERE id = ?', (row,))
    value = bytearray(found["sealed"])
    value[byte] ^= 1
    await run(f'UPDATE "{table}" SET "{column}" = ? WHERE id = ?', (bytes(value), row))


async def exported(bot, what: str) -> tuple[int, list[dict], str]:
    code, out, err = await bot.command("export", what)
    return code, [json.loads(line) for line in out.splitlines()], err


def lines_of(file) -> list[str]:
    return file.read_text().splitlines()


def line_of(out: str, name: str) -> str:
    [line] = [line for line in out.splitlines() if f" {name}: " in line]
    return line


async def test_a_changed_byte_costs_one_field_of_an_export_and_is_named(bot, tmp_path):
    assert "✓ sealed data: 5 rows, all open" in (await bot.command("check"))[1]
    async with bot.memory():
        await flip("customer", "name")
        await flip("booking", "details", 2, byte=2)
        await flip("audit", "detail")
    code, customers, err = await exported(bot, "customers")
    assert code == 1
    assert [row["name"] for row in customers] == [None, "Bela"]
    assert err == f"booking-bot: name of customer 1: left empty, cannot be opened: {WHY}\n"
    code, bookings, err = await exported(bot, "bookings")
    assert [row["customer_name"] for row in bookings] == ["Ada", None]
    assert (code, "details of booking 2: left empty" in err) == (1, True)
    code, audit, err = await exported(bot, "audit")
    assert [row["detail"] for row in audit] == [None]
    assert (code, "detail of audit 1: left empty" in err) == (1, True)
    assert (await exported(bot, "payments"))[0] == 0
    code, out, err = await bot.command("export", "customers", "--format", "csv")
    assert [row["name"] for row in csv.DictReader(io.StringIO(out))] == ["", "Bela"]
    assert (code, len(err.splitlines())) == (1, 1)
    file = tmp_path / "customers.jsonl"
    assert (await bot.command("export", "customers", "-o", str(file)))[0] == 1
    assert [json.loads(line)["name"] for line in lines_of(file)] == [None, "Bela"]
    said = "name of customer 1, details of booking 2, detail of audit 1"
    code, out, _ = await bot.command("check")
    assert code == 1
    assert line_of(out, "sealed data") == f"✗ sealed data: {said}: cannot be opened: {WHY}"


async def test_a_copy_of_what_does_not_open_is_refused_in_one_line(bot, tmp_path):
    async with bot.memory():
        await flip("customer", "name", 2)
    code, _, err = await bot.command("copy", "--to", f"sqlite://{tmp_path}/copy/booking.db")
    assert (code, err) == (1, f"booking-bot: name of customer 2: cannot be opened: {WHY}\n")
    assert not (tmp_path / "copy/booking.db").exists()


async def test_a_command_that_needs_what_does_not_open_says_so_in_one_line(bot):
    async with bot.memory():
        await run("UPDATE booking SET status = 'awaiting_payment'")
        await Attempt.create(
            booking_id=1, number=1, idempotency_key="a", params={}, state="open", amount_minor=1,
            currency="EUR", expires_at=NOW, session_id="cs_1", created_at=NOW,
        )  # fmt: skip
        await flip("attempt", "params")
    code, _, err = await bot.command("reconcile")
    assert (code, len(err.splitlines())) == (1, 1)
    assert "what is sealed cannot be opened" in err
    assert "booking-bot check names where it lies" in err


async def test_another_key_is_still_named_as_that(bot):
    assert (await bot.command("check"))[1]  # the key is noted
    text = bot.config.read_text()
    bot.config.write_text(f'{text}\n[privacy]\nkey = "{"A" * 43}="\n')
    for words in (["check"], ["export", "customers"]):
        _, out, err = await bot.command(*words)
        assert "privacy.key: not the key this database was sealed with" in out + err
        assert "Traceback" not in err


@pytest.mark.parametrize("table", ["customer", "booking"])
async def test_of_a_large_table_the_newest_the_oldest_and_some_between_are_looked_at(
    database, table
):
    shop = await open_shop()
    for number in range(20, 60):
        shop.customer = await Customer.create(telegram_id=number, name="B", created_at=NOW)
        await shop.booking()
    column = {"customer": "name", "booking": "details"}[table]
    [ends] = await rows(f'SELECT min(id) AS first, max(id) AS last FROM "{table}"')
    for row in (ends["first"], ends["last"]):
        await flip(table, column, row)
    found = await sealed_rows.examine(sealed_rows.Extent(whole=10, some=4, page=2))
    assert 12 <= found.looked_at < found.there
    assert {Unopened(table, row, column) for row in ends.values()} <= set(found.unopened)
    every = await sealed_rows.examine(sealed_rows.EVERYTHING)
    assert (every.looked_at, len(every.unopened)) == (every.there, 2)


async def sqlite_bot(tmp_path, engine, world) -> Bot:
    made = Bot(tmp_path, world, engine.fresh())
    async with made.memory():
        await (await open_shop()).booking()
    return made


async def test_what_is_missing_of_the_database_is_named_and_its_address_is_not_blamed(bot):
    async with bot.memory():
        await run("DROP TABLE told")
        await run("DROP INDEX job_holder")
    code, out, _ = await bot.command("check")
    assert code == 1
    line = line_of(out, "schema")
    assert line.startswith("✗ schema: the table told, the index job_holder: missing; ")
    assert line_of(out, "sealed data").startswith("✓ ")
    async with bot.memory():
        await run('ALTER TABLE attempt RENAME TO "lost"')
    code, _, err = await bot.command("export", "bookings")
    assert (code, len(err.splitlines())) == (1, 1)
    assert "the database has no table attempt: booking-bot check names all it lacks" in err
    assert "database.url" not in err


async def test_json_that_is_none_is_named_by_its_row(tmp_path, sqlite_engine):
    async with sandbox() as world:
        bot = await sqlite_bot(tmp_path, sqlite_engine, world)
        async with bot.memory():
            await run("UPDATE booking SET snapshot = '{'")
            await run("UPDATE service SET spec = '{' WHERE id = 2")
        out = (await bot.command("check"))[1]
        assert "spec of service 2 is no JSON" in line_of(out, "bookings and money")
        assert "snapshot of booking 1 is no JSON" in line_of(out, "bookings and money")
        assert "database.url" not in out
        code, _, err = await bot.command("export", "bookings")
        assert (code, len(err.splitlines())) == (1, 1)
        assert "JSON that is none: booking-bot check names the row" in err


def spoil(path: str) -> int:
    """Say that a page has nine rows, which it has not; gives its number."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [size] = raw.execute("PRAGMA page_size").fetchone()
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'told'"
        [page] = raw.execute(query).fetchone()
    pages = bytearray(Path(path).read_bytes())
    begin = (page - 1) * size + 3
    pages[begin : begin + 2] = b"\x00\x09"
    Path(path).write_bytes(pages)
    return page


async def test_of_bad_pages_the_line_that_says_what_is_wrong_is_told(tmp_path, sqlite_engine):
    async with sandbox() as world:
        bot = await sqlite_bot(tmp_path, sqlite_engine, world)
        page = spoil(read(bot.config).database.url.get_secret_value().removeprefix("sqlite://"))
        line = line_of((await bot.command("check"))[1], "bookings and money")
        assert line.startswith("✗ bookings and money: the file is damaged: ")
        assert "***" not in line
        assert str(page) in line
