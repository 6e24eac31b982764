"""The smallest shop there is: something to claim and somebody who books it."""

from datetime import UTC, datetime, timedelta
from itertools import count

from db.models import Booking, Customer
from db.shop_models import Service, Staff, Unit

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CELL = 300
_numbers = count(1)


def cells(minute: int, minutes: int) -> range:
    """The cells of `minutes` from so many minutes after NOW."""
    first = (int(NOW.timestamp()) + minute * 60) // CELL
    return range(first, first + minutes // 5)


def at(minute: int) -> datetime:
    return NOW + timedelta(minutes=minute)


class Shop:
    """Rows to book with."""

    def __init__(self, service: Service, other: Service, staff: Staff, units: list[Unit]) -> None:
        self.service, self.other, self.staff, self.units = service, other, staff, units
        self.customer: Customer | None = None

    async def booking(self, **values) -> Booking:
        number = next(_numbers)
        given = {
            "reference": f"BK-{number:06d}",
            "customer_id": self.customer.id,
            "service_id": self.service.id,
            "staff_id": self.staff.id,
            "start": NOW,
            "end": at(60),
            "seats": 1,
            "price_minor": 5000,
            "discount_minor": 0,
            "due_minor": 5000,
            "onsite_minor": 0,
            "currency": "EUR",
            "snapshot": {},
            "details": {},
            "held_until": at(30),
            "created_at": NOW,
            **values,
        }
        return await Booking.create(**given)


async def open_shop(units: int = 2) -> Shop:
    service = await Service.create(key="haircut", position=0, spec={})
    other = await Service.create(key="shave", position=1, spec={})
    staff = await Staff.create(key="chair", position=0, spec={})
    made = [await Unit.create(staff_id=staff.id, number=number + 1) for number in range(units)]
    shop = Shop(service, other, staff, made)
    shop.customer = await Customer.create(telegram_id=7, name="Ada", created_at=NOW)
    return shop
