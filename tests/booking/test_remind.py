"""Reminders: so many as the shop wants, each only while it is true, and never two at once."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from booking.complete import complete
from booking.errors import NotYet
from booking.ports import Environment, Shop
from booking.remind import mute, plan_appointment, plan_payment, promise
from booking.remind_work import remind_of_appointment, remind_of_payment
from booking.turn import Turn
from db.job_rows import job_of
from db.models import Booking
from db.money_models import Audit
from db.states import AttemptState, BookingState
from db.transactions import rows
from tests.handlers.conftest import NOW, START
from tests.handlers.rows import SESSION, StripeSays, a_booking, a_customer

OPEN = {"status": "open", "payment_status": "unpaid"}
PAID = {"status": "complete", "payment_status": "paid"}
EXPIRED = {"status": "expired", "payment_status": "unpaid"}


class Clock:
    """A clock that is moved by hand."""

    moment = NOW

    def now(self):
        return self.moment


def environment(session=OPEN, **shop) -> Environment:
    made = Shop(id="shop-1", name="S", timezone=ZoneInfo("UTC"), currency="EUR", **shop)
    stripe = StripeSays(**session)
    return Environment(shop=made, clock=Clock(), payments=stripe, randomness=None, wording=None)


async def jobs(kind):
    found = await rows("SELECT * FROM job WHERE kind = ? ORDER BY run_at, id", [kind])
    return [job_of(row) for row in found]


async def reminded_after(env, minutes, work=remind_of_payment, since=NOW) -> int:
    """Run what is due so long after, in any order; count the messages there are by then."""
    env.clock.moment = since + timedelta(minutes=minutes)
    for job in await jobs(work.__name__):
        if job.run_at <= env.clock.moment:
            await work(env, job)
    return len(await jobs(work.__name__.replace("remind_of_", "") + "_reminder"))


async def test_a_booking_is_reminded_of_so_often_whatever_its_attempts(database):
    env = environment(reminders_open_minutes=(2, 0.5, 2))
    booking = await a_booking(await a_customer())
    await plan_payment(env, booking=booking)
    env.clock.moment += timedelta(minutes=1)
    more = replace(env.shop, reminders_open_minutes=(3, 4, 5))
    await plan_payment(replace(env, shop=more), booking=booking)
    due = [job.run_at - NOW for job in await jobs("remind_of_payment")]
    assert due == [timedelta(seconds=30), timedelta(minutes=2)]


async def test_each_is_sent_in_its_time_once_and_after_a_pause_only_the_latest(database):
    env = environment(reminders_open_minutes=(1, 2, 3, 10))
    await plan_payment(env, booking=await a_booking(await a_customer()))
    assert await reminded_after(env, 0.9) == 0
    assert await reminded_after(env, 1) == 1
    assert await reminded_after(env, 1.1) == 1
    assert await reminded_after(env, 5) == 2
    assert [job.key[-1] for job in await jobs("payment_reminder")] == ["0", "2"]
    assert env.payments.asked == [SESSION] * 3


@pytest.mark.parametrize(
    ("session", "becomes"),
    [(PAID, BookingState.CONFIRMED), (EXPIRED, BookingState.AWAITING_PAYMENT)],
    ids=["paid", "expired"],
)
async def test_stripe_is_asked_right_before(database, session, becomes):
    env = environment(session)
    booking = await a_booking(await a_customer())
    await plan_payment(env, booking=booking)
    assert await reminded_after(env, 11) == 0
    assert (await Booking.get(id=booking.id)).status == becomes


@pytest.mark.parametrize(
    "change",
    [
        {"status": BookingState.CANCELLED},
        {"status": BookingState.PROCESSING},
        {"muted_at": NOW},
        {"held_until": NOW + timedelta(minutes=10, seconds=20)},
    ],
    ids=["cancelled", "processing", "muted", "hold nearly over"],
)
async def test_nobody_is_hurried_who_need_not_pay_any_more(database, change):
    env = environment()
    booking = await a_booking(await a_customer())
    await plan_payment(env, booking=booking)
    await booking.update_from_dict(change).save()
    assert await reminded_after(env, 10) == 0
    assert env.payments.asked == []


async def test_an_appointment_is_reminded_of_while_it_stands(database):
    env = environment(reminders_before_hours=(24, 2, 0.5, 500))
    booking = await a_booking(await a_customer(), attempt=AttemptState.SUCCEEDED)
    await plan_appointment(env, booking=booking)
    early = [START - job.run_at for job in await jobs("remind_of_appointment")]
    assert early == [timedelta(hours=24), timedelta(hours=2), timedelta(minutes=30)]
    for status in (BookingState.CANCELLED, BookingState.CONFIRMED):
        await booking.update_from_dict({"status": status}).save()
        sent = await reminded_after(env, -24 * 60, remind_of_appointment, START)
        assert sent == (status == BookingState.CONFIRMED)
    assert await reminded_after(env, -29, remind_of_appointment, START) == 2
    assert await reminded_after(env, 1, remind_of_appointment, START) == 2
    await booking.update_from_dict({"start": START - timedelta(minutes=5)}).save()
    assert await reminded_after(env, -28, remind_of_appointment, START) == 2


async def test_what_is_over_is_completed_once_and_what_was_moved_later(database):
    env = environment()
    booking = await a_booking(await a_customer(), status=BookingState.CONFIRMED)
    await plan_appointment(env, booking=booking)
    [job] = await jobs("complete")
    assert job.run_at == booking.end
    with pytest.raises(NotYet):
        await complete(env, job)
    env.clock.moment = booking.end
    for _ in range(2):
        await complete(env, job)
    assert (await Booking.get(id=booking.id)).status == BookingState.COMPLETED
    assert [line.action for line in await Audit.all()] == ["complete"]


async def test_answers_are_written_down_once(database):
    env = environment()
    customer = await a_customer()
    booking = await a_booking(customer, status=BookingState.CONFIRMED)
    for update in (5, 5, 6):
        for answer in (mute, promise):
            await answer(env, Turn(customer, update, 500), booking=booking)
    assert (await Booking.get(id=booking.id)).muted_at == NOW
    lines = [(line.actor, line.action) for line in await Audit.all().order_by("id")]
    who = f"customer:{customer.id}"
    assert lines == [(who, "mute"), (who, "will come")]
