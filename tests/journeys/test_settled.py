"""Money that went back, or was decided about: nothing that is older brings it into use again."""

from tests.journeys.test_conversation import ADA
from tests.journeys.test_late import ADMIN, a_payment_that_does_not_fit, paid_too_late, stands


async def the_shop_cancels(shop, answer):
    await a_payment_that_does_not_fit(shop)
    reference = (await shop.exported("bookings"))[0]["reference"]
    await shop.says(ADMIN, f"/cancelbooking {reference} ill")
    await shop.taps(ADMIN, answer)
    await shop.says(ADMIN, f"/booking {reference}")


async def test_a_booking_the_shop_cancelled_is_not_brought_back_by_an_older_card(shop):
    await the_shop_cancels(shop, "^Yes, cancel and give")
    await shop.taps(ADMIN, "^Confirm the booking anyway")
    assert shop.reads(ADMIN, "Somebody has already decided about this payment")
    assert await stands(shop) == [("cancelled", "shop")]


async def test_a_payment_that_was_kept_can_be_given_back_but_brings_nothing_back(shop):
    await the_shop_cancels(shop, "^Yes, cancel, give nothing")
    assert shop.buttons(ADMIN) == ["Give €1.00 back", "Refund …"]
    assert await stands(shop) == [("cancelled", "shop")]


async def test_who_is_booking_anew_reads_that_the_shop_ended_a_booking_that_was_paid_wrong(shop):
    await a_payment_that_does_not_fit(shop)
    await shop.says(ADA, "/book")
    await shop.walks(ADMIN, "^Give", "^Yes, give")
    assert shop.reads(ADA, "has cancelled your booking")


async def test_only_what_is_left_of_a_late_payment_is_said_to_go_back(shop):
    await paid_too_late(shop)
    reference = (await shop.exported("bookings"))[0]["reference"]
    await shop.says(ADMIN, f"/refund {reference} 10")
    await shop.taps(ADMIN, "^Yes")
    await shop.says(ADA, f"/start b_{reference}")
    assert "Give me €40.00 back" in shop.buttons(ADA)
    await shop.taps(ADA, "^Give me")
    assert shop.reads(ADA, "we are giving you €40.00 back now")
