"""The catalogue: what a shop offers, by whom, when and for how much.

The shapes of the catalogue file, entry by entry. What one entry says about another, and about
the shop's currency, is checked in `booking/catalog_checks.py`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
)
from pydantic_core import to_json

from booking.catalog_fields import (
    deposit_terms,
    five_minutes,
    hours_by_weekday,
    hours_range,
    local_time,
    normalised_text,
    relative_path,
    seen_once,
    start_time,
    written_text,
)
from booking.hours import WEEKDAYS, Week, parse_clock, parse_range
from booking.money import Money, parse_amount

Text = dict[str, str]
"""Words by language; a text that is the same in every language stands under ""."""

Words = Annotated[Text, BeforeValidator(normalised_text), PlainSerializer(written_text)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
# TOML gives lists; a frozen entry keeps tuples
FromList = Strict(strict=False)
Keys = Annotated[tuple[Key, ...], FromList, AfterValidator(seen_once)]
Minutes = Annotated[int, Field(ge=0, le=1440), AfterValidator(five_minutes)]
Percent = Annotated[int, Field(ge=0, le=100)]
LocalTime = Annotated[datetime, AfterValidator(local_time)]
Range = Annotated[str, AfterValidator(hours_range)]
Start = Annotated[str, AfterValidator(start_time)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Hours = Annotated[
    dict[Weekday, Annotated[tuple[Range, ...], FromList]], AfterValidator(hours_by_weekday)
]


def text_in(text: Mapping[str, str], language: str, default: str = "en") -> str:
    """Return words in a language, else in its base, the default, or whatever there is."""
    for choice in ("", language, language.partition("-")[0], default):
        if choice in text:
            return text[choice]
    return next(iter(text.values()), "")


class Entry(BaseModel):
    """One entry of the file; frozen, strict, without unknown keys."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    def spec(self) -> dict[str, object]:
        """Return the entry as JSON-able values under the file's keys, defaults left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    @classmethod
    def from_spec(cls, spec: Mapping[str, object]) -> Self:
        """Read what `spec` returned, after JSON made lists of tuples and strings of dates."""
        return cls.model_validate_json(to_json(spec))


class Category(Entry):
    """A heading services stand under."""

    key: Key
    name: Words


class Staff(Entry):
    """A person, room, court or teacher that can be booked; `units` identical ones."""

    key: Key
    name: Words
    hours: Hours = {}
    units: Annotated[int, Field(ge=1, le=100)] = 1

    def week(self) -> Week:
        """Return the hours as ranges of minutes, Monday first."""
        return tuple(
            tuple(sorted(parse_range(text) for text in self.hours.get(day, ()))) for day in WEEKDAYS
        )


class Question(Entry):
    """Something the customer is asked before the summary."""

    key: Key
    text: Words
    kind: Literal["text", "number", "choice", "phone", "email", "date"] = "text"
    required: bool = False
    choices: Annotated[tuple[Words, ...], FromList] = ()


class PolicyStep(Entry):
    """At least `hours` before the start, `refund` per cent is given back."""

    hours: Annotated[int, Field(ge=0, le=8760)]
    refund: Percent


class Service(Entry):
    """What can be booked; durations in minutes, amounts as decimal strings per seat."""

    key: Key
    name: Words
    description: Words = {}
    category: Key | None = None
    duration: Annotated[Minutes, Field(ge=5)]
    price: str
    deposit: Annotated[str, AfterValidator(deposit_terms)] | None = None
    staff: Annotated[Keys, Field(min_length=1)]
    capacity: Annotated[int, Field(ge=1, le=1000)] = 1
    max_seats: Annotated[int, Field(ge=1, le=1000)] = 1
    starts: Annotated[tuple[Start, ...], FromList, AfterValidator(seen_once)] = ()
    buffer_before: Minutes = 0
    buffer_after: Minutes = 0
    slot_step: Annotated[Minutes, Field(ge=5)] | None = None
    min_notice: Annotated[int, Field(ge=0)] | None = None
    max_days_ahead: Annotated[int, Field(ge=0, le=3650)] | None = None
    cancellation: Annotated[tuple[PolicyStep, ...], FromList] = ()
    questions: Annotated[tuple[Question, ...], FromList] = ()
    photo: Annotated[str, AfterValidator(relative_path)] | None = None
    kind: Literal["in_person", "online", "digital"] = "in_person"
    active: bool = True

    def price_in(self, currency: str) -> Money:
        """Return the price of one seat."""
        return parse_amount(self.price, currency)

    @property
    def deposit_percent(self) -> int | None:
        """The deposit when it is a per cent of the discounted price."""
        if self.deposit is None or not self.deposit.endswith("%"):
            return None
        return int(self.deposit.removesuffix("%"))

    def fixed_starts(self) -> tuple[int, ...]:
        """Return the fixed starts as minutes after local midnight; empty for a grid."""
        return tuple(sorted(parse_clock(text) for text in self.starts))


class Closure(Entry):
    """A time, in the shop's zone, in which the staff (or everybody) takes no bookings."""

    staff: Keys = ()
    begin: LocalTime = Field(alias="from")
    end: LocalTime = Field(alias="to")
    reason: Words = {}


class Coupon(Entry):
    """A code that lowers a price by a per cent or an amount, on days of the shop, inclusive."""

    code: Code
    percent: Annotated[int, Field(ge=1, le=100)] | None = None
    amount: str | None = None
    services: Keys = ()
    valid_from: date | None = Field(default=None, alias="from")
    until: date | None = None
    max_uses: Annotated[int, Field(ge=1)] | None = None
    max_uses_per_customer: Annotated[int, Field(ge=1)] | None = None


class Catalog(Entry):
    """Everything in the file, in its order."""

    categories: tuple[Category, ...] = ()
    staff: tuple[Staff, ...] = ()
    services: tuple[Service, ...] = ()
    closures: tuple[Closure, ...] = ()
    coupons: tuple[Coupon, ...] = ()

    def service(self, key: str) -> Service | None:
        """Return a service by its key."""
        return next((service for service in self.services if service.key == key), None)

    def staff_member(self, key: str) -> Staff | None:
        """Return a staff member by key."""
        return next((member for member in self.staff if member.key == key), None)
