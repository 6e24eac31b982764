"""What the schedule is asked with: a service and its staff, as the catalogue has them now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from booking.catalog import Closure, Service, Staff
from booking.catalog_store import Shelf, shelf
from booking.hours import border, cell_of
from booking.ports import Shop
from booking.schedule import Resource, Rules


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A service at one or all of its staff, as the schedule sees them."""

    rules: Rules
    staff: tuple[Resource, ...]
    seats: int

    @property
    def units(self) -> list[int]:
        """Return the ids of the units where it might be."""
        return [unit for member in self.staff for unit in member.units]


async def question_of(
    shop: Shop, service_key: str, staff_key: str | None, seats: int
) -> Question | None:
    """Return the question about a service at a staff member, or any; None when there is none."""
    return _question(await shelf(), shop, service_key, staff_key, seats)


@lru_cache(maxsize=64)
def _question(
    now_shelf: Shelf, shop: Shop, service_key: str, staff_key: str | None, seats: int
) -> Question | None:
    service = now_shelf.service(service_key)
    if service is None:
        return None
    keys = now_shelf.staff_of(service_key)
    if staff_key is not None:
        keys = [key for key in keys if key == staff_key]
    resources = _resources(now_shelf, shop.timezone)
    return Question(_rules(service, shop), tuple(resources[key] for key in keys), seats)


@lru_cache(maxsize=4)
def _resources(now_shelf: Shelf, zone: ZoneInfo) -> Mapping[str, Resource]:
    return {
        member.key: Resource(
            member.key,
            member.week(),
            now_shelf.units[member.key],
            tuple(_closed(now_shelf.catalog.closures, member, zone)),
        )
        for member in now_shelf.catalog.staff
    }


def _closed(
    closures: Sequence[Closure], member: Staff, zone: ZoneInfo
) -> Iterator[tuple[int, int]]:
    for closure in closures:
        if not closure.staff or member.key in closure.staff:
            begin = border(closure.begin, zone)
            end = border(closure.end, zone, last=True)
            yield cell_of(begin), cell_of(end)


def _rules(service: Service, shop: Shop) -> Rules:
    notice, ahead = service.min_notice, service.max_days_ahead
    return Rules(
        service=service.key,
        duration=service.duration,
        before=service.buffer_before,
        after=service.buffer_after,
        step=service.slot_step or shop.slot_step_minutes,
        starts=service.fixed_starts(),
        capacity=service.capacity,
        min_notice=shop.min_notice_minutes if notice is None else notice,
        max_days_ahead=shop.max_days_ahead if ahead is None else ahead,
    )
