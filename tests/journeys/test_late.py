"""Money that comes when the place is gone, or twice, or not as asked: used or sent back."""

import pytest

from db.money_models import Review
from tests.crowd import newest_buttons
from tests.journeys.test_conversation import ADA, BELA
from tests.journeys.test_refund import SLOW, gives_back, yes_of
from tests.journeys.test_webhook import copy_of, to_pay

ADMIN = 9
HOLD = 30 * 60


async def stands(shop):
    return [(row["status"], row["end_reason"]) for row in await shop.exported("bookings")]


async def returned(shop):
    """Of each attempt what was paid, and what of it went back."""
    return [
        (row["status"], [(one["amount_minor"], one["status"]) for one in row["refunds"]])
        for row in await shop.exported("payments")
    ]


def since_the_money_came(shop, user):
    """The end of the chat, from the payment on."""
    return shop.chat(user).rpartition("[Pay")[2].partition("\n")[2]


async def paid_too_late(shop, *, taken=True):
    """Ada's hold ends unpaid, Bela takes the time, and then Ada's money arrives."""
    session = await to_pay(shop)
    await shop.says(ADMIN, "/start")
    await shop.time_passes(HOLD + 5)
    if taken:
        await to_pay(shop, BELA)
    shop.tampers(session, status="open")
    await shop.pays(session)
    return session


async def test_a_late_payment_whose_time_is_still_free_confirms_the_booking(shop, transcript):
    await paid_too_late(shop, taken=False)
    assert await stands(shop) == [("confirmed", "")]
    assert shop.reads(ADA, "the time was still free")
    assert since_the_money_came(shop, ADA) == transcript


async def test_a_late_payment_whose_time_is_gone_can_be_used_for_another(shop, transcript):
    await paid_too_late(shop)
    assert await stands(shop) == [("expired", "payment_expired"), ("awaiting_payment", "")]
    offered = [label for label in shop.buttons(ADA) if "·" in label]
    assert len(offered) == 3
    assert shop.reads(ADMIN, "Paid after the booking had ended")
    await shop.taps(ADA, offered[0].split(" ")[0])
    rows = await shop.exported("bookings")
    assert [row["status"] for row in rows] == ["confirmed", "awaiting_payment"]
    assert rows[0]["start"] != rows[1]["start"]
    assert await returned(shop) == [("succeeded", []), ("open", [])]
    await shop.time_passes(HOLD + 5)
    assert (await stands(shop))[0] == ("confirmed", "")
    assert since_the_money_came(shop, ADA) == transcript


async def test_an_offer_nobody_uses_ends_with_all_of_the_money_back(shop, transcript):
    await paid_too_late(shop)
    await shop.time_passes(HOLD + 5)
    assert (await stands(shop))[0] == ("expired", "payment_expired")
    assert (await returned(shop))[0] == ("succeeded", [(5000, "succeeded")])
    assert shop.reads(ADMIN, "A refund was issued")
    assert since_the_money_came(shop, ADA) == transcript


async def test_disputed_money_is_neither_used_for_another_time_nor_promised_back(shop):
    await paid_too_late(shop)
    offered = [label for label in shop.buttons(ADA) if "·" in label]
    shop.stripe.dispute(shop.stripe.ledger()["charges"][-1]["id"])
    await shop.settle()
    await shop.taps(ADA, offered[0].split(" ")[0])
    assert await stands(shop) == [("expired", "payment_expired"), ("awaiting_payment", "")]
    assert shop.reads(ADA, "In dispute, your bank decides: €50.00")
    await shop.time_passes(HOLD + 5)
    assert not shop.reads(ADA, "We are giving you")
    assert (await returned(shop))[0] == ("succeeded", [])


async def test_who_blocked_the_bot_finds_the_offer_when_they_are_back(shop):
    session = await to_pay(shop)
    await shop.time_passes(HOLD + 5)
    await to_pay(shop, BELA)
    await shop.telegram.block(ADA)
    shop.tampers(session, status="open")
    await shop.pays(session)
    await shop.telegram.unblock(ADA)
    await shop.settle()
    assert len([label for label in shop.buttons(ADA) if "·" in label]) == 3


async def test_an_offer_can_be_declined_and_is_answered_once(shop):
    await paid_too_late(shop)
    await shop.taps(ADA, "^Give me")
    assert (await returned(shop))[0] == ("succeeded", [(5000, "succeeded")])
    await shop.time_passes(HOLD + 5)
    assert (await returned(shop))[0] == ("succeeded", [(5000, "succeeded")])
    assert (await stands(shop))[0] == ("expired", "payment_expired")


@pytest.mark.parametrize("where", ["chat", "dashboard"])
async def test_an_offer_is_over_once_its_money_was_given_back_by_hand(shop, where):
    await paid_too_late(shop)
    [time, *_] = [label for label in shop.buttons(ADA) if "·" in label]
    message, data = yes_of(shop, ADA)
    if where == "chat":
        await gives_back(shop, (await shop.exported("bookings"))[0]["reference"])
    else:
        shop.stripe.refund((await shop.exported("payments"))[0]["charge"])
        await shop.settle()
    assert (await returned(shop))[0] == ("succeeded", [(5000, "succeeded")])
    assert time not in shop.buttons(ADA)
    await shop.telegram.press(ADA, message, data)
    await shop.settle()
    assert shop.reads(ADA, "This offer is over")
    await shop.time_passes(HOLD + 5)
    assert (await stands(shop))[0] == ("expired", "payment_expired")
    assert (await returned(shop))[0] == ("succeeded", [(5000, "succeeded")])


async def test_an_offer_is_seen_again_from_every_way_to_the_booking(shop):
    await paid_too_late(shop)
    reference = (await shop.exported("bookings"))[0]["reference"]
    await shop.says(ADA, f"/start b_{reference}")
    assert any(label.startswith("Give me") for label in newest_buttons(shop.world, ADA))
    await shop.says(ADA, "/bookings")
    await shop.taps(ADA, "expired")
    assert any(label.startswith("Give me") for label in newest_buttons(shop.world, ADA))


async def test_a_second_payment_goes_back_by_itself_and_the_first_stays(shop, transcript):
    session = await to_pay(shop)
    await shop.says(ADMIN, "/start")
    twin = copy_of(shop, session)
    await shop.pays(session)
    await shop.pays(twin)
    assert await stands(shop) == [("confirmed", "")]
    assert await returned(shop) == [
        ("succeeded", []),
        ("succeeded", [(5000, "succeeded")]),
    ]
    assert since_the_money_came(shop, ADA) == transcript
    assert shop.reads(ADMIN, "Paid twice")


async def a_payment_that_does_not_fit(shop):
    session = await to_pay(shop)
    await shop.says(ADMIN, "/start")
    shop.tampers(session, amount_total=100)
    await shop.pays(session)
    assert await stands(shop) == [("processing", "")]
    return session


async def test_an_admin_confirms_a_booking_although_its_payment_does_not_fit(shop, transcript):
    await a_payment_that_does_not_fit(shop)
    await shop.walks(ADMIN, "^Confirm the booking", "^Yes, confirm")
    assert await stands(shop) == [("confirmed", "")]
    assert shop.reads(ADA, "Receipt")
    assert shop.chat(ADMIN) == transcript
    reference = (await shop.exported("bookings"))[0]["reference"]
    done = [row for row in await shop.exported("audit") if row["reference"] == reference]
    assert ("admin:9", "accept payment") in [(row["actor"], row["action"]) for row in done]


async def test_a_payment_that_does_not_fit_is_told_of_and_decided_about_once_it_has_come(shop):
    session = await to_pay(shop)
    await shop.says(ADMIN, "/start")
    shop.tampers(session, amount_total=100)
    await shop.pays(session, "AT321904300235473204")
    assert not shop.reads(ADA, "is not what we asked for")
    await shop.time_passes(200)
    assert shop.reads(ADA, "Your payment of €1.00 for booking .* is not what we asked for")
    await shop.walks(ADMIN, "^Give", "^Yes, give")
    assert (await returned(shop))[0] == ("succeeded", [(100, "succeeded")])


async def test_an_admin_gives_a_payment_back_that_does_not_fit(shop):
    session = await a_payment_that_does_not_fit(shop)
    await shop.walks(ADMIN, "^Give")
    assert shop.reads(ADMIN, "The booking ends and its place becomes free")
    await shop.walks(ADMIN, "^Yes, give")
    assert await stands(shop) == [("cancelled", "shop")]
    assert [one[:2] for one in (await returned(shop))[0][1]] == [(100, "succeeded")]
    await to_pay(shop, BELA)
    assert session


async def test_a_payment_that_does_not_fit_confirms_nothing_once_it_was_given_back_by_hand(shop):
    await a_payment_that_does_not_fit(shop)
    await gives_back(shop, (await shop.exported("bookings"))[0]["reference"])
    await shop.walks(ADMIN, "^Confirm the booking", "^Yes, confirm")
    assert shop.reads(ADMIN, "it pays for nothing any more")
    assert await stands(shop) == [("processing", "")]
    await shop.walks(ADMIN, "^Give", "^Yes, give")
    assert await stands(shop) == [("cancelled", "shop")]
    assert await returned(shop) == [("succeeded", [(100, "succeeded")])]


async def test_a_cancelled_booking_whose_money_went_back_leaves_nothing_to_decide(shop):
    await a_payment_that_does_not_fit(shop)
    reference = (await shop.exported("bookings"))[0]["reference"]
    await shop.says(ADMIN, f"/cancelbooking {reference}")
    await shop.taps(ADMIN, "^Yes")
    assert await returned(shop) == [("succeeded", [(100, "succeeded")])]
    assert [one.answer for one in await Review.all()] == ["returned"]
    await shop.taps(ADMIN, "^Confirm the booking")
    assert shop.reads(ADMIN, "already decided about this payment")
    assert await stands(shop) == [("cancelled", "shop")]


async def test_a_strange_payment_is_given_back_and_the_booking_can_still_be_paid(shop):
    session = await to_pay(shop)
    await shop.says(ADMIN, "/start")
    await shop.pays(copy_of(shop, session))
    await shop.walks(ADMIN, "^Give")
    assert shop.reads(ADMIN, "The booking itself stays as it is")
    await shop.walks(ADMIN, "^Yes, give")
    assert await stands(shop) == [("awaiting_payment", "")]
    assert (await returned(shop))[-1] == ("succeeded", [(5000, "succeeded")])
    await shop.pays(session)
    assert await stands(shop) == [("confirmed", "")]
    assert (await returned(shop))[0] == ("succeeded", [])


async def test_a_strange_payment_that_waits_does_not_make_the_right_one_a_second_one(shop):
    session = await to_pay(shop)
    await shop.says(ADMIN, "/start")
    await shop.pays(copy_of(shop, session))
    await shop.pays(session)
    assert await stands(shop) == [("confirmed", "")]
    await shop.walks(ADMIN, "^Give", "^Yes, give")
    assert await stands(shop) == [("confirmed", "")]
    assert await returned(shop) == [("succeeded", []), ("succeeded", [(5000, "succeeded")])]


async def test_an_admin_says_no_and_the_payment_still_waits(shop):
    await a_payment_that_does_not_fit(shop)
    await shop.walks(ADMIN, "^Give", "^No")
    assert await stands(shop) == [("processing", "")]
    assert any(label.startswith("Confirm the booking") for label in shop.buttons(ADMIN))


async def test_a_payment_for_no_booking_of_ours_is_given_back_by_an_admin(shop):
    session = await to_pay(shop)
    await shop.says(ADMIN, "/start")
    await shop.pays(copy_of(shop, session, client_reference_id="BK-000000"))
    await shop.walks(ADMIN, "^Give", "^Yes, give")
    assert [one["amount"] for one in shop.stripe.ledger()["refunds"]] == [5000]
    assert shop.reads(ADMIN, "unknown booking was given back")
    await shop.says(ADMIN, "/start")


async def test_an_error_that_stripe_remembers_keeps_no_payment_for_an_unknown_booking(shop):
    session = await to_pay(shop)
    await shop.says(ADMIN, "/start")
    await shop.pays(copy_of(shop, session, client_reference_id="BK-000000"))
    shop.fails("POST /v1/refunds", "500:stored", 1)
    await shop.walks(ADMIN, "^Give", "^Yes, give")
    assert [one["amount"] for one in shop.stripe.ledger()["refunds"]] == [5000]
    assert shop.reads(ADMIN, "unknown booking was given back")


async def test_how_the_refund_of_a_payment_for_no_booking_of_ours_ends_is_told(shop):
    session = await to_pay(shop)
    await shop.says(ADMIN, "/start")
    await shop.pays(copy_of(shop, session, client_reference_id="BK-000000"), SLOW)
    await shop.walks(ADMIN, "^Give", "^Yes, give")
    assert shop.reads(ADMIN, "unknown booking is on its way back")
    await shop.time_passes(120)
    assert [one["status"] for one in shop.stripe.ledger()["refunds"]] == ["succeeded"]
    await shop.time_passes(6 * 3600)
    assert shop.reads(ADMIN, "unknown booking was given back")
    assert len(shop.stripe.ledger()["refunds"]) == 1


async def test_a_late_payment_of_a_booking_the_customer_cancelled_confirms_it_when_free(shop):
    session = await to_pay(shop)
    await shop.taps(ADA, "^Cancel booking")
    shop.tampers(session, status="open")
    await shop.pays(session)
    assert await stands(shop) == [("confirmed", "")]


async def test_a_delayed_payment_that_does_not_fit_and_never_comes_needs_nobody(shop):
    session = await to_pay(shop)
    await shop.says(ADMIN, "/start")
    shop.tampers(session, amount_total=100)
    await shop.pays(session, "AT591904300235473203")
    assert await stands(shop) == [("processing", "")]
    await shop.time_passes(40 * 60)
    assert await stands(shop) == [("expired", "payment_failed")]
    reference = (await shop.exported("bookings"))[0]["reference"]
    await shop.says(ADMIN, f"/booking {reference}")
    assert "Confirm the booking anyway" not in shop.buttons(ADMIN)


async def test_a_delayed_payment_on_a_strange_session_that_never_comes_needs_nobody(shop):
    session = await to_pay(shop)
    await shop.says(ADMIN, "/start")
    failing = "AT591904300235473203"
    twin = copy_of(shop, session)
    unknown = copy_of(shop, twin, client_reference_id="BK-000000")
    await shop.pays(twin, failing)
    await shop.pays(unknown, failing)
    assert [one.answer for one in await Review.all()] == [None, None]
    await shop.time_passes(40 * 60)
    assert [one.answer for one in await Review.all()] == ["never_came", "never_came"]
