"""The catalogue file into the database and back: keyed by `key`, idempotent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from booking.catalog import Catalog, Category, Closure, Coupon, Entry, Service, Staff
from booking.catalog_file import dump_catalog
from booking.catalog_store import forget_shelf
from db import installation
from db.occupancy import sold_ahead
from db.shop_models import Category as CategoryRow
from db.shop_models import Closure as ClosureRow
from db.shop_models import Coupon as CouponRow
from db.shop_models import Service as ServiceRow
from db.shop_models import Staff as StaffRow
from db.shop_models import Unit
from db.transactions import transactional

Keyed = type[CategoryRow] | type[StaffRow] | type[ServiceRow]
FILE = "file"


@dataclass(slots=True)
class ImportResult:
    """What an import changed, and what a person should know."""

    added: int = 0
    changed: int = 0
    deactivated: int = 0
    warnings: list[str] = field(default_factory=list)

    @property
    def is_unchanged(self) -> bool:
        """Tell whether the database already said the same."""
        return not (self.added or self.changed or self.deactivated)


async def import_catalog(catalog: Catalog, *, now: datetime) -> ImportResult:
    """Make the database sell what the file says; entries absent from it become inactive.

    Closures of files are replaced, those of admins stay. Seats sold already are kept, with a
    warning where the file no longer offers them.
    """
    result = await _import(catalog, now)
    forget_shelf()
    return result


@transactional
async def _import(catalog: Catalog, now: datetime) -> ImportResult:
    result = ImportResult()
    result.warnings = await _sold_but_gone(catalog, now)
    await _keyed(CategoryRow, catalog.categories, result)
    await _keyed(StaffRow, catalog.staff, result)
    await _keyed(ServiceRow, catalog.services, result)
    await _coupons(catalog.coupons, result)
    await _units(catalog.staff)
    await _closures(catalog.closures, result)
    if not result.is_unchanged:
        await installation.next_catalog_revision()
    return result


async def _keyed(
    model: Keyed, entries: Sequence[Category | Staff | Service], result: ImportResult
) -> None:
    known = {row.key: row for row in await model.all()}
    for position, entry in enumerate(entries):
        row = known.pop(entry.key, None)
        if row is None:
            await model.create(key=entry.key, position=position, spec=entry.spec())
            result.added += 1
        else:
            await _update(row, position, entry, result)
    await _deactivate(known.values(), result)


async def _coupons(entries: Sequence[Coupon], result: ImportResult) -> None:
    known = {row.code: row for row in await CouponRow.all()}
    for position, entry in enumerate(entries):
        row = known.pop(entry.code, None)
        if row is None:
            await CouponRow.create(code=entry.code, position=position, spec=entry.spec())
            result.added += 1
        else:
            await _update(row, position, entry, result)
    await _deactivate(known.values(), result)


async def _update(
    row: CategoryRow | StaffRow | ServiceRow | CouponRow,
    position: int,
    entry: Entry,
    result: ImportResult,
) -> None:
    spec = entry.spec()
    if (row.position, row.active, row.spec) == (position, True, spec):
        return
    row.position, row.active, row.spec = position, True, spec
    await row.save()
    result.changed += 1


async def _deactivate(
    left: Iterable[CategoryRow | StaffRow | ServiceRow | CouponRow], result: ImportResult
) -> None:
    for row in left:
        if row.active:
            row.active = False
            await row.save()
            result.deactivated += 1


async def _units(staff: Sequence[Staff]) -> None:
    ids = {row.key: row.id for row in await StaffRow.all()}
    have = {(unit.staff_id, unit.number) for unit in await Unit.all()}
    for member in staff:
        for number in range(1, member.units + 1):
            if (ids[member.key], number) not in have:
                await Unit.create(staff_id=ids[member.key], number=number)


async def _closures(closures: Sequence[Closure], result: ImportResult) -> None:
    specs = [closure.spec() for closure in closures]
    old = await ClosureRow.filter(source=FILE).order_by("id")
    if [row.spec for row in old] == specs:
        return
    await ClosureRow.filter(source=FILE).delete()
    for spec in specs:
        await ClosureRow.create(source=FILE, spec=spec)
    if old:
        result.changed += 1
    else:
        result.added += len(specs)


async def _sold_but_gone(catalog: Catalog, now: datetime) -> list[str]:
    """Name what is sold ahead although the file no longer offers it."""
    told: dict[str, int] = {}
    for row in await sold_ahead(now):
        for words in _gone(catalog, row["service"], row["staff"], row["unit"], row["seats"]):
            told[words] = told.get(words, 0) + row["bookings"]
    return [f"{words}: {number} sold ahead are kept" for words, number in sorted(told.items())]


def _gone(catalog: Catalog, service: str, staff: str, unit: int, seats: int) -> Iterable[str]:
    sold, member = catalog.service(service), catalog.staff_member(staff)
    if sold is None or not sold.active:
        yield f"services.{service} is no longer offered"
    elif staff not in sold.staff:
        yield f"services.{service} is no longer offered by {staff}"
    elif seats > sold.capacity:
        yield f"services.{service}.capacity is below what is sold"
    if member is None:
        yield f"staff.{staff} is gone"
    elif unit > member.units:
        yield f"staff.{staff}.units is below what is sold"


async def export_catalog() -> str:
    """Write the catalogue of the database as a file; importing it changes nothing."""
    return dump_catalog(
        Catalog(
            categories=tuple(
                Category.from_spec(row.spec)
                for row in await CategoryRow.filter(active=True).order_by("position")
            ),
            staff=tuple(
                Staff.from_spec(row.spec)
                for row in await StaffRow.filter(active=True).order_by("position")
            ),
            services=tuple(
                Service.from_spec(row.spec)
                for row in await ServiceRow.filter(active=True).order_by("position")
            ),
            closures=tuple(
                Closure.from_spec(row.spec)
                for row in await ClosureRow.filter(source=FILE).order_by("id")
            ),
            coupons=tuple(
                Coupon.from_spec(row.spec)
                for row in await CouponRow.filter(active=True).order_by("position")
            ),
        )
    )
