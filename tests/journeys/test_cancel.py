"""A booking that is called off, by the customer and by the shop, as both read it."""

import asyncio
import re

from tests.crowd import newest_buttons, tap
from tests.journeys.test_conversation import ADA, BELA
from tests.journeys.test_expiry import statuses
from tests.journeys.test_refund import (
    ADMIN,
    PLAIN,
    STRANGER,
    at_stripe,
    gives_back,
    newest,
    paid,
    refunds,
    times,
    yes_of,
)
from tests.journeys.test_webhook import to_pay

HOUR = 3600
DELAYED = "AT321904300235473204"


def plain(text: str) -> str:
    return re.sub(r"\bBK-\w{6}|\bre_\w+|pi_\w+", "…", text)


async def test_a_customer_cancels_and_gets_what_the_policy_gives(shop, transcript):
    reference = await paid(shop)
    await shop.taps(ADA, "^Cancel booking")
    assert newest_buttons(shop.world, ADA) == ["Yes, cancel and get €50.00 back", "No, keep it"]
    message, old_yes = yes_of(shop, ADA)
    await shop.taps(ADA, "^No")
    assert "stays as it is" in newest(shop, ADA)
    await shop.taps(ADA, "^Cancel booking")
    await shop.time_passes(3 * HOUR)
    await shop.telegram.press(ADA, message, old_yes)
    await shop.settle()
    question = next(m for m in shop.telegram.chat(ADA) if m["message_id"] == message)
    asked = question["text"]
    assert "nothing was cancelled" in asked
    assert await statuses(shop) == [("confirmed", "")]
    assert at_stripe(shop) == []

    yes = question["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await asyncio.gather(*(shop.telegram.press(ADA, message, yes) for _ in range(3)))
    await shop.settle()
    await shop.telegram.press(ADA, message, old_yes)
    await shop.settle()
    assert await statuses(shop) == [("cancelled", "customer")]
    assert at_stripe(shop) == await refunds(shop) == [(2500, "succeeded")]
    [row] = await shop.exported("bookings")
    assert (row["paid_minor"], row["refunded_minor"]) == (5000, 2500)
    assert row["ended_at"]
    assert [one["reason"] for one in (await shop.exported("payments"))[0]["refunds"]] == [
        "cancellation"
    ]
    assert times(shop, ADA, "issued a refund of €25.00") == 1
    assert times(shop, ADMIN, "A booking was cancelled") == 1

    await shop.says(ADA, f"/start b_{reference}")
    card = next(one["text"] for one in shop.telegram.chat(ADMIN) if "was cancelled" in one["text"])
    said = "\n\n== then\n".join([asked, newest(shop, ADA), card])
    assert f"{plain(said)}\n" == transcript
    await shop.says(BELA, "/start svc_haircut")
    await shop.walks(BELA, "^Any", r"\b2\b")
    assert any(label.startswith("11:00") for label in shop.buttons(BELA))


async def test_a_free_booking_is_cancelled_until_it_begins(shop):
    await shop.says(ADA, "/start svc_consultation")
    await shop.walks(ADA, r"\b2\b", "^11:00")
    await shop.shares_phone(ADA)
    await shop.taps(ADA, "^Confirm")
    await shop.taps(ADA, "^Cancel booking")
    assert "Nothing was paid" in newest(shop, ADA)
    await shop.time_passes(26 * HOUR + 60)
    await shop.taps(ADA, "^Yes")
    assert "has already begun" in newest(shop, ADA)
    assert "@studio_nord" in newest(shop, ADA)
    assert "Cancel booking" not in shop.buttons(ADA)
    assert (await statuses(shop))[0][0] != "cancelled"


async def test_the_shop_cancels_with_a_reason_and_everything_goes_back(shop, transcript):
    reference = await paid(shop)
    await gives_back(shop, reference, "10")
    await shop.says(ADMIN, f"/booking {reference}")
    await shop.taps(ADMIN, "^Refund")
    assert shop.buttons(ADMIN) == ["Yes, give €40.00 back", "No"]
    await shop.taps(ADMIN, "^No")
    await shop.taps(ADMIN, "^Cancel booking")
    assert "reads no reason" in newest(shop, ADMIN)
    await shop.taps(ADMIN, "^No")
    assert "left as it is" in newest(shop, ADMIN)
    await shop.says(ADMIN, f"/cancelbooking {reference.lower()} We are ill, sorry")
    asked = newest(shop, ADMIN)
    message, old_yes = yes_of(shop, ADMIN)
    await gives_back(shop, reference, "5")
    await shop.telegram.press(ADMIN, message, old_yes)
    await shop.settle()
    assert "nothing was cancelled" in newest(shop, ADMIN)
    assert "We are ill, sorry" in newest(shop, ADMIN)
    assert shop.buttons(ADMIN)[0] == "Yes, cancel and give €35.00 back"
    message, yes = yes_of(shop, ADMIN)
    await shop.says(STRANGER, f"/cancelbooking {reference}")
    assert "don’t know this command" in newest(shop, STRANGER)
    await shop.telegram.press(STRANGER, shop.telegram.chat(STRANGER)[-1]["message_id"], yes)
    await shop.settle()
    assert await statuses(shop) == [("confirmed", "")]
    shop.fails("POST /v1/refunds", "slow:1", times=1)  # the card is worded before it is over
    await asyncio.gather(*(shop.telegram.press(ADMIN, message, yes) for _ in range(3)))
    await shop.settle()
    assert await statuses(shop) == [("cancelled", "shop")]
    assert at_stripe(shop)[-1] == (3500, "succeeded")
    [row] = await shop.exported("bookings")
    assert row["refunded_minor"] == row["paid_minor"] == 5000
    assert times(shop, ADA, "has cancelled your booking") == 1
    told = next(one for one in shop.telegram.chat(ADA) if "has cancelled" in one.get("text", ""))
    assert "We are ill, sorry" in told["text"]
    done = [row["action"] for row in await shop.exported("audit")]
    assert done.count("cancel") == 1
    card = next(one["text"] for one in shop.telegram.chat(ADMIN) if "was cancelled" in one["text"])
    said = "\n\n== then\n".join([asked, told["text"], card])
    assert f"{plain(said)}\n" == transcript


async def test_the_shop_cancels_what_is_not_paid_and_nothing_is_lost_when_it_is(shop):
    await shop.telegram.start(ADMIN)
    session = await to_pay(shop)
    reference = (await shop.exported("bookings"))[0]["reference"]
    await shop.says(ADMIN, f"/cancelbooking {reference}")
    assert shop.buttons(ADMIN) == ["Yes, cancel", "No"]
    shop.fails(".*", "500")
    await tap(shop.world, ADMIN, "^Yes")
    await shop.settle()
    assert times(shop, ADMIN, "Stripe does not answer") == 1
    assert await statuses(shop) == [("awaiting_payment", "")]
    shop.recovers()
    await shop.time_passes(120)
    assert await statuses(shop) == [("cancelled", "shop")]
    assert shop.sessions()[0]["status"] == "expired"
    assert times(shop, ADMIN, "A booking was cancelled") == 1
    assert times(shop, ADA, "has cancelled your booking") == 1
    assert not any(label.startswith("Pay") for label in shop.buttons(ADA))

    session = await to_pay(shop, BELA)
    reference = (await shop.exported("bookings"))[1]["reference"]
    await shop.says(ADMIN, f"/cancelbooking {reference}")
    shop.fails("WEBHOOK", "drop")
    await shop.pays(session)
    await shop.taps(ADMIN, "^Yes")
    shop.recovers()
    await shop.time_passes(7 * HOUR)
    assert (await statuses(shop))[1] == ("cancelled", "shop")
    assert at_stripe(shop) == await refunds(shop) == [(5000, "succeeded")]
    assert times(shop, BELA, "has cancelled your booking") == 1


async def test_while_the_bank_works_only_the_shop_can_cancel(shop):
    reference = await paid(shop, DELAYED)
    assert await statuses(shop) == [("processing", "")]
    await shop.says(ADA, f"/start b_{reference}")
    message = next(m for m in reversed(shop.telegram.chat(ADA)) if m.get("reply_markup"))
    await shop.telegram.press(ADA, message["message_id"], f"v1:cxl:{reference}:-:")
    await shop.settle()
    assert "once the bank has answered" in newest(shop, ADA)
    await shop.says(ADMIN, f"/cancelbooking {reference}")
    assert "under way" in newest(shop, ADMIN)
    await shop.taps(ADMIN, "^Yes, cancel$")
    assert await statuses(shop) == [("cancelled", "shop")]
    assert shop.reads(ADA, "When it arrives, you get all of it back")


async def test_a_coupon_is_usable_again_after_its_booking_was_cancelled(shop):
    for _ in range(2):
        await shop.says(ADA, "/start svc_haircut")
        await shop.walks(ADA, "^Any", r"\b2\b", "^11:00", "^Skip")
        if "Share my number" in shop.buttons(ADA):
            await shop.shares_phone(ADA)
        await shop.taps(ADA, "^Coupon")
        await shop.says(ADA, "WELCOME10")
        await shop.taps(ADA, "^Confirm")
        await shop.pays(shop.sessions()[-1]["id"], PLAIN)
        await shop.walks(ADA, "^Cancel booking", "^Yes, cancel and get €45.00 back")
    assert await statuses(shop) == [("cancelled", "customer")] * 2
    assert at_stripe(shop) == [(4500, "succeeded")] * 2
