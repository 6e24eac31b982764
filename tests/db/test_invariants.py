"""Whatever may not be in the books is found, and named by its booking."""

from datetime import timedelta

import pytest

from booking.notices import RECEIPT, out_lane
from db import claims, invariants, jobs
from db.jobs import NewJob
from db.money_models import Attempt, Audit, Refund, Review
from db.shop_models import Staff
from db.states import AttemptState, BookingState, EndReason, RefundState
from db.transactions import rows, run, transactional
from tests.db.shop import NOW, at, cells, open_shop
from tests.engines import second_connection

AHEAD = 24 * 60


@transactional
async def confirmed(shop, *, state: BookingState = BookingState.CONFIRMED):
    """A booking as it should be: seated, paid for, with its receipt."""
    booking = await shop.booking(
        start=at(AHEAD), end=at(AHEAD + 60), status=state, confirmed_at=NOW, due_minor=5000
    )
    assert await claims.claim(
        unit_id=shop.units[0].id,
        service_id=shop.service.id,
        start=booking.start,
        cells=cells(AHEAD, 60),
        capacity=1,
        booking_id=booking.id,
        seats=1,
    )
    await paid(booking)
    key = f"{RECEIPT[0]}:{booking.id}"
    lane = out_lane(shop.customer.telegram_id)
    await jobs.take_in(NewJob(kind=RECEIPT[0], key=key, payload={}, lane=lane), now=NOW)
    for action in ("hold", "confirm"):
        await written(booking, action)
    return booking


async def written(booking, action: str) -> None:
    await Audit.create(at=NOW, actor="system", action=action, reference=booking.reference)


async def paid(booking, *, number: int = 1) -> Attempt:
    return await Attempt.create(
        booking_id=booking.id,
        number=number,
        idempotency_key=f"{booking.id}-{number}",
        params={},
        state=AttemptState.SUCCEEDED,
        amount_minor=5000,
        paid_minor=5000,
        currency="EUR",
        expires_at=at(60),
        session_id=f"cs_{booking.id}_{number}",
        created_at=NOW,
        paid_at=NOW,
    )


@pytest.fixture
async def booking(database):
    return await confirmed(await open_shop())


async def found(after: timedelta = timedelta(minutes=10)) -> dict[str, list[str]]:
    return await invariants.broken(NOW + after)


async def test_books_that_are_in_order_have_nothing_to_say(booking):
    assert await found() == {}


UNKNOWN = "has a change the audit log does not know"
UNSEATED = "has not exactly the seats it booked"
SPOILED = {
    UNSEATED: "DELETE FROM seat",
    "has ended and still takes seats": "UPDATE booking SET status = 'expired'",
    "shares a start that has more seats taken than there are": (
        "INSERT INTO seat (occurrence_id, number, booking_id)"
        " SELECT occurrence_id, 2, booking_id FROM seat"
    ),
    "has a time that is not wholly claimed: it could be sold twice": (
        "DELETE FROM claim WHERE cell = (SELECT min(cell) FROM claim)"
    ),
    "has another time than its places": 'UPDATE booking SET start = start + 1, "end" = "end" + 1',
    "is confirmed though something else was paid": "UPDATE attempt SET paid_minor = 4999",
    "is confirmed though nothing was paid": "UPDATE attempt SET state = 'failed'",
    "can be paid more than once": "UPDATE attempt SET state = 'open'",
    "is confirmed, and no receipt was ever written": "DELETE FROM job",
    "is held a day longer than it was promised": (
        "UPDATE booking SET status = 'awaiting_payment', held_until = held_until - 200000000"
    ),
    "was told that money was given back, and none was": (
        "INSERT INTO told (booking_id, kind, at) SELECT id, 'refund_succeeded', 0 FROM booking"
    ),
    "is of somebody who was erased and is named all the same": (
        "UPDATE customer SET telegram_id = -1"
    ),
    "has an amount or a currency that can be none": "UPDATE attempt SET currency = 'eur'",
    "stands where nothing says when and why it came there": (
        "UPDATE booking SET confirmed_at = NULL"
    ),
    UNKNOWN: "DELETE FROM audit WHERE action = 'confirm'",
    "has its receipt in somebody else's chat": "UPDATE job SET lane = 'out:8'",
    "waits for its payment, and nothing will ever let it go": "UPDATE booking SET status = 'held'",
}


SOME_BYTES = "(SELECT name FROM customer LIMIT 1)"
SHIFTED = "UPDATE claim SET cell = cell + {0} WHERE cell = (SELECT {1}(cell) FROM claim)"
UNCLAIMED = "has a time that is not wholly claimed: it could be sold twice"
STRAY = "keeps a time that is not its own: nobody else can have it"
MISPLACED = "has a place with somebody else, or of another service, than it says"
NO_MONEY = "has an amount or a currency that can be none"
NO_PAGE = "has a payment that does not say on which page it was made, or when"
ELSEWHERE = (
    (UNCLAIMED, "UPDATE claim SET unit_id = (SELECT max(id) FROM unit)"),
    (UNCLAIMED, SHIFTED.format(1000, "max")),
    (STRAY, "UPDATE claim SET unit_id = (SELECT max(id) FROM unit)"),
    (STRAY, SHIFTED.format(-1000, "min")),
    (STRAY, SHIFTED.format(1000, "max")),
    (
        "has another time than its places",
        "UPDATE occurrence SET cell_from = cell_from + 1",
    ),
    ("has another time than its places", "UPDATE occurrence SET cell_to = cell_to - 1"),
    ("shares a start that has more seats taken than there are", "UPDATE seat SET number = 2"),
    (MISPLACED, "UPDATE occurrence SET service_id = (SELECT max(id) FROM service)"),
    (MISPLACED, "UPDATE unit SET staff_id = (SELECT max(id) FROM staff)"),
    (NO_MONEY, "UPDATE booking SET currency = 'E1R'"),
    (NO_MONEY, "UPDATE booking SET currency = 'EUr'"),
    (NO_MONEY, "UPDATE booking SET tip_minor = -1"),
    ("has a payment of another amount than was asked", "UPDATE attempt SET amount_minor = 1"),
    (NO_PAGE, "UPDATE attempt SET session_id = NULL"),
    (NO_PAGE, "UPDATE attempt SET session_id = NULL, state = 'open'"),
    (NO_PAGE, "UPDATE attempt SET paid_at = NULL"),
    ("is not confirmed and says when it was", "UPDATE booking SET status = 'held'"),
    (UNKNOWN, "UPDATE booking SET status = 'completed'"),
    ("is of somebody whom no search finds", f"UPDATE customer SET phone = {SOME_BYTES}"),
)


@pytest.mark.parametrize(("wrong", "spoiling"), ELSEWHERE)
async def test_whatever_is_not_the_booking_s_own_or_not_said_is_named(booking, wrong, spoiling):
    await Staff.create(key="bench", position=1, spec={})
    await run(spoiling)
    assert (await found())[wrong] == [booking.reference]


@pytest.mark.parametrize("wrong", SPOILED)
async def test_what_is_spoiled_is_named(booking, wrong):
    if "more than once" in wrong:
        await paid(booking, number=2)
    await run(SPOILED[wrong])
    assert (await found())[wrong] == [booking.reference]


async def back(booking, minor: int, state: RefundState = RefundState.PENDING) -> None:
    attempt = await Attempt.get(booking_id=booking.id)
    await Refund.create(
        attempt_id=attempt.id,
        idempotency_key=f"back-{minor}-{state}",
        state=state,
        amount_minor=minor,
        reason="customer",
        created_at=NOW,
    )


EARLY = "took place before its time was over"


async def test_what_took_place_before_its_end_is_named(booking):
    await run("UPDATE booking SET status = 'completed'")
    [hold] = await Audit.filter(action="hold")
    await Audit.create(at=booking.end, actor="system", action="complete", reference=hold.reference)
    assert await found() == {}
    await run('UPDATE booking SET "end" = "end" + 1')
    assert (await found())[EARLY] == [booking.reference]


MORE = "has more given back than was paid"


async def test_more_given_back_than_paid_is_named_and_what_failed_does_not_count(booking):
    await back(booking, 3000)
    await back(booking, 2000, RefundState.SUCCEEDED)
    await back(booking, 5000, RefundState.FAILED)
    assert MORE not in await found()
    await back(booking, 1)
    assert (await found())[MORE] == [booking.reference]


UNUSED = "is paid and not confirmed"


@pytest.mark.parametrize("state", ["held", "awaiting_payment", "processing"])
async def test_a_payment_that_confirmed_nothing_is_named_until_it_goes_back(booking, state):
    await run("UPDATE booking SET status = ?, confirmed_at = NULL", (state,))
    assert (await found(timedelta()))[UNUSED] == [booking.reference]
    await back(booking, 4999)
    assert UNUSED in await found()
    await back(booking, 1)
    assert UNUSED not in await found()


async def test_a_payment_that_waits_for_an_answer_is_in_order(booking):
    await run("UPDATE booking SET status = 'processing', confirmed_at = NULL")
    attempt = await Attempt.get(booking_id=booking.id)
    await Review.create(kind="mismatch", session_id=attempt.session_id, detail={}, opened_at=NOW)
    assert UNUSED not in await found()
    await run("UPDATE review SET closed_at = 1, answer = 'accepted'")
    assert (await found())[UNUSED] == [booking.reference]
    await back(booking, 5000, RefundState.FAILED)
    assert UNUSED not in await found()


KEPT = "has ended, and its money is neither on its way back nor waits for somebody"


async def ended(booking, reason: EndReason) -> None:
    await run("DELETE FROM seat")
    query = (
        "UPDATE booking SET status = 'cancelled', end_reason = ?, ended_at = 0, confirmed_at = NULL"
    )
    await run(query, (str(reason),))
    await written(booking, "release")


async def test_money_of_an_ended_booking_that_nobody_gives_back_is_named(booking):
    await ended(booking, EndReason.PAYMENT_EXPIRED)
    assert KEPT not in await found(timedelta(minutes=4))
    assert (await found())[KEPT] == [booking.reference]
    await back(booking, 4999)
    assert (await found())[KEPT] == [booking.reference]
    await back(booking, 1)
    assert await found() == {UNKNOWN: [booking.reference]}
    await written(booking, "refund late")
    assert await found() == {}


async def test_money_that_a_person_has_in_hand_is_in_order(booking):
    await ended(booking, EndReason.PAYMENT_EXPIRED)
    await back(booking, 5000, RefundState.FAILED)
    await written(booking, "refund refused")
    assert await found() == {}


async def test_what_a_policy_keeps_of_a_cancelled_booking_is_in_order(booking):
    await run("DELETE FROM seat")
    await run("UPDATE booking SET status = 'cancelled', end_reason = 'customer', ended_at = 0")
    await written(booking, "cancel")
    assert await found() == {}


async def test_what_did_not_fit_and_was_accepted_is_in_order(booking):
    await run("UPDATE attempt SET paid_minor = 4999")
    attempt = await Attempt.get(booking_id=booking.id)
    await Review.create(
        kind="mismatch", session_id=attempt.session_id, detail={}, opened_at=NOW, answer="accepted"
    )
    assert await found() == {}


async def test_rows_that_point_to_nothing_are_damage(booking, database):
    assert await invariants.damage() == []
    if database.is_sqlite:
        async with second_connection(database.url) as other:
            other.raw.execute("PRAGMA foreign_keys = OFF")
            other.raw.execute("DELETE FROM customer")
            other.raw.commit()
        assert await invariants.damage() == ["rows of booking point to nothing"]


async def test_a_time_that_is_kept_for_nobody_is_damage(booking):
    [unit] = {row["unit_id"] for row in await rows("SELECT unit_id FROM occurrence")}
    await run("DELETE FROM seat")
    said = f"unit {unit} keeps {booking.start:%Y-%m-%d %H:%M} UTC for nobody"
    assert await invariants.damage() == [said]


async def test_every_law_is_tried(database):
    tried = {*SPOILED, *(wrong for wrong, _ in ELSEWHERE), MORE, KEPT, UNUSED, EARLY}
    assert {law.wrong for law in invariants.LAWS} == tried
