"""Money that is given back: asked for in the chat or in the Dashboard, followed to its end."""

import asyncio
import re

import pytest

from tests.crowd import tap
from tests.journeys.conftest import running_shop
from tests.journeys.test_conversation import ADA
from tests.journeys.test_webhook import event, post, signed, to_pay

ADMIN, BOSS, STRANGER = 9, 10, 71
SLOW, FAILING, PLAIN = "4000000000007726", "4000000000005126", "4242424242424242"
REFUND = "POST /v1/refunds"


async def paid(shop, card=PLAIN) -> str:
    """A booking with 50.00 € paid; gives its reference."""
    await shop.telegram.start(ADMIN)
    await shop.settle()
    await shop.pays(await to_pay(shop), card)
    return (await shop.exported("bookings"))[-1]["reference"]


async def gives_back(shop, reference, amount="", admin=ADMIN):
    await shop.says(admin, f"/refund {reference} {amount}".strip())
    await shop.taps(admin, "^Yes")


async def refunds(shop) -> list[tuple[int, str]]:
    """Every refund in our books: how much, and how it stands."""
    payments = await shop.exported("payments")
    return [(one["amount_minor"], one["status"]) for row in payments for one in row["refunds"]]


def at_stripe(shop) -> list[tuple[int, str]]:
    return [(one["amount"], one["status"]) for one in shop.stripe.ledger()["refunds"]]


def times(shop, user, text) -> int:
    said = (message.get("text") or "" for message in shop.telegram.chat(user))
    return sum(bool(re.search(text, each)) for each in said)


def newest(shop, user) -> str:
    return shop.telegram.chat(user)[-1]["text"]


async def test_all_of_it_is_given_back_after_the_exact_effect_was_agreed_to(shop, transcript):
    reference = await paid(shop)
    before = len(shop.telegram.chat(ADMIN))
    await shop.says(ADMIN, f"/refund {reference.lower()}")
    asked = newest(shop, ADMIN)
    assert "Give €50.00 back?" in asked
    assert "Given back already, or on its way: €0.00" in asked
    assert "Left after that: €0.00" in asked
    assert "Haircut" in asked
    assert shop.buttons(ADMIN) == ["Yes, give €50.00 back", "No"]
    assert at_stripe(shop) == []
    await shop.taps(ADMIN, "^Yes")
    assert at_stripe(shop) == await refunds(shop) == [(5000, "succeeded")]
    assert len(shop.telegram.chat(ADMIN)) == before + 3  # the command, its answer, and a card
    assert shop.reads(ADMIN, "A refund was issued")
    assert times(shop, ADA, "issued a refund of €50.00") == 1
    row = (await shop.exported("bookings"))[0]
    assert (row["status"], row["paid_minor"], row["refunded_minor"]) == ("confirmed", 5000, 5000)
    sent = shop.stripe.ledger()["refunds"][0]
    assert sent["reason"] == "requested_by_customer"
    assert sent["metadata"]["booking"] == reference
    said = [row["action"] for row in await shop.exported("audit")]
    assert said[-2:] == ["refund", "refund succeeded"]
    chat = re.sub(r"\bre_\w+|pi_\w+", "…", "\n\n".join([asked, newest(shop, ADMIN)]))
    assert f"{chat}\n\n{newest(shop, ADA)}" == transcript


async def test_parts_are_given_back_until_nothing_is_left(shop):
    reference = await paid(shop)
    await gives_back(shop, reference, "2.50")
    await gives_back(shop, reference, "3,00 €")
    await shop.says(ADMIN, f"/refund {reference} 44.51")
    assert "Left: €44.50." in newest(shop, ADMIN)
    await gives_back(shop, reference)
    assert await refunds(shop) == [(250, "succeeded"), (300, "succeeded"), (4450, "succeeded")]
    await shop.says(ADMIN, f"/refund {reference}")
    assert "Nothing can be given back" in newest(shop, ADMIN)
    assert times(shop, ADA, "issued a refund of") == 3
    assert (await shop.exported("bookings"))[0]["refunded_minor"] == 5000


@pytest.mark.parametrize(
    "amount", ["0", "0.00", "-1", "1.5", "1,000", "10.001", "ten", "5 5", "৫০.০১"]
)
async def test_an_amount_that_cannot_be_given_back_is_refused_clearly(shop, amount):
    reference = await paid(shop)
    await shop.says(ADMIN, f"/refund {reference} {amount}")
    assert "€50.00" in newest(shop, ADMIN).split("\n")[0]
    assert not any(label.startswith("Yes") for label in shop.buttons(ADMIN))
    assert await refunds(shop) == []


async def test_what_was_never_paid_or_is_unknown_is_refused(shop):
    await shop.telegram.start(ADMIN)
    await to_pay(shop)
    reference = (await shop.exported("bookings"))[0]["reference"]
    await shop.says(ADMIN, f"/refund {reference}")
    assert "Nothing can be given back" in newest(shop, ADMIN)
    await shop.says(ADMIN, "/refund BK-000000")
    assert "no such booking" in newest(shop, ADMIN)
    await shop.says(ADMIN, "/refund")
    assert "/refund BK-7KD2QX 10.00" in newest(shop, ADMIN)
    assert await refunds(shop) == []


async def test_an_admin_who_writes_bengali_gives_back_a_bengali_amount(shop):
    shop.telegram.person(ADMIN, first_name="আন্না", language_code="bn")
    reference = await paid(shop)
    await shop.says(ADMIN, f"/refund {reference} ২.৫০")
    assert "২.৫০" in newest(shop, ADMIN)
    await shop.taps(ADMIN, "^হ্যাঁ")
    assert await refunds(shop) == [(250, "succeeded")]


async def test_no_leaves_the_money_alone(shop):
    reference = await paid(shop)
    await shop.says(ADMIN, f"/refund {reference}")
    await shop.taps(ADMIN, "^No$")
    assert "No money was given back now." in newest(shop, ADMIN)
    assert await refunds(shop) == at_stripe(shop) == []


def yes_of(shop, admin) -> tuple[int, str]:
    """The message with the question, and what its Yes carries."""
    message = next(m for m in reversed(shop.telegram.chat(admin)) if m.get("reply_markup"))
    rows = message["reply_markup"]["inline_keyboard"]
    return message["message_id"], rows[0][0]["callback_data"]


async def test_a_double_tap_on_yes_is_one_refund(shop):
    reference = await paid(shop)
    await shop.says(ADMIN, f"/refund {reference} 2.00")
    message, data = yes_of(shop, ADMIN)
    await asyncio.gather(*(shop.telegram.press(ADMIN, message, data) for _ in range(4)))
    await shop.settle()
    await shop.telegram.press(ADMIN, message, data)
    await shop.settle()
    assert await refunds(shop) == at_stripe(shop) == [(200, "succeeded")]


async def test_two_admins_at_once_never_give_back_more_than_was_paid(tmp_path, database_url):
    async with running_shop(tmp_path, database_url, admin=f"{ADMIN}, {BOSS}") as shop:
        await shop.telegram.start(BOSS)
        reference = await paid(shop)
        for admin in (ADMIN, BOSS):
            await shop.says(admin, f"/refund {reference} 30.00")
        await asyncio.gather(*(tap(shop.world, admin, "^Yes") for admin in (ADMIN, BOSS)))
        await shop.settle()
        assert await refunds(shop) == at_stripe(shop) == [(3000, "succeeded")]
        assert [shop.reads(admin, "has changed meanwhile") for admin in (ADMIN, BOSS)].count(
            True
        ) == 1
        assert times(shop, BOSS, "A refund was issued") == 1


async def test_for_a_stranger_there_is_no_such_command_and_no_such_tap(shop):
    reference = await paid(shop)
    await shop.says(ADMIN, f"/refund {reference}")
    _, data = yes_of(shop, ADMIN)
    await shop.says(STRANGER, f"/refund {reference}")
    assert "don’t know this command" in newest(shop, STRANGER)
    assert "/refund" not in newest(shop, STRANGER)
    message = shop.telegram.chat(STRANGER)[-1]["message_id"]
    await shop.telegram.press(STRANGER, message, data)
    await shop.settle()
    assert await refunds(shop) == at_stripe(shop) == []


async def test_a_refund_on_its_way_is_called_issued_only_when_it_is(shop):
    reference = await paid(shop, SLOW)
    await gives_back(shop, reference, "4.00")
    assert await refunds(shop) == [(400, "pending")]
    assert shop.reads(ADA, "€4.00 back. It is on its way")
    assert not shop.reads(ADA, "has issued")
    assert shop.reads(ADMIN, "The bank is working on it")
    await shop.says(ADMIN, f"/refund {reference} 46.01")
    assert "Left: €46.00." in newest(shop, ADMIN)
    await shop.time_passes(120)
    assert await refunds(shop) == [(400, "succeeded")]
    assert times(shop, ADA, "has issued a refund of €4.00") == 1
    assert times(shop, ADMIN, "A refund was issued") == 1


async def test_a_refund_that_fails_later_is_told_and_can_be_tried_again(shop):
    reference = await paid(shop, FAILING)
    await gives_back(shop, reference)
    assert await refunds(shop) == [(5000, "succeeded")]
    await shop.time_passes(120)
    assert await refunds(shop) == [(5000, "failed")]
    assert times(shop, ADA, "could not be returned") == 1
    assert times(shop, ADMIN, "no longer valid") == 1
    assert (await shop.exported("bookings"))[0]["refunded_minor"] == 0
    await shop.says(ADMIN, f"/refund {reference}")
    assert shop.buttons(ADMIN)[0] == "Yes, give €50.00 back"


async def test_a_refund_made_in_the_dashboard_is_booked_and_told(shop):
    reference = await paid(shop)
    charge = shop.stripe.ledger()["charges"][0]["id"]
    shop.stripe.refund(charge, 300)
    await shop.settle()
    [one] = (await shop.exported("payments"))[0]["refunds"]
    assert (one["amount_minor"], one["status"], one["reason"]) == (300, "succeeded", "dashboard")
    assert times(shop, ADA, "issued a refund of €3.00") == 1
    assert times(shop, ADMIN, "A refund was issued") == 1
    await shop.says(ADMIN, f"/booking {reference}")
    assert "Refund: €3.00 · given back" in newest(shop, ADMIN)
    await shop.says(ADMIN, f"/refund {reference}")
    assert shop.buttons(ADMIN)[0] == "Yes, give €47.00 back"


async def test_a_refund_of_somebody_elses_payment_changes_nothing(shop):
    await paid(shop)
    refund = {"id": "re_foreign", "object": "refund", "payment_intent": "pi_x", "metadata": None}
    body = event("completed", refund).replace(b"checkout.session.completed", b"refund.created")
    assert await post(shop, body, signed(shop, body)) == 200
    await shop.settle()
    assert await refunds(shop) == []


async def test_a_refund_whose_payment_was_not_told_yet_is_not_missed(shop):
    session = await to_pay(shop)
    shop.fails("WEBHOOK checkout", "drop")
    await shop.pays(session)
    assert (await shop.exported("bookings"))[0]["status"] == "awaiting_payment"
    shop.stripe.refund(shop.stripe.ledger()["charges"][0]["id"], 300)
    await shop.settle()
    assert (await shop.exported("bookings"))[0]["status"] == "confirmed"
    assert await refunds(shop) == [(300, "succeeded")]


@pytest.mark.parametrize("kind", ["twice", "reverse"])
async def test_our_own_echo_is_not_a_second_refund(shop, kind):
    reference = await paid(shop)
    shop.fails("WEBHOOK refund", kind)
    await gives_back(shop, reference, "5.00")
    assert await refunds(shop) == [(500, "succeeded")]
    assert times(shop, ADA, "issued a refund") == 1


async def test_the_echo_may_overtake_the_answer_that_was_lost(shop):
    reference = await paid(shop)
    shop.fails(REFUND, "lost")
    await gives_back(shop, reference, "5.00")
    assert await refunds(shop) == at_stripe(shop) == [(500, "succeeded")]
    assert times(shop, ADA, "issued a refund") == 1


async def test_a_part_whose_answer_is_lost_again_and_again_is_given_back_once(shop):
    reference = await paid(shop)
    shop.fails("WEBHOOK", "drop")
    shop.fails(REFUND, "lost", 5)
    await gives_back(shop, reference, "5.00")
    await shop.time_passes(60)
    assert await refunds(shop) == at_stripe(shop) == [(500, "succeeded")]


async def test_while_stripe_is_down_it_is_said_and_asked_again_with_the_same_key(shop):
    reference = await paid(shop)
    shop.fails(REFUND, "500")
    await shop.says(ADMIN, f"/refund {reference} 5.00")
    await tap(shop.world, ADMIN, "^Yes")
    await shop.settle()
    assert shop.reads(ADMIN, "Stripe does not answer; it will be asked again")
    assert await refunds(shop) == [(500, "pending")]
    assert not shop.reads(ADA, "€5.00")
    await shop.time_passes(60)
    shop.recovers()
    await shop.time_passes(60)
    assert await refunds(shop) == at_stripe(shop) == [(500, "succeeded")]
    assert times(shop, ADMIN, "Stripe does not answer") == 1


async def test_after_a_day_without_stripe_a_refund_that_was_made_is_found_not_made_again(shop):
    reference = await paid(shop)
    await shop.says(ADMIN, f"/refund {reference} 5.00")
    shop.fails("WEBHOOK", "drop")
    shop.fails(REFUND, "lost", 1)
    shop.fails(REFUND, "500")
    await tap(shop.world, ADMIN, "^Yes")
    await shop.settle()
    assert at_stripe(shop) == [(500, "succeeded")]
    assert await refunds(shop) == [(500, "pending")]
    await shop.time_passes(25 * 3600)
    assert await refunds(shop) == at_stripe(shop) == [(500, "succeeded")]


async def test_an_error_that_stripe_remembers_is_asked_about_under_another_key(shop):
    reference = await paid(shop)
    shop.fails(REFUND, "500:stored", 1)
    await gives_back(shop, reference)
    assert await refunds(shop) == at_stripe(shop) == [(5000, "succeeded")]


async def test_a_customer_who_was_promised_money_gets_it_though_stripe_remembers_an_error(shop):
    await paid(shop)
    shop.fails(REFUND, "500:stored", 2)
    await shop.walks(ADA, "^Cancel booking", "^Yes")
    assert await refunds(shop) == at_stripe(shop) == [(5000, "succeeded")]
    assert times(shop, ADA, "could not be returned") == 0


async def test_a_stripe_that_remembers_nothing_but_errors_is_asked_until_it_recovers(shop):
    await paid(shop)
    shop.fails(REFUND, "500:stored", 7)
    await shop.walks(ADA, "^Cancel booking", "^Yes")
    await shop.time_passes(120)
    assert await refunds(shop) == at_stripe(shop) == [(5000, "succeeded")]


async def test_a_balance_that_does_not_cover_it_keeps_it_waiting(shop):
    reference = await paid(shop)
    shop.stripe.set_balance("eur", 100)
    await gives_back(shop, reference)
    assert await refunds(shop) == [(5000, "pending")]
    assert shop.reads(ADMIN, "does not cover it")
    shop.stripe.set_balance("eur", 9000)
    await shop.settle()
    assert await refunds(shop) == [(5000, "succeeded")]


async def test_a_refund_whose_events_are_lost_is_looked_at_again(shop):
    reference = await paid(shop, SLOW)
    shop.fails("WEBHOOK", "drop")
    await gives_back(shop, reference)
    await shop.time_passes(120)
    assert await refunds(shop) == [(5000, "pending")]
    await shop.time_passes(6 * 3600)
    assert await refunds(shop) == [(5000, "succeeded")]
    assert times(shop, ADA, "has issued") == 1


async def test_a_refund_called_off_in_the_dashboard_is_told(shop):
    reference = await paid(shop)
    shop.stripe.set_balance("eur", 100)
    await gives_back(shop, reference)
    client = shop.app.environment.payments.client
    await client.v1.refunds.cancel_async(shop.stripe.ledger()["refunds"][0]["id"])
    await shop.settle()
    assert await refunds(shop) == [(5000, "canceled")]
    assert shop.reads(ADA, "called off")
    assert shop.reads(ADMIN, "A refund was called off")


async def test_what_our_books_did_not_know_is_refused_by_stripe_and_learnt(shop):
    reference = await paid(shop)
    shop.fails("WEBHOOK refund", "drop")
    shop.stripe.refund(shop.stripe.ledger()["charges"][0]["id"])
    await shop.settle()
    await gives_back(shop, reference, "4.00")
    assert sorted(await refunds(shop)) == [(400, "failed"), (5000, "succeeded")]
    assert shop.reads(ADMIN, "given back already; nothing more")
    assert times(shop, ADA, "issued a refund of €50.00") == 1
    assert not shop.reads(ADA, "€4.00")


async def test_a_disputed_payment_is_not_given_back_too(shop):
    reference = await paid(shop)
    await shop.says(ADMIN, f"/refund {reference}")
    message, yes = yes_of(shop, ADMIN)
    shop.stripe.dispute(shop.stripe.ledger()["charges"][0]["id"])
    await shop.settle()
    await shop.telegram.press(ADMIN, message, yes)
    await shop.settle()
    assert await refunds(shop) == at_stripe(shop) == []
    assert shop.reads(ADMIN, "the customer asked their bank for this money")


async def test_the_customer_sees_what_was_given_back(shop):
    reference = await paid(shop)
    await gives_back(shop, reference, "4.00")
    await shop.says(ADA, f"/start b_{reference}")
    assert "Given back: €4.00" in newest(shop, ADA)
