"""The shelf: the catalogue as it is sold now, read from the database and kept until it changes."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from booking.catalog import Catalog, Category, Closure, Coupon, Service, Staff
from db import installation
from db.connection import database
from db.shop_models import Category as CategoryRow
from db.shop_models import Closure as ClosureRow
from db.shop_models import Coupon as CouponRow
from db.shop_models import Service as ServiceRow
from db.shop_models import Staff as StaffRow
from db.shop_models import Unit
from db.transactions import transactional

CHECK_SECONDS = 1.0
"""How long a changed catalogue may go unnoticed by another process."""


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """What can be booked at this revision: active entries only, with their rows' ids."""

    revision: int
    catalog: Catalog
    services: Mapping[str, Service]
    service_ids: Mapping[str, int]
    staff_ids: Mapping[str, int]
    units: Mapping[str, tuple[int, ...]]
    """Unit ids by staff key, the preferred one first."""

    def service(self, key: str) -> Service | None:
        """Return an active service by its key."""
        return self.services.get(key)

    def staff_of(self, service_key: str) -> list[str]:
        """Return the keys of active staff that offer a service, in the file's order."""
        service = self.services.get(service_key)
        if service is None:
            return []
        return [one.key for one in self.catalog.staff if one.key in service.staff]

    def service_id(self, key: str) -> int:
        """Return the id of a service's row."""
        return self.service_ids[key]

    def staff_id(self, key: str) -> int:
        """Return the id of a staff member's row."""
        return self.staff_ids[key]

    @property
    def coupons(self) -> Sequence[Coupon]:
        """Return the active coupons."""
        return self.catalog.coupons

    def snapshot(self, service_key: str, staff_key: str) -> dict[str, Any]:
        """Return what a booking remembers of the catalogue as the customer accepted it."""
        service = self.services[service_key]
        member = self.catalog.staff_member(staff_key)
        return {
            "service_key": service_key,
            "staff_key": staff_key,
            "service": dict(service.name),
            "staff": dict(member.name) if member else {},
            "kind": service.kind,
            "duration": service.duration,
            "policy": [[step.hours, step.refund] for step in service.cancellation],
        }


class _Kept:
    """The shelf of the open database, and when its revision was last looked at."""

    database: object | None = None
    looked_at: float = 0.0
    shelf: Shelf | None = None


async def shelf() -> Shelf:
    """Return the shelf, read anew when the catalogue's revision changed."""
    now = time.monotonic()
    kept = _Kept.shelf if _Kept.database is database() else None
    if kept is not None and now - _Kept.looked_at < CHECK_SECONDS:
        return kept
    if kept is None or kept.revision != await installation.catalog_revision():
        kept = await read_shelf()
    _Kept.database, _Kept.looked_at, _Kept.shelf = database(), now, kept
    return kept


def forget_shelf() -> None:
    """Read the catalogue anew next time: this process changed it."""
    _Kept.shelf = None


@transactional
async def read_shelf() -> Shelf:
    """Read the active catalogue in one consistent look."""
    revision = await installation.catalog_revision()
    services = await ServiceRow.filter(active=True).order_by("position")
    staff = await StaffRow.filter(active=True).order_by("position")
    categories = await CategoryRow.filter(active=True).order_by("position")
    coupons = await CouponRow.filter(active=True).order_by("position")
    closures = await ClosureRow.all().order_by("id")
    sold = [one for one in (Service.from_spec(row.spec) for row in services) if one.active]
    catalog = Catalog(
        categories=tuple(Category.from_spec(row.spec) for row in categories),
        staff=tuple(Staff.from_spec(row.spec) for row in staff),
        services=tuple(sold),
        closures=tuple(Closure.from_spec(row.spec) for row in closures),
        coupons=tuple(Coupon.from_spec(row.spec) for row in coupons),
    )
    return Shelf(
        revision=revision,
        catalog=catalog,
        services={service.key: service for service in sold},
        service_ids={row.key: row.id for row in services},
        staff_ids={row.key: row.id for row in staff},
        units=await _units(staff, catalog),
    )


async def _units(staff: Sequence[StaffRow], catalog: Catalog) -> dict[str, tuple[int, ...]]:
    rows = await Unit.all().order_by("number")
    found = {}
    for row in staff:
        member = catalog.staff_member(row.key)
        number = member.units if member else 0
        own = [unit.id for unit in rows if unit.staff_id == row.id and unit.number <= number]
        found[row.key] = tuple(own)
    return found
