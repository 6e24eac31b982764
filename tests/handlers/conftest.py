"""A small shop, and screens written down the way the chat shows them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from booking.catalog import Catalog, Category, Question, Service, Staff
from booking.catalog_store import Shelf
from booking.choices import Choices
from booking.ports import Shop
from handlers.screens.frame import Frame
from handlers.words import Words

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
START = datetime(2026, 12, 4, 14, 30, tzinfo=UTC)


def read_aloud(screen) -> str:
    """A screen as text: what is said, then row by row what can be tapped."""
    rows = [" ".join(f"[{label(button)}]" for button in row) for row in screen.rows]
    keyboard = [" ".join(f"<{button.text}>" for button in row) for row in screen.reply_rows]
    return "\n".join([str(screen.text), "", *rows, *keyboard]) + "\n"


def label(button) -> str:
    link = button.url or button.copy
    return f"{button.text} -> {link}" if link else button.text


def make_shop(**changes) -> Shop:
    return Shop(
        **{
            "id": "shop-1",
            "name": "Anna & Co",
            "timezone": ZoneInfo("Europe/Berlin"),
            "currency": "EUR",
            "languages": ("en", "bn"),
            "support": "@anna",
            "address": "Main St 1 <2nd floor>",
            "terms_url": "https://anna.example/terms",
            "public_url": "https://book.anna.example",
            "admins": frozenset({900}),
            **changes,
        }
    )


def make_catalog() -> Catalog:
    def service(**spec) -> Service:
        return Service(**{"staff": ("chair-1", "chair-2"), **spec})

    return Catalog(
        categories=(Category(key="hair", name={"en": "Hair", "bn": "চুল"}),),
        staff=(
            Staff(key="chair-1", name="Chair 1"),
            Staff(key="chair-2", name={"en": "Chair 2", "bn": "চেয়ার ২"}),
        ),
        services=(
            service(
                key="yoga",
                name={"en": "Yoga class", "bn": "যোগব্যায়াম"},
                duration=90,
                price="0",
                capacity=12,
                max_seats=4,
                staff=("chair-1",),
                kind="online",
            ),
            service(
                key="haircut",
                name={"en": "Haircut <short>", "bn": "চুল কাটা"},
                description={"en": "Wash, cut & finish.", "bn": "ধোয়া, কাটা ও সাজানো।"},
                category="hair",
                duration=45,
                price="50.00",
                deposit="10.00",
                cancellation=({"hours": 24, "refund": 100}, {"hours": 2, "refund": 50}),
                questions=(
                    Question(key="notes", text={"en": "Any notes?", "bn": "কিছু বলবেন?"}),
                    Question(
                        key="length",
                        text={"en": "How long is it?", "bn": "কত লম্বা?"},
                        kind="choice",
                        required=True,
                        choices=({"en": "Short", "bn": "ছোট"}, {"en": "Long", "bn": "লম্বা"}),
                    ),
                ),
            ),
        ),
    )


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def shelf():
    catalog = make_catalog()
    return Shelf(
        revision=1,
        catalog=catalog,
        services={service.key: service for service in catalog.services},
        service_ids={"yoga": 1, "haircut": 2},
        staff_ids={"chair-1": 1, "chair-2": 2},
        units={"chair-1": (1,), "chair-2": (2,)},
    )


@pytest.fixture(params=["en", "bn"])
def words(request, shop):
    return Words(request.param, shop)


@pytest.fixture
def frame(words, shelf):
    def made(**choices) -> Frame:
        return Frame(
            words=words,
            shelf=shelf,
            draft_id=71,
            version=5,
            choices=Choices(**choices),
            now=NOW,
        )

    return made
