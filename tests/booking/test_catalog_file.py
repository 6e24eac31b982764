"""The catalogue file: everything wrong in it is told at once; what is right survives a trip."""

import copy
import re
from pathlib import Path

import pytest
import tomli_w

from booking.catalog import Catalog, text_in
from booking.catalog_file import dump_catalog, parse_catalog
from booking.catalog_mistakes import CatalogMistakes
from booking.catalog_photos import missing_photos
from booking.hours import parse_range
from tests.booking.wrong_catalogs import CLOSURE, CUT, GONE, QUESTION, RIGHT, STAFF, WRONG

EXAMPLE = Path(__file__).parents[2] / "catalog.example.toml"
DATE = re.compile(r"= \"(\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ?)?)\"")


def written(*changes):
    """The right catalogue as TOML, with changes; quoted dates become dates."""
    tables = copy.deepcopy(RIGHT)
    for (section, number), change in changes:
        entry = tables[section][number] | change
        tables[section][number] = {k: v for k, v in entry.items() if v is not GONE}
    return DATE.sub(r"= \1", tomli_w.dumps(tables))


def parse(text, currency="EUR", languages=()):
    return parse_catalog(
        text,
        source="shop.toml",
        currency=currency,
        timezone="Europe/Berlin",
        languages=languages,
    )


def mistakes_in(text, currency="EUR", languages=()):
    with pytest.raises(CatalogMistakes) as raised:
        parse(text, currency, languages)
    return [(mistake.key, mistake.reason) for mistake in raised.value.mistakes]


@pytest.mark.parametrize(
    ("where", "change", "key", "said"), WRONG, ids=[f"{w[2]}-{w[3][:20]}" for w in WRONG]
)
def test_a_mistake_is_told_once_with_its_place_and_its_reason(where, change, key, said):
    told = mistakes_in(written((where, change)))
    assert any(found == key and said in reason for found, reason in told), told
    # a key that is gone or wrong may be missed by whoever refers to it
    allowed = 2 if "key" in change else 1
    assert len(told) <= allowed, told


def test_all_mistakes_are_told_at_once():
    told = mistakes_in(
        written(
            (CUT, {"duration": 47, "max_seats": 3, "category": "nails", "price": "5.0"}),
            (STAFF, {"units": 0}),
        )
    )
    assert [key for key, _ in told] == [
        "staff.anna.units",
        "services.cut.duration",
        "services.cut.price",
        "services.cut.category",
        "services.cut.max_seats",
    ]


def test_a_mistake_names_file_key_and_reason():
    with pytest.raises(CatalogMistakes) as raised:
        parse(written((CUT, {"max_seats": 2})))
    assert str(raised.value) == (
        "shop.toml: services.cut.max_seats: 2 is more than the capacity, 1"
    )


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("[[services]", "", "is not TOML"),
        ("key = 1\nkey = 2", "", "is not TOML"),
        ("[[service]]\n", "service", "is not a known section: categories, staff"),
        ("[services]\n", "services", "write [[services]]"),
        ("services = [1]\n", "services #1", "must be a table"),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused(text, key, said):
    (told,) = mistakes_in(text)
    assert told[0] == key
    assert said in told[1]


def test_codes_that_differ_in_case_only_are_the_same():
    codes = [{"code": code, "percent": 5} for code in ("WELCOME10", "welcome10")]
    told = mistakes_in(tomli_w.dumps({"coupons": codes}))
    assert told == [("coupons.welcome10.code", "is used by an earlier entry too")]


@pytest.mark.parametrize(
    ("price", "currency", "said"),
    [
        ("50.00", "JPY", "JPY has 0"),
        ("5.124", "KWD", "not a multiple of 0.010 KWD"),
        ("5.50", "ISK", "not a multiple of 1.00 ISK"),
    ],
)
def test_amounts_are_of_the_shops_currency(price, currency, said):
    ((key, reason),) = mistakes_in(written((CUT, {"price": price})), currency)
    assert key == "services.cut.price"
    assert said in reason


GERMAN = {"de": "Haarschnitt"}


@pytest.mark.parametrize(
    ("where", "change", "key"),
    [
        (STAFF, {"name": GERMAN}, "staff.anna.name"),
        (CUT, {"name": GERMAN}, "services.cut.name"),
        (CUT, {"description": GERMAN}, "services.cut.description"),
        (CUT, {"questions": [QUESTION | {"text": GERMAN}]}, "services.cut.questions #1.text"),
        (
            CUT,
            {"questions": [QUESTION | {"kind": "choice", "choices": [GERMAN]}]},
            "services.cut.questions #1.choices #1",
        ),
        (CLOSURE, {"reason": GERMAN}, "closures #1.reason"),
    ],
)
def test_a_text_in_no_language_of_the_shop_is_a_mistake(where, change, key):
    text = written((where, change))
    assert mistakes_in(text, languages=("en", "bn")) == [
        (key, "has none of the shop's languages: en, bn")
    ]
    parse(text)  # whoever does not know the shop's languages accepts any


def test_a_missing_translation_is_warned_about_and_falls_back():
    changes = (CUT, {"name": {"en": "Haircut"}}), (CLOSURE, {"reason": {"bn": "মেলা"}})
    _, told = parse(written(*changes), languages=("en", "bn"))
    assert [str(warning) for warning in told] == [
        "shop.toml: services.cut.name: is not in bn: another language is shown instead",
        "shop.toml: closures #1.reason: is not in en: another language is shown instead",
    ]


@pytest.mark.parametrize("name", ["Haircut", {"pt": "Corte"}, {"pt-br": "Corte"}])
def test_a_text_for_everybody_or_in_the_base_language_is_translated(name):
    assert parse(written((CUT, {"name": name})), languages=("pt-br",))[1] == []


def test_texts_as_long_as_they_may_be_are_accepted_with_lines_and_joiners():
    asked = {"key": "q", "text": "x" * 200, "kind": "choice", "choices": ["x" * 60]}
    long = {"name": "x" * 100, "description": "line\n" * 200, "questions": [asked]}
    catalog, _ = parse(written((CUT, long), (STAFF, {"name": "র\u200d্যা"})))
    assert catalog.service("cut").description == {"": "line\n" * 200}


@pytest.mark.parametrize(
    ("changes", "key", "said"),
    [
        ([(CUT, {"kind": "online", "capacity": 5})], "services.cut.kind", "same link"),
        ([(CUT, {"price": "0.40"})], "services.cut.price", "0.50 EUR: it is due on site"),
        ([(CUT, {"deposit": "0.40"})], "services.cut.deposit", "0.50 EUR: it is due on site"),
        (
            [(CUT, {"price": "1.00", "deposit": "30%"})],
            "services.cut.deposit",
            "30% is under Stripe's minimum, 0.50 EUR: it is due on site",
        ),
        (
            [(CUT, {"capacity": 5}), (STAFF, {"units": 2})],
            "services.cut.capacity",
            "units are not added up",
        ),
        ([(CUT, {"starts": ["17:30"]})], "services.cut.starts", "17:30 is never offered"),
        ([(CUT, {"duration": 600})], "services.cut.duration", "is never offered"),
        (
            [(CUT, {"starts": ["10:00"], "slot_step": 15})],
            "services.cut.slot_step",
            "no effect beside fixed starts",
        ),
        ([(STAFF, {"hours": {}})], "staff.anna.hours", "nobody can book this"),
    ],
)
def test_what_is_odd_is_warned_about_and_accepted(changes, key, said):
    _, ((warning),) = parse(written(*changes))
    assert warning.key == key
    assert said in warning.reason


def test_what_is_not_paid_out_is_warned_about():
    _, told = parse(written((CUT, {"price": "5000.50"})), "HUF")
    assert [warning.reason for warning in told] == [
        "5000.50 is not whole: Stripe pays HUF out in whole units"
    ]
    assert parse(written((CUT, {"price": "5000.00"})), "HUF")[1] == []


@pytest.mark.parametrize("change", [{"price": "3000000.00", "deposit": "10%"}, {"deposit": "0%"}])
def test_a_price_may_be_larger_than_what_is_asked_online_and_a_deposit_nothing(change):
    assert parse(written((CUT, change)))[1] == []


def test_a_right_catalogue_has_no_warnings():
    catalog, warnings = parse(written())
    assert warnings == []
    assert catalog.service("cut").price_in("EUR").minor == 5000
    assert catalog.staff_member("bela").week()[6] == (parse_range("20:00-02:00"),)
    assert catalog.service("nails") is None
    assert catalog.staff_member("carl") is None


def test_a_start_after_midnight_fits_into_hours_of_the_evening_before():
    _, warnings = parse(written((CUT, {"staff": ["bela"], "starts": ["00:30"]})))
    assert warnings == []


def test_the_example_is_a_believable_shop_without_warnings():
    catalog, warnings = parse(EXAMPLE.read_text(), languages=("en", "bn"))
    assert warnings == []
    assert [member.key for member in catalog.staff][:2] == ["anna", "bela"]
    assert catalog.service("yoga").capacity > 1
    assert catalog.service("yoga").fixed_starts() == (600, 1080)
    assert catalog.service("colour").deposit_percent == 30
    assert not catalog.service("consultation").price_in("EUR")
    assert {question.kind for question in catalog.service("colour").questions} == {
        "choice",
        "text",
    }
    assert [coupon.code for coupon in catalog.coupons] == ["WELCOME10"]
    for entry in (*catalog.categories, *catalog.staff, *catalog.services):
        assert entry.name.keys() == {"en", "bn"}


def test_the_example_survives_export_and_import():
    catalog, _ = parse(EXAMPLE.read_text())
    again, _ = parse(dump_catalog(catalog))
    assert again == catalog
    assert dump_catalog(again) == dump_catalog(catalog)


def test_an_empty_file_is_an_empty_shop():
    assert parse("") == (Catalog(), [])
    assert dump_catalog(Catalog()) == ""


def test_photos_that_are_not_there_are_named(tmp_path):
    catalog, _ = parse(written((CUT, {"photo": "photos/cut.jpg"})))
    (missing,) = missing_photos(catalog, tmp_path, source="shop.toml")
    assert str(missing) == "shop.toml: services.cut.photo: 'photos/cut.jpg' is not a file"
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cut.jpg").touch()
    assert missing_photos(catalog, tmp_path, source="shop.toml") == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("bn", "চুল"), ("bn-BD", "চুল"), ("en", "Hair"), ("fr", "Hair")],
)
def test_words_fall_back_to_the_base_language_then_the_default(language, words):
    assert text_in({"bn": "চুল", "en": "Hair"}, language, "en") == words
    assert text_in({"": "Anna"}, language, "en") == "Anna"
    assert text_in({}, language, "en") == ""
