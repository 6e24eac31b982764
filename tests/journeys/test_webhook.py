"""What Stripe tells us, twice, late, out of order, forged, or not fitting."""

import asyncio
import hashlib
import hmac
import io
import itertools
import json

import aiohttp
import pytest

from booking.confirm import Standing, confirm
from db.money_models import Review
from tests.journeys.test_conversation import ADA, BELA, to_summary
from tests.process import WEBHOOK_SECRET


async def to_pay(shop, user=ADA, time="^11:00"):
    await to_summary(shop, user, time)
    await shop.taps(user, "^Confirm")
    return shop.sessions()[-1]["id"]


def signed(shop, body: bytes, *, secret=WEBHOOK_SECRET, ahead=0):
    at = int(shop.world.clock.now()) + ahead
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={at},v1={mac}"}


async def post(shop, body: bytes, headers, path="/webhooks/stripe") -> int:
    url = shop.bot.url + path
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, data=body, headers=headers) as answer,
    ):
        await answer.read()
        return answer.status


def event(kind, session, *, number=1):
    return json.dumps(
        {
            "id": f"evt_{number}",
            "object": "event",
            "type": f"checkout.session.{kind}",
            "livemode": False,
            "data": {"object": session},
        }
    ).encode()


def documents(shop, user=ADA):
    return [m["document"]["file_name"] for m in shop.telegram.chat(user) if m.get("document")]


async def test_a_hundred_copies_at_once_confirm_once(shop):
    session = await to_pay(shop)
    shop.recovers()
    await shop.pays(session)
    body = event("completed", shop.sessions()[-1])
    answers = await asyncio.gather(*(post(shop, body, signed(shop, body)) for _ in range(100)))
    more = [event("completed", shop.sessions()[-1], number=n) for n in range(2, 30)]
    answers += await asyncio.gather(*(post(shop, b, signed(shop, b)) for b in more))
    await shop.settle()
    assert set(answers) == {200}
    assert len(documents(shop)) == 1
    payments = await shop.exported("payments")
    assert [row["status"] for row in payments] == ["succeeded"]


@pytest.mark.parametrize(
    "kinds",
    list(itertools.permutations(["completed", "async_payment_succeeded", "expired"])),
    ids="-".join,
)
async def test_the_order_of_events_changes_nothing(shop, kinds):
    session = await to_pay(shop)
    await shop.pays(session)
    for number, kind in enumerate(kinds):
        body = event(kind, shop.sessions()[-1], number=number)
        assert await post(shop, body, signed(shop, body)) == 200
    await shop.settle()
    assert [row["status"] for row in await shop.exported("bookings")] == ["confirmed"]


async def test_forged_stale_future_and_broken_events_change_nothing(shop):
    session = await to_pay(shop)
    body = event("completed", {**shop.sessions()[-1], "id": session, "payment_status": "paid"})
    wrong = [
        {},
        {"Stripe-Signature": "t=1,v1=é"},
        signed(shop, body, secret="whsec_of_somebody_else"),
        signed(shop, body, ahead=-301),
        signed(shop, body, ahead=330),
    ]
    assert {await post(shop, body, headers) for headers in wrong} == {400}
    for broken in (b"\xff\xfe", b"[]", b"null", b"{", b"[" * 100_000):
        assert await post(shop, broken, signed(shop, broken)) == 400
    assert await post(shop, io.BytesIO(b"x" * 2_000_000), {}) == 400
    large = b"x" * 2_000_000
    assert await post(shop, io.BytesIO(large), signed(shop, large)) == 413
    await shop.settle()
    assert [row["status"] for row in await shop.exported("bookings")] == ["awaiting_payment"]


async def test_an_event_of_a_session_nobody_paid_confirms_nothing(shop):
    session = await to_pay(shop)
    lie = {**shop.sessions()[-1], "id": session, "payment_status": "paid", "status": "complete"}
    body = event("completed", lie)
    assert await post(shop, body, signed(shop, body)) == 200
    await shop.settle()
    assert [row["status"] for row in await shop.exported("bookings")] == ["awaiting_payment"]


async def test_a_foreign_event_is_accepted_and_ignored(shop):
    body = event(
        "completed", {"id": "cs_test_foreign", "object": "checkout.session", "metadata": {}}
    )
    assert await post(shop, body, signed(shop, body), "/api/webhooks/stripe") == 200
    await shop.settle()
    assert await shop.exported("bookings") == []


async def test_a_payment_is_found_though_its_event_overtakes_our_own_save(shop):
    await to_summary(shop)
    shop.fails("POST /v1/checkout/sessions$", "lost")
    await shop.taps(ADA, "^Confirm")
    await shop.pays(shop.sessions()[-1]["id"])
    assert [row["status"] for row in await shop.exported("bookings")] == ["confirmed"]
    assert len(await shop.exported("payments")) == 1


async def test_the_success_page_confirms_when_the_webhook_is_lost(shop):
    session = await to_pay(shop)
    shop.fails("WEBHOOK", "drop")
    await shop.pays(session)
    async with aiohttp.ClientSession() as http:
        url = f"{shop.bot.url}/booking/success?session_id={session}"
        async with http.get(url) as answer:
            page = await answer.text()
    await shop.settle()
    assert "Haircut" in page
    assert "BK-" in page
    assert [row["status"] for row in await shop.exported("bookings")] == ["confirmed"]


async def test_i_have_paid_tells_the_truth(shop):
    session = await to_pay(shop)
    await shop.taps(ADA, "^I have paid")
    assert [row["status"] for row in await shop.exported("bookings")] == ["awaiting_payment"]
    shop.fails("WEBHOOK", "drop")
    await shop.pays(session)
    await shop.taps(ADA, "^I have paid")
    assert [row["status"] for row in await shop.exported("bookings")] == ["confirmed"]


async def test_a_payment_of_another_amount_is_parked_with_a_card(shop):
    session = await to_pay(shop)
    shop.tampers(session, amount_total=1)
    await shop.telegram.start(9)
    await shop.pays(session)
    row = (await shop.exported("bookings"))[0]
    assert row["status"] == "processing"
    assert documents(shop) == []
    assert shop.reads(9, "(?i)amount")


async def test_two_customers_pay_two_bookings(shop):
    one = await to_pay(shop, ADA)
    two = await to_pay(shop, BELA, "^14:00")
    await asyncio.gather(
        shop.stripe.pay(one, "4242424242424242"), shop.stripe.pay(two, "4242424242424242")
    )
    await shop.settle()
    assert [row["status"] for row in await shop.exported("bookings")] == ["confirmed"] * 2
    assert documents(shop, ADA)
    assert documents(shop, BELA)


def copy_of(shop, session_id, **fields):
    """Another session at Stripe for the same booking, as if somebody had made it by hand."""
    store = shop.stripe.store
    twin = f"{session_id}twin"
    store.sessions[twin] = {**store.sessions[session_id], "id": twin, **fields}
    store.line_items[twin] = store.line_items[session_id]
    store.intent_data[twin] = store.intent_data.get(session_id, {})
    return twin


async def test_a_second_payment_is_recorded_parked_and_told_never_dropped(shop):
    session = await to_pay(shop)
    await shop.telegram.start(9)
    twin = copy_of(shop, session)
    await shop.pays(session)
    await shop.pays(twin)
    assert [row["status"] for row in await shop.exported("bookings")] == ["confirmed"]
    assert [row["status"] for row in await shop.exported("payments")] == ["succeeded"] * 2
    assert shop.reads(9, "(?i)second|twice")
    assert len(documents(shop)) == 1


async def test_a_payment_with_our_mark_but_no_booking_is_parked(shop):
    session = await to_pay(shop)
    await shop.telegram.start(9)
    twin = copy_of(shop, session, client_reference_id="BK-000000")
    await shop.pays(twin)
    assert [row["status"] for row in await shop.exported("bookings")] == ["awaiting_payment"]
    assert shop.reads(9, "BK-000000")


async def test_a_payment_for_an_unknown_booking_is_parked_once_by_whoever_learns_of_it(shop):
    session = await to_pay(shop)
    await shop.telegram.start(9)
    shop.fails("WEBHOOK", "drop")
    twin = copy_of(shop, session, client_reference_id="BK-000000")
    await shop.pays(twin)
    env = shop.app.environment
    standings = await asyncio.gather(*(confirm(env, twin) for _ in range(4)))
    assert set(standings) == {Standing.PARKED}
    assert await Review.all().count() == 1


async def test_a_strange_session_that_several_learn_of_at_once_is_booked_once(shop):
    session = await to_pay(shop)
    shop.fails("WEBHOOK", "drop")
    twin = copy_of(shop, session)
    await shop.pays(twin)
    env = shop.app.environment
    standings = await asyncio.gather(*(confirm(env, twin) for _ in range(4)))
    assert set(standings) == {Standing.PARKED}
    assert sorted(row["session_id"] for row in await shop.exported("payments")) == sorted(
        [session, twin]
    )


async def test_a_customer_who_blocked_the_bot_gets_the_receipt_when_back(shop):
    session = await to_pay(shop)
    await shop.telegram.start(9)
    await shop.telegram.block(ADA)
    await shop.settle()
    await shop.pays(session)
    assert documents(shop) == []
    assert [row["status"] for row in await shop.exported("bookings")] == ["confirmed"]
    assert [row["blocked"] for row in await shop.exported("customers")][:1] == [True]
    await shop.telegram.unblock(ADA)
    await shop.settle()
    assert len(documents(shop)) == 1
    assert shop.reads(ADA, "Receipt")


async def test_a_customer_who_blocked_the_bot_is_written_to_no_more(shop):
    session = await to_pay(shop)
    await shop.telegram.block(ADA)
    await shop.settle()
    before = len(shop.telegram.calls)
    await shop.pays(session)
    sent = shop.telegram.calls[before:]
    assert [call.method for call in sent if str(call.params.get("chat_id")) == str(ADA)] == []


async def test_a_delayed_payment_keeps_the_slot_and_finishes_later(shop):
    session = await to_pay(shop)
    await shop.pays(session, "AT321904300235473204")
    assert [row["status"] for row in await shop.exported("bookings")] == ["processing"]
    await shop.time_passes(40 * 60)
    assert [row["status"] for row in await shop.exported("bookings")] == ["confirmed"]


async def test_a_declined_card_leaves_the_session_payable(shop):
    session = await to_pay(shop)
    assert (await shop.pays(session, "4000000000000002"))["outcome"] == "declined"
    assert [row["status"] for row in await shop.exported("bookings")] == ["awaiting_payment"]
    assert (await shop.pays(session))["outcome"] == "paid"
    assert [row["status"] for row in await shop.exported("bookings")] == ["confirmed"]
