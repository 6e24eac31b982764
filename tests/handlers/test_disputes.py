"""What admins read about disputes, and what stops money from being given twice."""

from datetime import timedelta

import pytest

from booking import dispute as disputes
from booking.errors import RefundDisputed
from booking.ports import StripeDispute
from booking.refund import Because, purse_of, return_payment
from db.deliveries import finish_told
from db.jobs import enqueue, lease
from db.models import Booking
from db.money_models import Attempt, Audit, Dispute, Refund, Told
from db.states import DISPUTE_MOVES, DisputeState, RefundState
from db.transactions import rows, run
from handlers import notices, stripe_events
from handlers.screens.dispute import REASONS
from tests.handlers.chat import Chat
from tests.handlers.conftest import NOW, make_shop, read_aloud
from tests.handlers.rows import REFERENCE, StripeSays, make_door
from tests.handlers.test_notices import a_paid_booking, job, screen

TOLD = ("receipt_text", "receipt_ics", "appointment_reminder", "refund_succeeded")
S = DisputeState
DUE = NOW + timedelta(days=9)
ADMIN = 900


class Disputed(StripeSays):
    """A Stripe with one dispute of our payment."""

    def __init__(self, **dispute):
        super().__init__(status="complete", payment_status="paid")
        self.dispute = {"status": "needs_response", "reason": "fraudulent", **dispute}

    async def retrieve_dispute(self, dispute_id):
        return StripeDispute(
            **{
                "id": dispute_id,
                "amount": 1000,
                "currency": "EUR",
                "payment_intent": "pi_1",
                "charge": "ch_1",
                "created": NOW,
                "due_by": DUE,
                **self.dispute,
            }
        )


def event(kind="charge.dispute.created", **about):
    dispute = {"id": "du_1", "object": "dispute", "metadata": {}, "payment_intent": "pi_1", **about}
    return {"id": "evt_1", "type": kind, "data": {"object": dispute}}


async def hears(door, kind="charge.dispute.created"):
    """Let one event through the door."""
    accepted = stripe_events.accept(event(kind), door.env.shop)
    await stripe_events.handle(door, job("stripe_event", **accepted.payload))


async def cards() -> list[str]:
    found = await rows("SELECT key FROM job WHERE kind = 'admin_card' ORDER BY id")
    return [row["key"].split(":")[1] for row in found]


async def a_card(door, name):
    dispute = await Dispute.get()
    attempt = await Attempt.get()
    told = job("admin_card", card=name, chat=900, dispute=dispute.id, booking=attempt.booking_id)
    (sent,) = await notices.render(door, told)
    return sent


@pytest.mark.parametrize("kind", stripe_events.DISPUTE)
def test_every_dispute_may_be_of_a_payment_of_ours_and_goes_in_its_lane(kind):
    accepted = stripe_events.accept(event(kind), make_shop())
    assert (accepted.lane, accepted.payload["dispute_id"]) == ("pay:pi_1", "du_1")
    bare = stripe_events.accept(event(kind, payment_intent=None, charge="ch_1"), make_shop())
    assert bare.lane == "pay:ch_1"


@pytest.mark.parametrize("language", ["en", "bn"])
async def test_the_card_of_a_dispute_has_all_that_an_answer_needs(database, language, transcript):
    booking = await a_paid_booking("en")
    await Attempt.all().update(paid_minor=1000, paid_at=NOW)
    booking.snapshot |= {"policy": [[24, 100], [2, 50]]}
    booking.details |= {"email": "zoe@example.com"}
    await booking.save()
    attempt = await Attempt.get()
    await Refund.create(
        attempt_id=attempt.id,
        idempotency_key="r",
        state=RefundState.SUCCEEDED,
        amount_minor=250,
        reason="dashboard",
        created_at=NOW,
    )
    for minutes, kind in enumerate(TOLD):
        at = NOW + timedelta(minutes=minutes)
        await Told.create(booking_id=booking.id, kind=kind, at=at)
    door = make_door(Disputed(), languages=(language, "en"))
    await hears(door)
    sent = await a_card(door, "dispute_needs_response")
    assert read_aloud(sent) == transcript


async def test_the_evidence_of_a_long_story_fits_a_message(database):
    booking = await a_paid_booking("en")
    for minutes in range(200):
        at = NOW + timedelta(minutes=minutes)
        await Told.create(booking_id=booking.id, kind="receipt_text", at=at)
    door = make_door(Disputed())
    await hears(door)
    text = (await a_card(door, "dispute_due")).text
    assert len(text) < 4096
    assert "12:19: confirmation" in text
    assert "09:00: confirmation" not in text


async def forgotten() -> None:
    """Begin anew with the same booking."""
    await run("DELETE FROM job")
    await Audit.all().delete()
    await Dispute.all().delete()


@pytest.mark.parametrize("language", ["en", "bn"])
async def test_every_state_has_a_card_and_a_line_of_its_booking(database, language):
    await a_paid_booking("en")
    for state in S:
        await forgotten()
        shop = {"languages": (language, "en"), "admins": frozenset({ADMIN})}
        door = make_door(Disputed(status=state), **shop)
        await hears(door)
        await hears(door, "charge.dispute.updated")
        assert await cards() == [f"dispute_{state}"]
        sent = await a_card(door, f"dispute_{state}")
        assert sent.rows[0][0].url == "https://dashboard.stripe.com/test/disputes/du_1"
        assert ("<pre>" in sent.text) == state.needs_response
        dispute = await Dispute.get()
        assert (dispute.closed_at is not None) == state.is_closed
        shown = await Chat(door, user=ADMIN, language=language).says(f"/booking {REFERENCE}")
        assert ("Dispute: €10.00" in shown.text) == (language == "en")


async def test_reasons_are_said_in_human_words(database):
    await a_paid_booking("en")
    for reason in (*REASONS, "a_new_word", ""):
        await forgotten()
        door = make_door(Disputed(reason=reason))
        await hears(door)
        text = (await a_card(door, "dispute_needs_response")).text
        line = next(each for each in text.splitlines() if each.startswith("Reason: "))
        said = line.removeprefix("Reason: ")
        assert (said == (reason or "?")) == (reason not in REASONS)


async def test_a_live_dispute_leads_to_the_live_dashboard(database):
    await a_paid_booking("en")
    door = make_door(Disputed(), livemode=True)
    await hears(door)
    sent = await a_card(door, "dispute_needs_response")
    assert sent.rows[0][0].url == "https://dashboard.stripe.com/disputes/du_1"


async def test_states_go_forward_only_and_are_told_once(database):
    await a_paid_booking("en")
    stripe = Disputed()
    door = make_door(stripe)
    for goal in S:
        await forgotten()
        for state in (S.NEEDS_RESPONSE, goal, S.NEEDS_RESPONSE, S.WARNING_UNDER_REVIEW, goal):
            stripe.dispute["status"] = state
            await hears(door)
        permitted = goal in DISPUTE_MOVES[S.NEEDS_RESPONSE]
        assert (await Dispute.get()).state == (goal if permitted else S.NEEDS_RESPONSE)
        told = ["dispute_needs_response", *([f"dispute_{goal}"] if permitted else [])]
        assert await cards() == told
        said = [one.action for one in await Audit.filter(reference=REFERENCE).order_by("id")]
        assert said == [card.replace("_", " ", 1) for card in told]


async def test_a_dispute_of_a_payment_that_is_not_ours_has_no_effect(database):
    await a_paid_booking("en")
    for foreign in ({"payment_intent": "pi_2"}, {"payment_intent": None, "charge": None}):
        await hears(make_door(Disputed(**foreign)))
    other = {"app": "booking-bot", "shop": "another", "booking": REFERENCE}
    await hears(make_door(Disputed(payment_intent="pi_2", payment_metadata=other)))
    assert await Dispute.all().count() == 0
    assert await cards() == []


async def test_a_reminder_comes_a_day_before_it_is_too_late_while_an_answer_is_due(database):
    await a_paid_booking("en")
    stripe = Disputed()
    door = make_door(stripe)
    await hears(door)
    [due] = await rows("SELECT run_at FROM job WHERE kind = 'remind_dispute'")
    assert due["run_at"] == int((DUE - timedelta(days=1)).timestamp() * 1000)
    stripe.dispute["due_by"] = NOW + timedelta(hours=23)
    dispute = await Dispute.get()
    reminder = job("remind_dispute", dispute=dispute.id)
    await hears(door)
    stripe.dispute["status"] = "under_review"
    await disputes.remind_dispute(door.env, reminder)
    assert await cards() == ["dispute_needs_response", "dispute_under_review"]
    await Dispute.all().delete()
    stripe.dispute["status"] = "needs_response"
    await hears(door)
    for _ in range(2):
        reminder = job("remind_dispute", dispute=(await Dispute.get()).id)
        await disputes.remind_dispute(door.env, reminder)
    assert (await cards()).count("dispute_due") == 1


BLOCKED = [state for state in S if state.blocks_refunds]


async def returns(door, booking) -> None:
    attempt = await Attempt.get()
    how = {"because": Because.LATE, "actor": "system"}
    await return_payment(door.env, booking=booking, attempt=attempt, **how)


async def test_disputed_money_is_not_given_back_as_well(database):
    booking = await a_paid_booking("en")
    await Attempt.all().update(paid_minor=1000)
    for state in BLOCKED:
        await forgotten()
        door = make_door(Disputed(status=state), admins=frozenset({ADMIN}))
        await hears(door)
        shown = await Chat(door, user=ADMIN).says(f"/refund {REFERENCE}")
        assert "Nothing was given back: the customer asked their bank" in shown.text
        with pytest.raises(RefundDisputed):
            await purse_of(booking)
        for _ in range(2):
            await returns(door, booking)
        assert await Refund.all().count() == 0
        assert (await cards())[1:] == ["return_disputed"]
        assert "Not given back" in (await a_card(door, "return_disputed")).text


async def test_a_mere_question_or_a_dispute_that_was_won_stops_no_refund(database):
    booking = await a_paid_booking("en")
    await Attempt.all().update(paid_minor=1000)
    for state in (one for one in S if one not in BLOCKED):
        await forgotten()
        await Refund.all().delete()
        door = make_door(Disputed(status=state), admins=frozenset({ADMIN}))
        await hears(door)
        shown = await Chat(door, user=ADMIN).says(f"/refund {REFERENCE}")
        assert "Give €10.00 back?" in shown.text
        await returns(door, booking)
        assert [one.amount_minor for one in await Refund.all()] == [1000]


async def test_with_two_payments_only_the_one_that_is_not_disputed_is_given_back(database):
    booking = await a_paid_booking("en")
    await Attempt.all().update(paid_minor=1000)
    await Attempt.create(
        booking_id=booking.id,
        number=2,
        idempotency_key="2",
        params={},
        state="succeeded",
        amount_minor=700,
        paid_minor=700,
        currency="EUR",
        expires_at=NOW,
        payment_intent="pi_2",
        created_at=NOW,
    )
    door = make_door(Disputed(), admins=frozenset({ADMIN}))
    chat = Chat(door, user=ADMIN)
    await chat.says(f"/refund {REFERENCE} 5.00")
    await hears(door)
    assert "has changed meanwhile" in (await chat.taps("^Yes")).text
    shown = await chat.says(f"/refund {REFERENCE}")
    assert "Give €7.00 back?" in shown.text
    assert "Disputed with the bank, so it stays: €10.00" in shown.text
    assert "Given back already, or on its way: €0.00" in shown.text
    assert "Left after that: €0.00" in shown.text
    await chat.taps("^Yes")
    [refund] = await Refund.all().select_related("attempt")
    assert (refund.amount_minor, refund.attempt.payment_intent) == (700, "pi_2")


async def test_customers_see_nothing_of_a_dispute(database):
    booking = await a_paid_booking("en")
    door = make_door(Disputed())
    await hears(door)
    (sent,) = await notices.render(door, screen(await booking.customer, "booking", REFERENCE))
    assert "ispute" not in sent.text
    kinds = await rows("SELECT DISTINCT kind FROM job")
    assert sorted(row["kind"] for row in kinds) == ["admin_card", "remind_dispute"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("needs_response", "In dispute, your bank decides: €10.00"),
        ("lost", "Given back by your bank: €10.00"),
    ],
)
async def test_once_cancelled_it_says_where_disputed_money_is(database, state, said):
    booking = await a_paid_booking("en")
    await Attempt.all().update(paid_minor=1000)
    door = make_door(Disputed(status=state), admins=frozenset({ADMIN}))
    await hears(door)
    admin = await Chat(door, user=ADMIN).says(f"/booking {REFERENCE}")
    assert not any("Refund" in one.text for row in admin.rows for one in row)
    await Booking.all().update(status="cancelled", end_reason="shop")
    (sent,) = await notices.render(door, screen(await booking.customer, "booking", REFERENCE))
    assert said in sent.text
    assert "Nothing is given back" not in sent.text


async def test_a_delivered_notice_is_written_down_once_with_its_job(database):
    booking = await a_paid_booking("en")
    payload = {"booking": booking.id}
    await enqueue(kind="receipt_text", key="a", payload=payload, now=NOW)
    [leased] = await lease(kinds=["receipt_text"], limit=1, now=NOW)
    assert await finish_told(leased, booking_id=booking.id, now=NOW)
    assert not await finish_told(leased, booking_id=booking.id, now=NOW)
    [told] = await Told.all()
    assert (told.kind, told.at) == ("receipt_text", NOW)
    [row] = await rows("SELECT done_at FROM job WHERE key = 'a'")
    assert row["done_at"]
