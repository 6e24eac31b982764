"""The Checkout page as a person meets it."""

import re

import pytest

from tests.sandbox.stripe_pages import CARD, get, post, texts
from tests.sandbox.stripe_world import stripe_world


@pytest.fixture
async def w():
    async with stripe_world(business_name="Ada <& Co>", terms_url_set=True) as world:
        yield world


async def test_the_page_shows_what_is_paid_and_leads_to_the_success_page():
    async with stripe_world() as w:
        session = await w.open(
            submit_type="book",
            cancel_url="https://shop.example/cancel",
            custom_text={"submit": {"message": "Held <until> 12:30"}},
        )
        status, text = await get(w, session.url)
        assert status == 200
        for part in ("Haircut", "€50.00", ">Book<", "shop.example/cancel", "&lt;until&gt;"):
            assert part in text
        status, _, address = await post(w, session.url)
        assert (status, address) == (
            303,
            f"https://shop.example/success?session_id={session.id}",
        )
        assert "checkout.session.completed" in w.types()
        assert "already paid" in (await get(w, session.url))[1]
        session = await w.client.v1.checkout.sessions.retrieve_async(
            session.id, {"expand": ["payment_intent.latest_charge"]}
        )
        assert session.customer_details.email == "ann@example.com"
        receipt = session.payment_intent.latest_charge.receipt_url
        assert "€50.00" in (await get(w, receipt))[1]


async def test_a_declined_card_is_said_and_another_may_be_tried():
    async with stripe_world() as w:
        session = await w.open()
        status, text, _ = await post(w, session.url, number="4000 0000 0000 9995")
        assert status == 200
        assert "Your card has insufficient funds." in text
        assert "ann@example.com" in text
        assert (await post(w, session.url))[0] == 303


@pytest.mark.parametrize(("answer", "status"), [("yes", 303), ("no", 200)])
async def test_a_secure_card_asks_the_bank_first(answer, status):
    async with stripe_world() as w:
        session = await w.open()
        card = "4000002500003155"
        first, text, _ = await post(w, session.url, card=card)
        assert (first, "3-D Secure" in text) == (200, True)
        assert w.box.ledger()["payments"][0]["status"] == "requires_action"
        assert (await post(w, session.url, number=card, authenticated=answer))[0] == status


async def test_terms_must_be_accepted_where_they_are_required():
    async with stripe_world(terms_url_set=True) as w:
        session = await w.open(consent_collection={"terms_of_service": "required"})
        assert "Please agree" in (await post(w, session.url))[1]
        assert (await post(w, session.url, terms="yes"))[0] == 303
        session = await w.client.v1.checkout.sessions.retrieve_async(session.id)
        assert session.consent.terms_of_service == "accepted"


async def test_an_expired_page_says_so_and_takes_no_money():
    async with stripe_world() as w:
        session = await w.open(expires_at=int(w.clock()) + 1800)
        w.clock.forward(1800)
        assert "expired" in (await get(w, session.url))[1]
        assert "expired" in (await post(w, session.url))[1]
        assert w.box.ledger()["charges"] == []


async def test_an_address_that_leads_to_nothing_is_a_404():
    async with stripe_world() as w:
        assert (await get(w, f"{w.base}/c/pay/cs_test_no"))[0] == 404
        assert (await get(w, f"{w.base}/receipts/ch_no"))[0] == 404


async def test_a_declined_card_keeps_what_was_filled_in(w):
    session = await w.open(consent_collection={"terms_of_service": "required"})
    page = (await post(w, session.url, card="4000000000009987", terms="yes"))[1]
    assert 'role="alert"' in page
    assert "Your card was declined." in page
    assert 'value="ann@example.com"' in page
    assert re.search(r'value="4000000000009987"[^>]* checked>', page)
    assert re.search(r'name="terms"[^>]* checked>', page)
    page = (await post(w, session.url, number="4111 1111", terms="yes"))[1]
    assert 'value="4111 1111"' in page
    assert "not a test number" in page


async def test_nothing_is_tried_without_a_number(w):
    session = await w.open()
    assert "Please enter a number" in (await post(w, session.url, card=""))[1]
    assert w.box.ledger()["charges"] == []


async def test_the_address_that_the_shop_knows_cannot_be_changed(w):
    session = await w.open(customer_email="known@example.com")
    page = (await get(w, session.url))[1]
    assert re.search(r'value="known@example.com" readonly', page)
    await post(w, session.url, email="other@example.com")
    assert w.box.ledger()["sessions"][0]["customer_details"]["email"] == "known@example.com"


async def test_only_numbers_that_the_session_takes_are_offered(w):
    page = (await get(w, (await w.open(currency="usd")).url))[1]
    assert ("4242 4242" in page, "AT32" in page) == (True, False)
    page = (await get(w, (await w.open(excluded_payment_method_types=["card"])).url))[1]
    assert ('value="4242' in page, 'value="AT32' in page) == (False, True)
    assert ">IBAN<" in page


async def test_where_nothing_is_due_no_number_is_asked_for(w):
    session = await w.open(amount=0)
    assert 'name="number"' not in (await get(w, session.url))[1]
    assert (await post(w, session.url, card=""))[0] == 303
    assert "There was nothing to pay" in (await get(w, session.url))[1]


async def test_the_bank_names_the_shop_and_the_amount_and_a_no_leads_back_to_the_form(w):
    session = await w.open()
    card = "4000 0025 0000 3155"
    said = texts((await post(w, session.url, number=card))[1])
    for part in ("Merchant Ada &lt;&amp; Co&gt;", "Amount €50.00", "Visa •••• 3155"):
        assert part in said
    page = (await post(w, session.url, number=card, authenticated="no"))[1]
    assert "unable to authenticate" in page
    assert 'value="ann@example.com"' in page


async def test_a_closed_page_leads_back_to_the_shop(w):
    session = await w.open(cancel_url="https://shop.example/cancel")
    await w.box.pay(session.id, CARD)
    page = (await get(w, session.url))[1]
    assert f"https://shop.example/success?session_id={session.id}" in page
    link = re.search(r'href="(\.\./\.\./receipts/[^"]*)"', page)[1]
    assert (await get(w, f"{w.base}/c/pay/{link}"))[0] == 200
    session = await w.open(cancel_url="https://shop.example/cancel")
    await w.box.pay(session.id, "AT321904300235473204")
    assert "on its way" in (await get(w, session.url))[1]
    session = await w.open(cancel_url="https://shop.example/cancel")
    w.clock.forward(86400)
    page = (await get(w, session.url))[1]
    assert "Nothing was charged" in page
    assert 'href="https://shop.example/cancel"' in page


async def test_a_bank_debit_that_failed_is_said_to_have_failed(w):
    session = await w.open()
    await w.box.pay(session.id, "AT591904300235473203")
    assert "on its way" in (await get(w, session.url))[1]
    w.clock.forward(180)
    await w.box.settle()
    assert "The bank debit failed" in (await get(w, session.url))[1]


async def test_a_receipt_tells_what_was_given_back_and_how_that_went(w):
    session = await w.open(locale="de")
    await w.box.pay(session.id, "4000000000005126")
    charge = w.box.ledger()["charges"][0]
    ask = {"charge": charge["id"], "amount": 2000}
    await w.client.v1.refunds.create_async(ask)
    said = texts((await get(w, charge["receipt_url"]))[1])
    assert "Visa •••• 5126" in said
    assert re.search(r"Erstattet am \d+\. November 2026 −20,00 €", said)
    assert "Bezahlt nach Erstattungen 30,00 €" in said
    w.clock.forward(60)
    await w.box.settle()
    said = texts((await get(w, charge["receipt_url"]))[1])
    assert "gescheitert" in said
    assert "Bezahlt nach" not in said
