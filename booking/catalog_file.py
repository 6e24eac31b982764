"""The catalogue file: TOML in, a checked catalogue out, and back."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

import tomli_w
from pydantic import ValidationError

from booking.catalog import Catalog, Category, Closure, Coupon, Entry, Service, Staff
from booking.catalog_checks import CHECKS, Context
from booking.catalog_mistakes import CatalogMistakes, Mistake
from booking.catalog_reasons import known_keys, path_of, reason_of
from booking.catalog_warnings import warnings

SECTIONS: Final[dict[str, type[Entry]]] = {
    "categories": Category,
    "staff": Staff,
    "services": Service,
    "closures": Closure,
    "coupons": Coupon,
}

# What an entry is read with in place of a value that is wrong, so that the rest is checked too.
STAND_INS: Final = tomllib.loads("""
key = "x"
code = "x"
name = "x"
duration = 5
price = "0"
staff = ["x"]
from = 2000-01-01T00:00:00
to = 2000-01-02T00:00:00
""")


@dataclass(slots=True)
class _Read:
    """One entry of the file, with the fields of it that are wrong."""

    section: str
    where: str
    entry: Entry
    wrong: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Reading:
    """A pass over the file: what was read, and every mistake found on the way."""

    source: str
    entries: list[_Read] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    def note(self, key: str, reason: str) -> None:
        self.mistakes.append(Mistake(self.source, key, reason))


def parse_catalog(
    text: str, *, source: str, currency: str, timezone: str, languages: tuple[str, ...] = ()
) -> tuple[Catalog, list[Mistake]]:
    """Read a catalogue file; return it with warnings.

    `source` is the name of the file in messages. Without `languages`, those of the shop, texts may
    be in any language. Raises CatalogMistakes listing every mistake.
    """
    reading = _Reading(source)
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as mistake:
        raise CatalogMistakes([Mistake(source, "", f"is not TOML: {mistake}")]) from None
    _read_sections(reading, tables)
    keys = {name: frozenset(_raw_keys(tables.get(name))) for name in SECTIONS}
    _check(reading, Context(currency, ZoneInfo(timezone), keys, languages))
    if reading.mistakes:
        raise CatalogMistakes(reading.mistakes)
    catalog = _gather(reading.entries)
    return catalog, warnings(catalog, source=source, currency=currency, languages=languages)


def dump_catalog(catalog: Catalog) -> str:
    """Write a catalogue as a file that reads as the same catalogue."""
    dumped = catalog.model_dump(by_alias=True, exclude_defaults=True)
    return tomli_w.dumps({name: _lists(dumped[name]) for name in SECTIONS if name in dumped})


def require_whole(catalog: Catalog, *, source: str) -> None:
    """Raise CatalogMistakes for a catalogue nothing can be booked from: a file cut off, say."""
    sections = {"services": catalog.services, "staff": catalog.staff}
    empty = [Mistake(source, "", f"has no {name}") for name, held in sections.items() if not held]
    if empty:
        raise CatalogMistakes(empty)


def _lists(value: object) -> object:
    """Turn tuples into lists all the way down: TOML has no tuples."""
    if isinstance(value, Mapping):
        return {key: _lists(inner) for key, inner in value.items()}
    return [_lists(inner) for inner in value] if isinstance(value, list | tuple) else value


def _gather(entries: Iterable[_Read]) -> Catalog:
    return Catalog.model_validate(
        {name: tuple(r.entry for r in entries if r.section == name) for name in SECTIONS}
    )


def _read_sections(reading: _Reading, tables: Mapping[str, object]) -> None:
    for name, section in tables.items():
        if name not in SECTIONS:
            reading.note(name, "is not a known section: " + ", ".join(SECTIONS))
        elif not isinstance(section, list):
            reading.note(name, f"must be a list of tables: write [[{name}]]")
        else:
            for number, raw in enumerate(section, start=1):
                _read_entry(reading, name, number, raw)


def _read_entry(reading: _Reading, section: str, number: int, raw: object) -> None:
    if not isinstance(raw, dict):
        reading.note(f"{section} #{number}", f"must be a table: write [[{section}]]")
        return
    model, name = SECTIONS[section], raw.get("key", raw.get("code"))
    where = f"{section}.{name}" if name and isinstance(name, str) else f"{section} #{number}"
    try:
        reading.entries.append(_Read(section, where, model.model_validate(raw)))
    except ValidationError as error:
        errors = error.errors(include_url=False)
        for one in errors:
            reading.note(f"{where}.{path_of(one['loc'])}", reason_of(one, known_keys(model, one)))
        wrong = frozenset(str(one["loc"][0]) for one in errors)
        sound = {key: value for key, value in raw.items() if key not in wrong}
        entry = model.model_validate({key: STAND_INS[key] for key in _required(model)} | sound)
        reading.entries.append(_Read(section, where, entry, wrong))


def _required(model: type[Entry]) -> Iterator[str]:
    return (info.alias or name for name, info in model.model_fields.items() if info.is_required())


def _check(reading: _Reading, context: Context) -> None:
    seen: set[tuple[str, str]] = set()
    for read in reading.entries:
        for fields, check in CHECKS.get(type(read.entry), ()):
            if not fields & read.wrong:
                for key, reason in check(read.entry, context):
                    reading.note(f"{read.where}.{key}", reason)
        _twice(reading, read, seen)


def _twice(reading: _Reading, read: _Read, seen: set[tuple[str, str]]) -> None:
    """Note a key or code that an earlier entry of the section has; codes ignore case."""
    for name in {"key", "code"} - read.wrong:
        if isinstance(key := getattr(read.entry, name, None), str):
            if (read.section, key.casefold()) in seen:
                reading.note(f"{read.where}.{name}", "is used by an earlier entry too")
            seen.add((read.section, key.casefold()))


def _raw_keys(section: object) -> Iterator[str]:
    for raw in section if isinstance(section, list) else ():
        if isinstance(raw, dict) and isinstance(raw.get("key"), str):
            yield raw["key"]
