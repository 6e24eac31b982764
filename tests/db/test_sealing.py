"""Sealing: what is personal cannot be read from the file, nor changed unnoticed."""

import asyncio

import pytest

from db import connection, sealing
from db.models import Booking, Customer
from db.sealing import Keyring, Tampered
from tests.db.shop import NOW, open_shop
from tests.engines import second_connection

OLD, NEW = bytes(32), bytes(range(1, 33))
CANARY = "Aurelia Zzyzx"


def test_what_an_old_key_sealed_stays_readable_after_rotation():
    sealed = Keyring(OLD).seal(b"secret")
    assert Keyring(NEW, [OLD]).unseal(sealed) == b"secret"
    with pytest.raises(Tampered):
        Keyring(NEW).unseal(sealed)


def test_every_changed_byte_is_noticed():
    ring = Keyring(NEW)
    sealed = ring.seal(b"secret")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(Tampered):
            ring.unseal(bytes(changed))
    for length in range(len(sealed)):
        with pytest.raises(Tampered):
            ring.unseal(sealed[:length])


def test_the_same_words_are_sealed_differently_each_time():
    ring = Keyring(NEW)
    assert len({ring.seal(b"secret") for _ in range(50)}) == 50


def test_search_hashes_fold_words_and_depend_on_the_key():
    ring = Keyring(NEW, [OLD])
    assert ring.digests(" ADA ") == ring.digests("ada")
    assert ring.digests("ﬁn") == ring.digests("fin")
    assert ring.digests("ada")[1] == Keyring(OLD).digests("ada")[0]
    assert len(set(ring.digests("ada"))) == 2
    assert all(len(digest) == 32 for digest in ring.digests("ada"))


def test_a_key_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(b"short")


def test_nothing_is_sealed_without_a_key():
    sealing.use(None)
    with pytest.raises(RuntimeError):
        sealing.seal(b"secret")


async def test_personal_columns_come_back_as_they_were(database):
    shop = await open_shop()
    customer = await Customer.create(telegram_id=1, name=CANARY, created_at=NOW)
    booking = await shop.booking(details={"name": CANARY, "answers": {"ß": [1, None]}})
    assert (await Customer.get(id=customer.id)).name == CANARY
    assert (await Customer.get(id=customer.id)).phone is None
    read = await Booking.get(id=booking.id)
    assert read.details == {"name": CANARY, "answers": {"ß": [1, None]}}
    await Customer.filter(id=customer.id).update(name="Other")
    assert (await Customer.get(id=customer.id)).name == "Other"


async def everything_written(url: str) -> bytes:
    """What somebody reads who has the file, or every row of the server."""
    if connection.engine_of(url) == "sqlite":
        path = connection.path_of(url)
        return await asyncio.to_thread(
            lambda: b"".join(each.read_bytes() for each in path.parent.glob(path.name + "*"))
        )
    async with second_connection(url) as other:
        await other.raw.execute("SET bytea_output = 'escape'")
        tables = await other.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = [
            row["text"]
            for table in tables
            for row in await other.rows(f'SELECT t::text AS text FROM "{table["tablename"]}" t')
        ]
    return "\n".join(found).encode()


async def test_the_database_holds_no_plain_name(database_url):
    await connection.connect(database_url, keyring=Keyring(NEW))
    shop = await open_shop()
    await Customer.create(telegram_id=1, name=CANARY, phone="+4930123456", created_at=NOW)
    await shop.booking(details={"name": CANARY})
    await connection.close()
    written = await everything_written(database_url)
    assert b"haircut" in written
    assert CANARY.encode() not in written
    assert b"Zzyzx" not in written
    assert b"+4930123456" not in written
