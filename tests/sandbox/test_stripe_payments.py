"""Sessions, payments and their events through the real SDK."""

import pytest
import stripe

from tests.sandbox.stripe_world import SECRET, order, stripe_world


async def test_a_session_is_created_paid_told_of_and_refunded():
    async with stripe_world() as w:
        session = await w.open(submit_type="book", metadata={"booking": "BK-1"})
        assert session.id.startswith("cs_test_")
        assert session.payment_intent is None
        result = await w.box.pay(session.id, "4242 4242 4242 4242")
        assert result["url"] == f"https://shop.example/success?session_id={session.id}"
        assert "checkout.session.completed" in w.types()
        session = await w.client.v1.checkout.sessions.retrieve_async(
            session.id,
            {"expand": ["payment_intent.latest_charge.balance_transaction", "line_items"]},
        )
        assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
        charge = session.payment_intent.latest_charge
        assert charge.balance_transaction.net == 5000 - charge.balance_transaction.fee
        assert session.line_items.data[0].amount_total == 5000
        params = {"payment_intent": session.payment_intent.id, "amount": 2000}
        refund = await w.client.v1.refunds.create_async(params)
        assert refund.status == "succeeded"
        await w.box.settle()
        assert "refund.created" in w.types()
        charge = await w.client.v1.charges.retrieve_async(charge.id, {"expand": ["refunds"]})
        assert (charge.amount_refunded, charge.refunded) == (2000, False)
        assert [one.id for one in charge.refunds.data] == [refund.id]


@pytest.mark.parametrize(
    ("card", "code", "decline"),
    [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000009987", "card_declined", "lost_card"),
        ("4000000000009979", "card_declined", "stolen_card"),
        ("4000000000000069", "expired_card", "expired_card"),
        ("4000000000000127", "incorrect_cvc", "incorrect_cvc"),
        ("4000000000000119", "processing_error", "processing_error"),
        ("4111111111111111", "card_declined", "test_mode_live_card"),
    ],
)
async def test_a_declined_card_leaves_the_session_open_for_another(card, code, decline):
    async with stripe_world() as w:
        session = await w.open()
        result = await w.box.pay(session.id, card)
        assert (result["outcome"], result["code"]) == ("declined", code)
        assert result["decline_code"] == decline
        await w.box.settle()
        assert sorted(w.types()) == [
            "charge.failed",
            "payment_intent.created",
            "payment_intent.payment_failed",
        ]
        session = await w.client.v1.checkout.sessions.retrieve_async(
            session.id, {"expand": ["payment_intent"]}
        )
        assert session.status == "open"
        assert session.payment_intent.last_payment_error.code == code
        assert (await w.box.pay(session.id, "4242424242424242"))["outcome"] == "paid"


async def test_a_session_expires_by_the_clock_and_can_no_longer_be_paid():
    async with stripe_world() as w:
        session = await w.open(expires_at=int(w.clock()) + 1800)
        w.clock.forward(1799)
        await w.box.settle()
        assert w.types() == []
        w.clock.forward(1)
        await w.box.settle()
        assert w.types() == ["checkout.session.expired"]
        assert (await w.box.pay(session.id, "4242424242424242"))["outcome"] == "closed"
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await w.client.v1.checkout.sessions.expire_async(session.id)
        assert refused.value.user_message == (
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            "This Checkout Session has a status of `expired`."
        )


async def test_the_running_application_expires_sessions_without_being_asked():
    async with stripe_world() as w:
        await w.open(expires_at=int(w.clock()) + 1800)
        w.clock.forward(1801)
        for _ in range(100):
            if w.types():
                break
            await w.call("GET", "/v1/balance")
        listed = await w.client.v1.checkout.sessions.list_async({"status": "expired"})
        assert len(listed.data) == 1


async def test_an_open_session_is_expired_by_the_api():
    async with stripe_world() as w:
        session = await w.open()
        session = await w.client.v1.checkout.sessions.expire_async(session.id)
        assert (session.status, session.url) == ("expired", None)
        await w.box.settle()
        assert w.types() == ["checkout.session.expired"]


@pytest.mark.parametrize(
    ("iban", "event", "status"),
    [
        ("AT321904300235473204", "checkout.session.async_payment_succeeded", "paid"),
        ("AT591904300235473203", "checkout.session.async_payment_failed", "unpaid"),
    ],
)
async def test_a_bank_account_completes_unpaid_and_settles_later(iban, event, status):
    async with stripe_world() as w:
        session = await w.open()
        assert (await w.box.pay(session.id, iban))["outcome"] == "processing"
        session = await w.client.v1.checkout.sessions.retrieve_async(session.id)
        assert (session.status, session.payment_status) == ("complete", "unpaid")
        params = {"payment_intent": session.payment_intent}
        with pytest.raises(stripe.InvalidRequestError):
            await w.client.v1.refunds.create_async(params)
        w.clock.forward(w.box.store.delayed_method_delay)
        await w.box.settle()
        assert event in w.types()
        session = await w.client.v1.checkout.sessions.retrieve_async(session.id)
        assert session.payment_status == status


async def test_a_secure_card_pays_only_after_the_bank_said_yes():
    async with stripe_world() as w:
        session = await w.open()
        result = await w.box.pay(session.id, "4000002500003155", authenticate=False)
        assert result["code"] == "payment_intent_authentication_failure"
        assert (await w.box.pay(session.id, "4000002500003155"))["outcome"] == "paid"


async def test_a_bank_account_is_declined_where_only_cards_are_allowed():
    async with stripe_world() as w:
        session = await w.open(allowed_payment_method_types=["card"])
        assert (await w.box.pay(session.id, "AT321904300235473204"))["outcome"] == "declined"


async def test_a_session_of_nothing_completes_without_a_payment():
    async with stripe_world() as w:
        session = await w.open(0)
        assert (await w.box.pay(session.id, ""))["outcome"] == "paid"
        session = await w.client.v1.checkout.sessions.retrieve_async(session.id)
        assert session.payment_status == "no_payment_required"
        assert session.payment_intent is None


async def test_metadata_of_session_and_intent_stay_apart_and_can_be_changed():
    async with stripe_world() as w:
        session = await w.open(
            metadata={"a": "1", "b": "2"}, payment_intent_data={"metadata": {"c": "3"}}
        )
        session = await w.client.v1.checkout.sessions.update_async(
            session.id, {"metadata": {"a": "", "d": "4"}}
        )
        assert session.metadata.to_dict() == {"b": "2", "d": "4"}
        await w.box.pay(session.id, "4242424242424242")
        session = await w.client.v1.checkout.sessions.retrieve_async(session.id)
        intent = await w.client.v1.payment_intents.retrieve_async(session.payment_intent)
        assert intent.metadata.to_dict() == {"c": "3"}


async def test_lists_page_by_cursor_newest_first_and_filter():
    async with stripe_world() as w:
        made = [(await w.open(customer_email=f"p{n}@example.com")).id for n in range(7)]
        w.clock.forward(60)
        made.append((await w.open()).id)
        listing = await w.client.v1.checkout.sessions.list_async({"limit": 3})
        assert listing.has_more
        assert [one.id async for one in listing.auto_paging_iter()] == made[::-1]
        before = {"ending_before": made[0], "limit": 2}
        listing = await w.client.v1.checkout.sessions.list_async(before)
        assert [one.id for one in listing.data] == [made[2], made[1]]
        recent = {"created": {"gte": int(w.clock())}}
        listing = await w.client.v1.checkout.sessions.list_async(recent)
        assert [one.id for one in listing.data] == made[-1:]
        person = {"customer_details": {"email": "p3@example.com"}}
        listing = await w.client.v1.checkout.sessions.list_async(person)
        assert [one.id for one in listing.data] == [made[3]]
        items = await w.client.v1.checkout.sessions.line_items.list_async(made[0])
        assert items.data[0].description == "Haircut"


async def test_ui_mode_elements_has_a_client_secret_and_no_address():
    async with stripe_world() as w:
        params = order(ui_mode="elements", return_url="https://shop.example/back")
        del params["success_url"]
        session = await w.client.v1.checkout.sessions.create_async(params)
        assert session.url is None
        assert session.client_secret.startswith(session.id)
        result = await w.box.pay(session.id, "4242424242424242")
        assert result["url"] == "https://shop.example/back"


async def test_a_ledger_shows_everything_as_json():
    async with stripe_world() as w:
        session = await w.open()
        await w.box.pay(session.id, "4242424242424242")
        await w.box.settle()
        ledger = w.box.ledger()
        assert ledger["sessions"][0]["id"] == session.id
        assert {one["type"] for one in ledger["events"]} == set(w.types())
        assert all(one["deliveries"][0]["success"] for one in ledger["events"])
        assert SECRET not in str(ledger)
