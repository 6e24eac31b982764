"""What the hosted pages say in which language, and what they let a browser do."""

import re

import pytest

from sandbox.stripe.cards import CARDS
from sandbox.stripe.tongues import LANGUAGES, tongue
from tests.sandbox.stripe_pages import get, headers, post, texts
from tests.sandbox.stripe_world import stripe_world


@pytest.fixture
async def w():
    async with stripe_world(business_name="Ada <& Co>", terms_url_set=True) as world:
        yield world


def _seconds_left(page):
    return int(re.search(r'data-seconds-left="(\d+)"', page)[1])


async def test_what_the_shop_and_the_buyer_wrote_is_shown_and_never_run(w):
    evil = '"><script>alert(1)</script>'
    price = {
        "currency": "eur",
        "unit_amount": 5000,
        "product_data": {"name": evil, "description": f"two {evil}"},
    }
    session = await w.open(
        line_items=[{"price_data": price, "quantity": 1}],
        cancel_url='https://shop.example/"onclick="x',
        consent_collection={"terms_of_service": "required"},
        custom_text={
            place: {"message": evil}
            for place in ("submit", "after_submit", "terms_of_service_acceptance")
        },
    )
    pages = [
        (await get(w, session.url))[1],
        (await post(w, session.url, number=evil, email=evil, terms="yes"))[1],
        (await post(w, session.url, number="4000002500003155", email=evil, terms="yes"))[1],
    ]
    for page in pages:
        assert "<script>" not in page
        assert '"onclick' not in page
        assert "Ada &lt;&amp; Co&gt;" in page
    assert pages[0].count("&lt;script&gt;") == 5


async def test_each_thing_is_listed_with_how_many_of_it_and_what_it_costs(w):
    price = {
        "currency": "eur",
        "unit_amount": 1250,
        "product_data": {"name": "Tea", "description": "Darjeeling"},
    }
    session = await w.open(line_items=[{"price_data": price, "quantity": 3}])
    said = texts((await get(w, session.url))[1])
    assert "Tea Darjeeling Quantity: 3 · €12.50 each €37.50" in said
    assert "Total due €37.50" in said


async def test_the_time_that_is_left_is_counted_by_the_clock_of_the_sandbox(w):
    session = await w.open(expires_at=int(w.clock()) + 1800)
    page = (await get(w, session.url))[1]
    assert (_seconds_left(page), "expires in 30 minutes" in page) == (1800, True)
    w.clock.forward(1001.5)
    page = (await get(w, session.url))[1]
    assert (_seconds_left(page), "expires in 13 minutes" in page) == (799, True)


async def test_a_day_is_not_counted_in_minutes(w):
    assert "expires in 24 hours" in (await get(w, (await w.open()).url))[1]


@pytest.mark.parametrize(
    ("locale", "accepted", "language", "amount"),
    [
        ("de", "ar", "de", "50,00\xa0€"),
        ("en-GB", "de", "en", "€50.00"),
        ("auto", "fr;q=0.9, bn-BD;q=0.8, de;q=0.1", "bn", "৫০.০০€"),
        (None, "en;q=0.4, ar", "ar", "50.00\xa0€"),
        ("fr", "de-AT", "de", "50,00\xa0€"),
        ("fr", "it, es;q=wrong, de;q=0", "en", "€50.00"),
        ("auto", "", "en", "€50.00"),
    ],
)
async def test_the_page_speaks_the_language_of_the_session_or_of_the_browser(
    w, locale, accepted, language, amount
):
    session = await w.open(**({"locale": locale} if locale else {}))
    page = (await get(w, session.url, **{"Accept-Language": accepted}))[1]
    assert f'<html lang="{language}"' in page
    assert amount in page
    assert tongue(language).chrome["total"] in page


async def test_arabic_is_written_from_right_to_left(w):
    session = await w.open()
    assert 'dir="rtl"' in (await get(w, session.url, **{"Accept-Language": "ar"}))[1]
    assert '<html lang="en" dir="ltr">' in (await get(w, session.url))[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language):
    english, other = tongue("en"), tongue(language)
    places = re.compile(r"\{\w+\}")
    assert {key: sorted(places.findall(text)) for key, text in english.chrome.items()} == {
        key: sorted(places.findall(text)) for key, text in other.chrome.items()
    }
    assert other.cards.keys() == CARDS.keys()
    assert other.declines.keys() == english.declines.keys()


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (500, "jpy", "¥500"),
        (12340, "kwd", "KWD\xa012.340"),
        (50000, "isk", "ISK\xa0500"),
        (100050, "lbp", "LBP\xa01,000.50"),
        (-1500, "usd", "−$15.00"),
    ],
)
def test_money_has_the_decimals_that_stripe_sends(amount, currency, written):
    assert tongue("en").money(amount, currency) == written


async def test_every_page_forbids_what_it_does_not_need(w):
    session = await w.open()
    for url in (session.url, f"{w.base}/c/pay/cs_test_no", f"{w.base}/receipts/ch_no"):
        sent = await headers(w, url)
        assert sent["X-Content-Type-Options"] == "nosniff"
        assert sent["Cache-Control"] == "no-store"
        policy = sent["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
        assert policy.endswith("base-uri 'none'; frame-ancestors 'none'")
        assert "unsafe" not in policy
    page = (await get(w, session.url))[1]
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", page)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://shop.example/s?x=1", " https://shop.example"),
        ("http://127.0.0.1:8080/s", " http://127.0.0.1:8080"),
        ("https://ann:pw@müller.example/s", " https://xn--mller-kva.example"),
        ("https://a;script-src/s", ""),
    ],
)
async def test_the_form_may_lead_to_the_shop_and_nowhere_else(w, address, allowed):
    session = await w.open(success_url=address)
    policy = (await headers(w, session.url))["Content-Security-Policy"]
    assert f"form-action 'self'{allowed};" in policy


async def test_the_pages_load_their_looks_from_wherever_the_sandbox_is(w):
    session = await w.open()
    page = (await get(w, session.url))[1]
    found = re.findall(r'(?:href|src)="(\.\./[^"]*)"', page)
    assert len(found) == 4
    for link in found:
        sent = await headers(w, f"{w.base}/c/pay/{link}")
        assert sent["Content-Type"].startswith(("text/css", "text/javascript", "image/svg+xml"))
    assert (await get(w, f"{w.base}/pages/words"))[0] == 404
