"""The Checkout page as a person meets it."""

import pytest

from tests.sandbox.stripe_world import stripe_world

CARD = "4242424242424242"


async def _get(w, url):
    async with w.http.get(url) as page:
        return page.status, await page.text()


async def _post(w, url, **form):
    form = {"email": "ann@example.com", "card": CARD} | form
    async with w.http.post(url, data=form, allow_redirects=False) as page:
        return page.status, await page.text(), page.headers.get("Location")


async def test_the_page_shows_what_is_paid_and_leads_to_the_success_page():
    async with stripe_world() as w:
        session = await w.open(
            submit_type="book",
            cancel_url="https://shop.example/cancel",
            custom_text={"submit": {"message": "Held <until> 12:30"}},
        )
        status, text = await _get(w, session.url)
        assert status == 200
        for part in ("Haircut", "50.00 EUR", ">Book<", "shop.example/cancel", "&lt;until&gt;"):
            assert part in text
        status, _, address = await _post(w, session.url)
        assert (status, address) == (
            303,
            f"https://shop.example/success?session_id={session.id}",
        )
        assert "checkout.session.completed" in w.types()
        assert "already paid" in (await _get(w, session.url))[1]
        session = await w.client.v1.checkout.sessions.retrieve_async(
            session.id, {"expand": ["payment_intent.latest_charge"]}
        )
        assert session.customer_details.email == "ann@example.com"
        receipt = session.payment_intent.latest_charge.receipt_url
        assert "50.00 EUR" in (await _get(w, receipt))[1]


async def test_a_declined_card_is_said_and_another_may_be_tried():
    async with stripe_world() as w:
        session = await w.open()
        status, text, _ = await _post(w, session.url, number="4000 0000 0000 9995")
        assert status == 200
        assert "Your card has insufficient funds." in text
        assert "ann@example.com" in text
        assert (await _post(w, session.url))[0] == 303


@pytest.mark.parametrize(("answer", "status"), [("yes", 303), ("no", 200)])
async def test_a_secure_card_asks_the_bank_first(answer, status):
    async with stripe_world() as w:
        session = await w.open()
        card = "4000002500003155"
        first, text, _ = await _post(w, session.url, card=card)
        assert (first, "3-D Secure" in text) == (200, True)
        assert w.box.ledger()["payments"][0]["status"] == "requires_action"
        assert (await _post(w, session.url, number=card, authenticated=answer))[0] == status


async def test_terms_must_be_accepted_where_they_are_required():
    async with stripe_world(terms_url_set=True) as w:
        session = await w.open(consent_collection={"terms_of_service": "required"})
        assert "Please agree" in (await _post(w, session.url))[1]
        assert (await _post(w, session.url, terms="yes"))[0] == 303
        session = await w.client.v1.checkout.sessions.retrieve_async(session.id)
        assert session.consent.terms_of_service == "accepted"


async def test_an_expired_page_says_so_and_takes_no_money():
    async with stripe_world() as w:
        session = await w.open(expires_at=int(w.clock()) + 1800)
        w.clock.forward(1800)
        assert "expired" in (await _get(w, session.url))[1]
        assert "expired" in (await _post(w, session.url))[1]
        assert w.box.ledger()["charges"] == []


async def test_an_address_that_leads_to_nothing_is_a_404():
    async with stripe_world() as w:
        assert (await _get(w, f"{w.base}/c/pay/cs_test_no"))[0] == 404
        assert (await _get(w, f"{w.base}/receipts/ch_no"))[0] == 404
