"""Days on which more than one thing goes wrong: each was a bug once."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from booking import notices
from db.money_models import Attempt
from db.transactions import rows
from tests.crowd import buttons, tap
from tests.journeys.conftest import CATALOG, START, SandboxTime, running_shop
from tests.journeys.test_conversation import ADA, BELA, to_summary
from tests.journeys.test_expiry import HOLD, statuses
from tests.journeys.test_webhook import to_pay

ADMIN = 9
CREATE = "POST /v1/checkout/sessions$"


async def test_a_hold_that_was_made_longer_still_ends(shop):
    shop.fails(CREATE, "500")
    await to_summary(shop)
    await shop.taps(ADA, "^Confirm")
    await shop.time_passes(25 * 60)
    shop.recovers()
    await shop.time_passes(60)
    assert any(label.startswith("Pay") for label in shop.buttons(ADA))
    for _ in range(25):
        await shop.time_passes(61)
    await shop.time_passes(3600)
    assert await statuses(shop) == [("expired", "payment_expired")]


@pytest.mark.parametrize("minutes", [1440, 60])
async def test_stripe_is_not_asked_again_and_again(tmp_path, database_url, minutes):
    async with running_shop(tmp_path, database_url, hold_minutes=minutes) as shop:
        await to_summary(shop)
        await shop.taps(ADA, "^Confirm")
        assert await Attempt.all().count() == 1
        assert any(label.startswith("Pay") for label in shop.buttons(ADA))


class Behind(SandboxTime):
    """A clock that is three minutes slow."""

    def now(self):
        return super().now() - timedelta(seconds=180)


async def test_a_clock_that_is_behind_stripes_gets_its_link_in_few_attempts(tmp_path, database_url):
    async with running_shop(tmp_path, database_url, clock=Behind) as shop:
        await to_summary(shop)
        await shop.taps(ADA, "^Confirm")
        assert any(label.startswith("Pay") for label in shop.buttons(ADA))
        assert await Attempt.all().count() <= 3


class Apart(SandboxTime):
    """A clock of the bot's own, as beside `booking-bot run`: it stays when the sandbox's moves."""

    def now(self):
        return datetime.fromtimestamp(START, UTC)


async def test_beside_a_bot_with_its_own_clock_the_sandboxs_must_stay(tmp_path, database_url):
    async with running_shop(tmp_path, database_url, clock=Apart) as shop:
        session = await to_pay(shop)
        await shop.time_passes(301)
        await shop.pays(session)
        assert await statuses(shop) == [("awaiting_payment", "")]
        await shop.time_passes(600)
        await to_summary(shop, BELA, "^14:00")
        await shop.taps(BELA, "^Confirm")
        assert await statuses(shop) == [("awaiting_payment", ""), ("expired", "payment_failed")]


async def test_a_session_that_stripe_refuses_leaves_a_line_that_names_nobody(shop, caplog):
    shop.fails(CREATE, "500")
    await to_summary(shop)
    await shop.taps(ADA, "^Confirm")
    attempt = await Attempt.get().select_related("booking")
    attempt.params = {**attempt.params, "customer_email": "ada.lovelace@nowhere"}
    await attempt.save(update_fields=["params"])
    shop.recovers()
    await shop.time_passes(60)
    assert any(label.startswith("Pay") for label in shop.buttons(ADA))
    [line] = [record for record in caplog.records if record.name == "booking.pay"]
    assert (line.levelname, line.getMessage()) == ("WARNING", "Stripe refused a Checkout session")
    told = (line.booking, line.code, line.param)
    assert told == (attempt.booking.reference, "email_invalid", "customer_email")
    assert "lovelace" not in str(vars(line))


async def test_an_error_that_stripe_remembers_is_asked_under_a_new_key(shop):
    shop.fails(CREATE, "500:stored", 1)
    await to_summary(shop)
    await shop.taps(ADA, "^Confirm")
    await shop.time_passes(60)
    assert any(label.startswith("Pay") for label in shop.buttons(ADA))


async def test_a_session_whose_answer_was_lost_again_and_again_is_made_once(shop):
    shop.fails(CREATE, "lost", 5)
    await to_summary(shop)
    await shop.taps(ADA, "^Confirm")
    await shop.time_passes(60)
    assert any(label.startswith("Pay") for label in shop.buttons(ADA))
    assert len(shop.sessions()) == 1


async def test_nobody_keeps_more_places_unpaid_than_is_allowed(shop):
    for time in ("^11:00", "^12:00", "^14:00", "^15:00"):
        await to_summary(shop, time=time)
        await shop.taps(ADA, "^Confirm")
    assert await statuses(shop) == [("awaiting_payment", "")] * 3
    assert "Confirm" in shop.buttons(ADA)


async def test_a_hold_whose_session_stripe_does_not_know_ends(shop):
    session = await to_pay(shop)
    shop.stripe.store.sessions.pop(session)
    await shop.time_passes(HOLD + 5)
    assert await statuses(shop) == [("expired", "payment_expired")]


@pytest.mark.parametrize("webhook", ["comes", "is lost"])
async def test_a_payment_that_does_not_fit_is_never_called_nothing(shop, webhook):
    session = await to_pay(shop)
    shop.tampers(session, amount_total=1)
    if webhook == "is lost":
        shop.fails("WEBHOOK", "drop")
    await shop.telegram.start(ADMIN)
    await shop.pays(session)
    await shop.time_passes(HOLD + 5)
    assert await statuses(shop) == [("processing", "")]
    assert not shop.reads(ADA, "Nothing was charged")
    assert shop.reads(ADMIN, "(?i)amount")


async def test_the_payment_link_is_not_lost_behind_what_is_typed_meanwhile(shop):
    await to_summary(shop)
    shop.telegram.faults.add(match="editMessageText", kind="429:2", times=1)
    await tap(shop.world, ADA, "^Confirm")
    await asyncio.sleep(0.5)
    await shop.telegram.say(ADA, "thanks!")
    await asyncio.sleep(0.5)
    await shop.time_passes(5)
    shown = [label for message in shop.telegram.chat(ADA) for label in buttons(message)]
    assert any(label.startswith("Pay") for label in shown)


async def test_a_class_made_larger_sells_its_new_seats(shop):
    small = CATALOG.replace("capacity = 10", "capacity = 2").replace(
        "max_seats = 4", "max_seats = 2"
    )
    await shop.imports(small)
    await book_yoga(shop, ADA, "^18:00", "^2")
    await shop.imports(CATALOG)
    await book_yoga(shop, BELA, "^18:00", "^2")
    assert len(await statuses(shop)) == 2


async def book_yoga(shop, user, time, seats):
    await shop.says(user, "/start svc_yoga")
    await shop.walks(user, r"\b2\b", time, seats)
    await shop.shares_phone(user)
    await shop.taps(user, "^Confirm")


async def test_a_class_made_longer_is_not_offered_into_the_next_one(shop):
    await book_yoga(shop, ADA, "^18:00", "^1")
    await book_yoga(shop, BELA, "^19:30", "^1")
    await shop.imports(CATALOG.replace("duration = 60", "duration = 120"))
    await shop.says(73, "/start svc_yoga")
    assert not any(re.search(r"\b2 Dec", label) for label in shop.buttons(73))


async def test_terms_that_changed_are_shown_before_they_are_accepted(shop):
    await to_summary(shop)
    await shop.imports(re.sub(r"cancellation = .*", "", CATALOG))
    await shop.taps(ADA, "^Confirm")
    assert await statuses(shop) == []
    assert shop.reads(ADA, "terms have changed")


async def test_a_question_that_is_asked_no_more_stops_nobody(shop):
    await shop.says(ADA, "/start")
    await shop.walks(ADA, "^Book", "^Haircut", "^Any", r"\b2\b", "^11:00")
    await shop.imports(re.sub(r"questions = .*", "", CATALOG))
    await shop.says(ADA, "what now?")
    await shop.shares_phone(ADA)
    await shop.taps(ADA, "^Confirm")
    assert len(await statuses(shop)) == 1


async def test_a_card_waits_for_an_admin_who_never_wrote_to_the_bot(shop):
    await notices.tell_admins(shop.app.environment, card="job_failed", about="x", why="number 7")
    await shop.settle()
    await shop.telegram.start(ADMIN)
    await shop.settle()
    assert shop.reads(ADMIN, "number 7")


async def test_an_unlimited_coupon_is_enough_for_everybody_at_once(shop):
    people = range(200, 206)
    times = ["^09:00", "^10:00", "^11:00", "^12:00", "^13:00", "^14:00"]
    for user, time in zip(people, times, strict=True):
        await to_summary(shop, user, time)
        await shop.taps(user, "^Coupon")
        await shop.says(user, "FREE")
    await asyncio.gather(*(tap(shop.world, user, "^Confirm") for user in people))
    await shop.settle()
    assert await statuses(shop) == [("confirmed", "")] * len(people)


async def test_whoever_is_forgotten_is_nowhere_any_more(shop):
    await to_summary(shop)
    await shop.taps(ADA, "^Confirm")
    await shop.time_passes(HOLD + 5)
    await shop.says(ADA, "/forget")
    await shop.taps(ADA, "^Yes")
    customer = (await shop.exported("customers"))[0]
    assert (customer["name"], customer["phone"], customer["email"]) == ("", "", "")
    assert [row["customer_name"] for row in await shop.exported("bookings")] == [""]
    lanes = await rows("SELECT key FROM job WHERE lane = ? AND done_at IS NOT NULL", [f"in:{ADA}"])
    assert len(lanes) <= 1


async def test_a_tap_forged_with_a_huge_number_is_only_an_old_menu(shop):
    await shop.says(ADA, "/start")
    message = shop.telegram.chat(ADA)[-1]["message_id"]
    await shop.telegram.press(ADA, message, f"v1:svc:{'z' * 30}:1:haircut")
    await shop.settle()
    assert any("old" in toast.lower() for toast in shop.telegram.toasts(ADA))


async def test_a_receipt_whose_button_is_tapped_stays_a_receipt(shop):
    session = await to_pay(shop)
    await shop.pays(session)
    receipt = next(m for m in shop.telegram.chat(ADA) if "Receipt" in (m.get("text") or ""))
    await shop.telegram.tap(ADA, "^Show booking", message_id=receipt["message_id"])
    await shop.settle()
    texts = {m["message_id"]: m.get("text") or "" for m in shop.telegram.chat(ADA)}
    assert "Receipt" in texts[receipt["message_id"]]
    assert "confirmed" in texts[max(texts)]


async def test_news_that_came_too_late_for_its_message_is_sent_anew(shop):
    shop.fails(CREATE, "slow:2", 1)
    await to_summary(shop)
    await tap(shop.world, ADA, "^Confirm")
    await asyncio.sleep(0.5)
    await shop.telegram.say(ADA, "/start")
    await shop.settle()
    assert any(label.startswith("Pay") for label in shop.buttons(ADA))
