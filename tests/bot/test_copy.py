"""`booking-bot copy`: refused where it could lose something, whole where it is done."""

import asyncio
from pathlib import Path

import pytest

from booking.copying import copy_shop
from db import connection, jobs
from db.bell import Bell
from db.copying import CannotCopy
from db.installation import get, shop_id
from db.models import Customer
from db.single import only_bot_on
from db.transactions import rows, run
from tests.db.shop import NOW, open_shop
from tests.engines import KEYRING, second_connection, use_database
from tests.process import Bot, sandbox

WAYS = [("sqlite", "postgres"), ("postgres", "sqlite"), ("postgres", "postgres")]


@pytest.fixture(params=WAYS, ids=" to ".join)
async def move(request):
    """The URL of a database with a booking in it, and of an empty one."""
    old, new = (request.getfixturevalue(f"{name}_engine") for name in request.param)
    source, target = old.fresh(), new.empty()
    await use_database(source)
    shop = await open_shop()
    await shop.booking()
    await connection.close()
    yield source, target
    await connection.close()
    old.drop(source)
    new.drop(target)


async def copied(move):
    source, target = move
    return await copy_shop(source=source, target=target, keyring=KEYRING, tell=print)


async def test_every_row_its_id_and_what_is_sealed_are_the_same_after_a_copy(move):
    source, target = move
    await use_database(source)
    installation = await shop_id()
    await jobs.enqueue(kind="screen", key="a", payload={"say": "ড়"}, now=NOW)
    [before] = await jobs.lease(kinds=["screen"], limit=1, now=NOW)
    await Customer.create(id=70, telegram_id=8, created_at=NOW)
    await run("DELETE FROM customer WHERE id = 70")
    await connection.close()
    exports = await copied(move)
    assert exports["bookings"][0] == 1
    await use_database(target)
    assert await shop_id() == installation
    assert (await Customer.get(telegram_id=7)).name == "Ada"
    [after] = await jobs.lease(kinds=["screen"], limit=1, now=NOW)
    assert (after.id, after.payload) == (before.id, before.payload)
    assert (await Customer.create(telegram_id=9, created_at=NOW)).id > 1
    assert await get("oldest_code") is not None


async def test_an_id_that_was_given_out_is_never_given_out_again(move):
    source, target = move
    await use_database(source)
    gone = await Customer.create(telegram_id=8, created_at=NOW)
    await gone.delete()
    await connection.close()
    await copied(move)
    await use_database(target)
    assert (await Customer.create(telegram_id=9, created_at=NOW)).id > gone.id


async def test_a_target_that_holds_something_is_refused_and_left_alone(move):
    _, target = move
    await copied(move)
    with pytest.raises(CannotCopy, match=r"target is not empty: it has .*booking"):
        await copied(move)
    async with second_connection(target) as other:
        assert await other.value("SELECT count(*) FROM booking") == 1


async def test_somebody_elses_tables_are_no_place_for_a_shop(move):
    _, target = move
    await connection.migrate(target)
    await use_database(target)
    await run("CREATE TABLE theirs (x INT)")
    await run("INSERT INTO theirs VALUES (1)")
    await connection.close()
    with pytest.raises(CannotCopy, match="it has theirs"):
        await copied(move)


async def test_a_source_that_is_not_up_to_date_is_refused(move):
    source, _ = move
    await use_database(source)
    await run("DELETE FROM tortoise_migrations WHERE name LIKE '0003%'")
    await connection.close()
    with pytest.raises(CannotCopy, match="booking-bot migrate first"):
        await copied(move)


async def test_a_database_on_which_a_bot_runs_is_refused(move):
    source, _ = move
    opened = await use_database(source)
    if opened.is_sqlite:
        pytest.skip("on SQLite the file is locked")
    heard = asyncio.Event()
    ringing = asyncio.ensure_future(Bell(lambda _: heard.set()).serve())
    await heard.wait()
    await connection.close()
    with pytest.raises(CannotCopy, match="a bot runs on the database"):
        await copied(move)
    ringing.cancel()
    await asyncio.gather(ringing, return_exceptions=True)


async def test_a_copy_that_fails_leaves_nothing_and_can_be_tried_again(
    sqlite_engine, postgres_engine
):
    source, target = sqlite_engine.fresh(), postgres_engine.empty()
    await use_database(source)
    await jobs.enqueue(kind="screen", key="k" * 121, payload={}, now=NOW)
    await connection.close()
    with pytest.raises(CannotCopy, match=r"job: value too long"):
        await copied((source, target))
    await use_database(source)
    await run("DELETE FROM job")
    await connection.close()
    await copied((source, target))
    await use_database(target)
    assert await rows("SELECT * FROM job") == []
    await connection.close()
    postgres_engine.drop(target)


async def test_the_command_says_what_is_wrong_in_one_line(tmp_path, sqlite_engine):
    source = sqlite_engine.fresh()
    path = source.removeprefix("sqlite://")
    to = f"sqlite://{tmp_path}/new/booking.db"
    async with sandbox() as world:
        bot = Bot(tmp_path, world, source)
        typo = f"sqlite://{tmp_path}/new/typo/booking.db"
        code, _, err = await bot.command("copy", "--to", typo)
        assert (code, "there is no folder" in err) == (2, True)
        assert not (tmp_path / "new").exists()
        (tmp_path / "new").mkdir()
        code, _, err = await bot.command("copy", "--to", "postgres://x@127.0.0.1:1/x")
        assert (code, "--to: cannot be used: " in err, "Traceback" in err) == (1, True, False)
        with only_bot_on(type(tmp_path)(path)):
            code, _, err = await bot.command("copy", "--to", to)
        assert (code, len(err.splitlines())) == (1, 1)
        assert "is used by another bot" in err
        for wrong in ("mysql://x", source, f"sqlite://{Path(path).parent}/./{Path(path).name}"):
            code, _, err = await bot.command("copy", "--to", wrong)
            assert (code, "Traceback" in err) == (2, False)
            assert "database.url" not in err
        assert (await bot.command("migrate"))[0] == 0
        (tmp_path / "new/privacy.key").write_text("another\n")
        code, _, err = await bot.command("copy", "--to", to)
        assert code == 2
        assert "another key: move it away first" in err
        (tmp_path / "new/privacy.key").unlink()
        code, out, err = await bot.command("copy", "--to", to)
        assert code == 0, err
        assert "Now write the new address into database.url" in out
        _, out, _ = await bot.command("check")
        assert f"; copied to {to}: only one of the two may run" in out
        bot.config.write_text(bot.config.read_text().replace(source, to))
        _, out, _ = await bot.command("check")
        assert "✓ database: takes rows, schema up to date\n" in out
        keys = {(tmp_path / "new/privacy.key").read_text()}
        keys.add((type(tmp_path)(path).parent / "privacy.key").read_text())
        assert len(keys) == 1
