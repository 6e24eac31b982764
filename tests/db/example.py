"""The example catalogue in a database, and the environment to ask about it."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from booking.catalog_file import parse_catalog
from booking.catalog_import import import_catalog
from booking.ports import Environment, Shop

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


class FixedClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW


def environment() -> Environment:
    shop = Shop(id="shop", name="Studio", timezone=ZONE, currency="EUR")
    return Environment(shop=shop, clock=FixedClock(), payments=None, randomness=None, wording=None)


def example():
    return read((ROOT / "catalog.example.toml").read_text())


def read(text: str):
    return parse_catalog(text, source="x.toml", currency="EUR", timezone="Europe/Berlin")[0]


async def stock():
    catalog = example()
    return catalog, await import_catalog(catalog, now=NOW)
