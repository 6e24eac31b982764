"""Any catalogue survives export and import, and the way into the database and out."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.catalog import Catalog, Closure, Coupon, Service, Staff
from booking.catalog_file import dump_catalog, parse_catalog

letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])
words = st.text(letters, min_size=1, max_size=20).filter(str.strip)
lines = st.lists(words, min_size=1, max_size=3).map("\n".join)
texts = words | st.dictionaries(
    st.sampled_from(["en", "bn", "pt-br"]), words, min_size=1
)  # fmt: skip
dates = st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))


@st.composite
def catalogs(draw):
    key = st.from_regex(r"[a-z0-9-]{1,8}", fullmatch=True)
    staff = draw(st.lists(key, min_size=1, max_size=3, unique=True))
    services = [
        Service.model_validate(
            {
                "key": name,
                "name": draw(texts),
                "description": draw(lines | texts),
                "duration": 5 * draw(st.integers(1, 20)),
                "price": draw(st.sampled_from(["0", "50.00", "0.10"])),
                "staff": draw(st.permutations(staff)),
                "capacity": draw(st.integers(2, 5)),
                "max_seats": draw(st.integers(1, 2)),
                "starts": draw(st.sampled_from([[], ["18:00", "09:05"]])),
                "cancellation": draw(st.sampled_from([[], [{"hours": 24, "refund": 100}]])),
                "questions": [
                    {"key": "q", "text": draw(texts), "kind": "choice", "choices": [draw(texts)]}
                ],
                "active": draw(st.booleans()),
            }
        )
        for name in draw(st.lists(key, max_size=3, unique=True))
    ]
    first, last = sorted((draw(dates), draw(dates)))
    midnight = dt.time()
    return Catalog(
        staff=tuple(
            Staff.model_validate(
                {"key": name, "name": draw(texts), "hours": {"sun": ["22:00-02:00"], "mon": []}}
            )
            for name in staff
        ),
        services=tuple(services),
        closures=(
            Closure.model_validate(
                {
                    "from": dt.datetime.combine(first, midnight),
                    "to": dt.datetime.combine(last + dt.timedelta(days=1), midnight),
                    "staff": staff[:1],
                    "reason": draw(lines | texts),
                }
            ),
        ),
        coupons=(Coupon.model_validate({"code": "A_b-1", "percent": 7, "from": first}),),
    )


@settings(deadline=None)
@given(catalogs())
def test_any_catalogue_survives_export_and_import(catalog):
    again, _ = parse_catalog(
        dump_catalog(catalog), source="x", currency="EUR", timezone="Europe/Berlin"
    )
    assert again == catalog
    for entry in (*catalog.staff, *catalog.services, *catalog.closures, *catalog.coupons):
        assert type(entry).from_spec(entry.spec()) == entry
