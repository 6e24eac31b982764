"""What is permitted in a catalogue and still probably not meant."""

from collections.abc import Iterator, Sequence

from booking.catalog import Catalog, Service, Staff
from booking.catalog_mistakes import Mistake
from booking.catalog_texts import Speaking, missing_languages, texts_of
from booking.hours import DAY_MINUTES, OpenRange, parse_clock
from booking.money import WHOLE_PAYOUTS, minimum_charge, to_decimal_string
from booking.pricing import asked_online, quote


def warnings(
    catalog: Catalog, *, source: str, currency: str, languages: Sequence[str] = ()
) -> list[Mistake]:
    """Return what the operator should know about a catalogue without mistakes."""
    found = [
        Mistake(source, f"services.{service.key}.{field}", reason)
        for service in catalog.services
        for field, reason in _service(service, catalog, currency)
    ]
    idle = [member for member in catalog.staff if not any(member.hours.values())]
    found += [
        Mistake(source, f"staff.{member.key}.hours", "is empty: nobody can book this")
        for member in idle
    ]
    return found + [
        Mistake(source, key, reason) for key, reason in _untranslated(catalog, languages)
    ]


def _untranslated(catalog: Catalog, languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    for where, entry in _speaking(catalog):
        for place in texts_of(entry):
            if missing := missing_languages(place.text, languages):
                said = f"is not in {', '.join(missing)}: another language is shown instead"
                yield f"{where}.{place.field}", said


def _speaking(catalog: Catalog) -> Iterator[tuple[str, Speaking]]:
    yield from ((f"categories.{entry.key}", entry) for entry in catalog.categories)
    yield from ((f"staff.{entry.key}", entry) for entry in catalog.staff)
    yield from ((f"services.{entry.key}", entry) for entry in catalog.services)
    yield from (
        (f"closures #{number}", entry) for number, entry in enumerate(catalog.closures, start=1)
    )


def _service(service: Service, catalog: Catalog, currency: str) -> Iterator[tuple[str, str]]:
    team = [member for member in catalog.staff if member.key in service.staff]
    if service.kind == "online" and service.capacity > 1:
        yield "kind", "everybody in this group gets the same link"
    if service.capacity > 1 and any(member.units > 1 for member in team):
        yield "capacity", f"each unit seats {service.capacity}: units are not added up"
    if service.starts and service.slot_step is not None:
        yield "slot_step", "has no effect beside fixed starts"
    yield from _too_little(service, currency)
    yield from _odd_payout(service, currency)
    yield from _never_offered(service, team)


def _too_little(service: Service, currency: str) -> Iterator[tuple[str, str]]:
    one = quote(service, 1, None, currency)
    least = minimum_charge(currency)
    if asked_online(service, 1, one.price) and not one.due:
        field, asked = ("deposit", service.deposit) if service.deposit else ("price", service.price)
        yield (
            field,
            (
                f"{asked} is under Stripe's minimum, "
                f"{to_decimal_string(least)} {currency}: it is due on site"
            ),
        )


def _odd_payout(service: Service, currency: str) -> Iterator[tuple[str, str]]:
    if currency in WHOLE_PAYOUTS and service.price_in(currency).minor % 100:
        yield "price", f"{service.price} is not whole: Stripe pays {currency} out in whole units"


def _never_offered(service: Service, team: list[Staff]) -> Iterator[tuple[str, str]]:
    ranges = [span for member in team for day in member.week() for span in day]
    if not ranges:
        return
    for start in service.starts:
        if not any(_fits(span, parse_clock(start), service.duration) for span in ranges):
            yield "starts", f"{start} is never offered: it fits into nobody's hours"
    if not service.starts and all(b - a < service.duration for a, b in ranges):
        yield "duration", "is never offered: it fits into nobody's hours"


def _fits(span: OpenRange, minute: int, duration: int) -> bool:
    return any(
        span.opens <= begin and begin + duration <= span.closes
        for begin in (minute, minute + DAY_MINUTES)
    )
