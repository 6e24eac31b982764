"""`booking-bot backup`: whole, beside a running bot, and never at the cost of what was there."""

import asyncio
import sys

import pytest

from bot.config import read
from db import connection
from db.backup import CannotBackUp, _address, backup
from db.connection import path_of
from db.installation import get, put, shop_id
from db.models import Customer
from tests.db.shop import open_shop
from tests.engines import second_connection, use_database
from tests.process import ROOT, Bot, sandbox
from tests.restored import restore

OLDER = b"SQLite format 3\0, and the rest of it"

WRITER = """
import asyncio, sys
from db import connection, installation
from tests.engines import use_database
async def write():
    await use_database(sys.argv[1])
    for number in range(100_000):
        await installation.put("one", str(number))
        await installation.put("two", str(number))
asyncio.run(write())
"""


@pytest.fixture
async def bot(tmp_path, database_url):
    """An installation with a booking in its database, which nobody has open."""
    async with sandbox() as world:
        made = Bot(tmp_path, world, database_url)
        async with made.memory():
            shop = await open_shop()
            await shop.booking()
        yield made


def url_of(bot) -> str:
    return read(bot.config).database.url.get_secret_value()


async def until_two(other) -> None:
    query = "SELECT count(*) FROM installation WHERE key = 'two'"
    for _ in range(600):
        if await other.value(query):
            return
        await asyncio.sleep(0.05)
    raise TimeoutError("nobody writes")


@pytest.mark.family("R27")
async def test_a_backup_restored_is_the_shop_as_it_was(bot, tmp_path):
    file = tmp_path / "shop.backup"
    code, out, err = await bot.command("backup", str(file))
    assert (code, err) == (0, "")
    assert out.startswith(f"{file}: ")
    assert "privacy.key" in out
    assert file.stat().st_mode & 0o777 == 0o600
    before = {what: await bot.rows(what) for what in ("bookings", "customers", "audit")}
    async with bot.memory():
        installation = await shop_id()
        await Customer.filter(telegram_id=7).update(name="Somebody else")
        await put("later", "gone")
    restore(file, url_of(bot))
    assert before == {what: await bot.rows(what) for what in before}
    async with bot.memory():
        assert await shop_id() == installation
        assert await get("later") is None
    assert (await bot.command("migrate", "--check"))[0] == 0


@pytest.mark.family("R27")
async def test_a_backup_is_of_one_moment_while_others_write(bot, tmp_path):
    url, file = url_of(bot), tmp_path / "shop.backup"
    writer = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, url, cwd=ROOT)
    try:
        async with second_connection(url) as other:
            await until_two(other)
        await backup(url, file)
        assert writer.returncode is None
    finally:
        writer.kill()
        await writer.wait()
    restore(file, url)
    await use_database(url)
    one, two = int(await get("one")), int(await get("two"))
    await connection.close()
    assert one - 1 <= two <= one


async def test_the_database_itself_is_never_written_over(tmp_path, sqlite_engine):
    url = sqlite_engine.fresh()
    path, link = path_of(url), tmp_path / "link"
    before = path.read_bytes()
    link.symlink_to(path)
    async with second_connection(url) as other:
        other.raw.execute("UPDATE installation SET value = value")
        for wrong in (path, link, path.with_name(f"{path.name}-wal")):
            with pytest.raises(CannotBackUp, match="belongs to the database itself: name another"):
                await backup(url, wrong)
    assert path.read_bytes() == before


async def test_an_older_backup_stays_until_a_newer_one_is_whole(tmp_path):
    file, damaged = tmp_path / "shop.backup", tmp_path / "booking.db"
    file.write_bytes(OLDER)
    await connection.migrate(f"sqlite://{damaged}")
    text = bytearray(damaged.read_bytes())
    text[9 * 4096 : 10 * 4096] = b"\xff" * 4096
    damaged.write_bytes(text)
    with pytest.raises(CannotBackUp, match="malformed"):
        await backup(f"sqlite://{damaged}", file)
    assert file.read_bytes() == OLDER
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


async def test_what_cannot_be_written_is_named(database_url, tmp_path):
    nowhere = tmp_path / "none/shop.backup"
    with pytest.raises(CannotBackUp, match=f"^{nowhere}: No such file or directory$"):
        await backup(database_url, nowhere)


async def test_a_database_that_is_not_there_is_not_made_by_a_backup(tmp_path):
    async with sandbox() as world:
        bot = Bot(tmp_path, world, f"sqlite://{tmp_path}/none/booking.db")
        code, out, err = await bot.command("backup", str(tmp_path / "shop.backup"))
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert "there is no database yet" in err
    assert not (tmp_path / "none").exists()


async def test_without_pg_dump_it_is_said_which_program_is_missing(
    monkeypatch, tmp_path, postgres_engine
):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotBackUp, match=r"pg_dump, which is not on this machine \(Debian: apt"):
        await backup(postgres_engine.fresh(), tmp_path / "shop.backup")
    assert list(tmp_path.iterdir()) == []


def test_no_password_is_among_the_words_that_anybody_can_list(tmp_path):
    url = "postgres://anna:ca%3Anary'%5C@db.example/shop?sslmode=require"
    said = _address(url, tmp_path)
    assert "canary" not in said.replace(":", "")
    assert "host='db.example' port='5432' user='anna' dbname='shop' sslmode='require'" in said
    kept = tmp_path / "passwords"
    assert kept.read_text() == "*:*:*:*:ca\\:nary'\\\\\n"
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("ours", "said"), [(":ours", "with:"), ("", "with:theirs")])
async def test_a_password_of_the_machine_does_not_outdo_the_one_of_the_configuration(
    monkeypatch, tmp_path, ours, said
):
    telling = tmp_path / "pg_dump"
    telling.write_text('#!/bin/sh\necho "with:$PGPASSWORD" >&2\nexit 1\n')
    telling.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PGPASSWORD", "theirs")
    with pytest.raises(CannotBackUp, match=f"^{said}$"):
        await backup(f"postgres://anna{ours}@127.0.0.1:9/none", tmp_path / "shop.backup")


async def test_a_postgres_that_is_away_is_one_line(tmp_path):
    with pytest.raises(CannotBackUp, match="connection to server"):
        await backup("postgres://anna@127.0.0.1:9/none", tmp_path / "shop.backup")
    assert list(tmp_path.iterdir()) == []
