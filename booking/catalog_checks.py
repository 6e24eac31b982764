"""What entries of the catalogue say about each other and about the shop, checked and worded.

A check reads some fields of an entry and yields (field, reason); it is left out when one of
those fields is itself wrong, so that one mistake is told once.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from booking.catalog import Category, Closure, Coupon, Service, Staff
from booking.catalog_texts import Speaking, texts_of, unfit
from booking.hours import border
from booking.money import (
    Money,
    chargeable_step,
    maximum_charge,
    parse_amount,
    to_decimal_string,
)
from booking.pricing import quote


@dataclass(frozen=True, slots=True)
class Context:
    """What an entry may refer to, and in whose terms it is priced and timed."""

    currency: str
    zone: ZoneInfo
    keys: Mapping[str, frozenset[str]]
    """Section name to the keys written in it, those of wrong entries included."""
    languages: tuple[str, ...] = ()
    """What the shop speaks; empty when nobody said, so that texts may be in any language."""


Finding = tuple[str, str]
"""The field, and what is to be said about it."""
Check = Callable[..., Iterator[Finding]]


def amount(text: str, currency: str) -> Money:
    """Read an amount somebody can be charged; raise ValueError."""
    money = parse_amount(text, currency)
    step = Money(chargeable_step(currency), currency)
    if money.minor % step.minor:
        raise ValueError(f"{text!r} is not a multiple of {to_decimal_string(step)} {currency}")
    return money


def _price(service: Service, context: Context) -> Iterator[Finding]:
    try:
        amount(service.price, context.currency)
    except ValueError as mistake:
        yield "price", str(mistake)


def _deposit(service: Service, context: Context) -> Iterator[Finding]:
    if service.deposit is None or service.deposit_percent is not None:
        return
    try:
        amount(service.deposit, context.currency)
    except ValueError as mistake:
        yield "deposit", str(mistake)


def _deposit_within_price(service: Service, context: Context) -> Iterator[Finding]:
    if service.deposit is None or service.deposit_percent is not None:
        return
    try:
        asked = amount(service.deposit, context.currency)
        price = amount(service.price, context.currency)
    except ValueError:
        return  # told by the checks of the amounts themselves
    if asked > price:
        yield "deposit", f"{service.deposit} is more than the price, {service.price}"


def _within_maximum(service: Service, context: Context) -> Iterator[Finding]:
    try:
        asked = quote(service, service.max_seats, None, context.currency).due
    except ValueError:
        return  # told by the checks of the amounts themselves
    most = maximum_charge(context.currency)
    if asked > most:
        seats = f" for {service.max_seats} seats" if service.max_seats > 1 else ""
        yield (
            "price" if service.deposit is None else "deposit",
            (
                f"asks {to_decimal_string(asked)} {context.currency} online{seats}; "
                f"Stripe charges at most {to_decimal_string(most)}"
            ),
        )


def _category(service: Service, context: Context) -> Iterator[Finding]:
    if service.category is not None:
        yield from _known("category", "categories", (service.category,), context)


def _staff(entry: Service | Closure, context: Context) -> Iterator[Finding]:
    yield from _known("staff", "staff", entry.staff, context)


def _services(coupon: Coupon, context: Context) -> Iterator[Finding]:
    yield from _known("services", "services", coupon.services, context)


def _known(field: str, section: str, keys: tuple[str, ...], context: Context) -> Iterator[Finding]:
    for key in keys:
        if key not in context.keys[section]:
            yield field, f"{key!r} is not in [[{section}]]"


def _seats(service: Service, _: Context) -> Iterator[Finding]:
    if service.max_seats > service.capacity:
        yield "max_seats", f"{service.max_seats} is more than the capacity, {service.capacity}"


def _kind(service: Service, _: Context) -> Iterator[Finding]:
    if service.kind == "digital":
        yield (
            "kind",
            (
                "digital goods may not be sold by card inside Telegram (it wants Telegram Stars); "
                'write "in_person" or "online" for what people do together'
            ),
        )


def _cancellation(service: Service, _: Context) -> Iterator[Finding]:
    steps = service.cancellation
    for number, (earlier, later) in enumerate(itertools.pairwise(steps), start=2):
        where = f"cancellation #{number}"
        if later.hours == earlier.hours:
            yield where, f"hours = {later.hours} is listed twice"
        elif later.hours > earlier.hours:
            yield where, "hours must fall from step to step: write the longest notice first"
        elif later.refund > earlier.refund:
            yield where, f"refund rises to {later.refund} as the start comes nearer"


def _questions(service: Service, _: Context) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, question in enumerate(service.questions, start=1):
        where = f"questions #{number}"
        if question.key in seen:
            yield f"{where}.key", f"{question.key!r} is used by an earlier question too"
        seen.add(question.key)
        if question.kind == "choice" and not question.choices:
            yield f"{where}.choices", "is missing: a choice needs choices"
        if question.kind != "choice" and question.choices:
            yield f"{where}.choices", f'goes with kind = "choice", not {question.kind!r}'
        for index, choice in enumerate(question.choices):
            if choice in question.choices[:index]:
                yield f"{where}.choices", f"{next(iter(choice.values()))!r} is listed twice"


def _order(closure: Closure, context: Context) -> Iterator[Finding]:
    if border(closure.begin, context.zone) >= border(closure.end, context.zone, last=True):
        yield "to", f"{closure.end} is not after from, {closure.begin}"


def _days(coupon: Coupon, _: Context) -> Iterator[Finding]:
    if coupon.valid_from and coupon.until and coupon.valid_from > coupon.until:
        yield "until", f"{coupon.until} is before from, {coupon.valid_from}"


def _worth(coupon: Coupon, context: Context) -> Iterator[Finding]:
    if (coupon.percent is None) == (coupon.amount is None):
        yield "percent", "give either percent or amount"
    if coupon.amount is not None:
        try:
            worth = amount(coupon.amount, context.currency)
        except ValueError as mistake:
            yield "amount", str(mistake)
        else:
            if not worth:
                yield "amount", f"{coupon.amount!r} takes nothing off"


def _texts(field: str) -> tuple[frozenset[str], Check]:
    """Return the check of the texts in a field, and in the tables below it."""

    def check(entry: Speaking, context: Context) -> Iterator[Finding]:
        for place in texts_of(entry):
            if place.field.partition(" ")[0] == field:
                for reason in unfit(place, context.languages):
                    yield place.field, reason

    return frozenset({field}), check


CHECKS: Final[dict[type, tuple[tuple[frozenset[str], Check], ...]]] = {
    Category: (_texts("name"),),
    Staff: (_texts("name"),),
    Service: (
        _texts("name"),
        _texts("description"),
        (frozenset({"price"}), _price),
        (frozenset({"deposit"}), _deposit),
        (frozenset({"price", "deposit"}), _deposit_within_price),
        (frozenset({"price", "deposit", "max_seats"}), _within_maximum),
        (frozenset({"category"}), _category),
        (frozenset({"staff"}), _staff),
        (frozenset({"max_seats", "capacity"}), _seats),
        (frozenset({"kind"}), _kind),
        (frozenset({"cancellation"}), _cancellation),
        (frozenset({"questions"}), _questions),
        _texts("questions"),
    ),
    Closure: (
        (frozenset({"staff"}), _staff),
        (frozenset({"from", "to"}), _order),
        _texts("reason"),
    ),
    Coupon: (
        (frozenset({"services"}), _services),
        (frozenset({"from", "until"}), _days),
        (frozenset({"percent", "amount"}), _worth),
    ),
}
