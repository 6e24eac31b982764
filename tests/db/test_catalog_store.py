"""The catalogue in the database: keyed by `key`, imported twice as once, seen by every process."""

from booking.catalog_import import export_catalog, import_catalog
from booking.catalog_store import read_shelf, shelf
from db import installation
from db.models import Customer
from db.shop_models import Closure, Coupon, Service, Staff, Unit
from tests.db.example import NOW, example, read, stock
from tests.engines import second_connection

TABLES = ("category", "staff", "unit", "service", "closure", "coupon")


async def content(url: str) -> dict[str, list]:
    async with second_connection(url) as other:
        return {table: await other.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES}


async def test_importing_twice_changes_nothing_the_second_time(database):
    catalog, first = await stock()
    kinds = (catalog.categories, catalog.staff, catalog.services, catalog.coupons, catalog.closures)
    assert first.added == sum(map(len, kinds))
    before, revision = await content(database.url), await installation.catalog_revision()
    _, second = await stock()
    assert second.is_unchanged
    assert await content(database.url) == before
    assert await installation.catalog_revision() == revision


async def test_export_then_import_changes_nothing(database):
    await stock()
    before = await content(database.url)
    again = await import_catalog(read(await export_catalog()), now=NOW)
    assert again.is_unchanged
    assert await content(database.url) == before
    assert await export_catalog() == await export_catalog()


async def test_what_is_absent_becomes_inactive_and_comes_back_under_its_id(database):
    catalog, _ = await stock()
    ids = {row.key: row.id for row in await Service.all()}
    fewer = catalog.model_copy(
        update={"services": catalog.services[:1], "coupons": (), "staff": catalog.staff[:2]}
    )
    result = await import_catalog(fewer, now=NOW)
    assert result.deactivated >= len(catalog.services) - 1
    now_shelf = await read_shelf()
    assert set(now_shelf.services) == {catalog.services[0].key}
    assert len(await Service.all()) == len(catalog.services)
    assert await Coupon.filter(active=True).count() == 0
    assert await Staff.filter(active=True).count() == 2
    await import_catalog(catalog, now=NOW)
    assert {row.key: row.id for row in await Service.filter(active=True)} == ids


async def test_closures_of_files_are_replaced_and_those_of_admins_stay(database):
    catalog, _ = await stock()
    spec = catalog.closures[0].spec()
    await Closure.create(source="admin", spec=spec)
    assert "admin" not in await export_catalog()
    await import_catalog(catalog.model_copy(update={"closures": ()}), now=NOW)
    assert [row.source for row in await Closure.all()] == ["admin"]
    assert len((await read_shelf()).catalog.closures) == 1


async def test_units_are_added_and_never_deleted(database):
    catalog, _ = await stock()
    more = [one.model_copy(update={"units": 3}) for one in catalog.staff]
    await import_catalog(catalog.model_copy(update={"staff": tuple(more)}), now=NOW)
    assert await Unit.all().count() == 3 * len(more)
    key = catalog.staff[0].key
    assert len((await read_shelf()).units[key]) == 3
    await import_catalog(catalog, now=NOW)
    assert await Unit.all().count() == 3 * len(more)
    assert len((await read_shelf()).units[key]) == catalog.staff[0].units


async def test_a_running_process_sees_what_another_one_imported(database):
    catalog, _ = await stock()
    before = await shelf()
    assert (await shelf()) is before
    await import_catalog(catalog.model_copy(update={"coupons": ()}), now=NOW)
    after = await shelf()
    assert after.revision > before.revision
    assert list(after.coupons) == []


async def test_the_shelf_knows_what_is_offered_by_whom(database):
    catalog = example()
    await import_catalog(catalog, now=NOW)
    now_shelf = await shelf()
    service = catalog.services[0]
    assert now_shelf.staff_of(service.key) == [
        one.key for one in catalog.staff if one.key in service.staff
    ]
    assert now_shelf.service("nothing") is None
    assert now_shelf.staff_of("nothing") == []
    row = await Service.get(key=service.key)
    assert now_shelf.service_id(service.key) == row.id
    assert await Customer.all().count() == 0
