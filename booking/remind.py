"""Remind: what is planned with a payment link and with a confirmation, and how it is answered.

Each reminder is a timer of its own and knows when the next one is due: whatever was delayed says
nothing any more once a later one says it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from booking import notices
from booking.audit import record
from booking.ports import Environment
from booking.turn import Turn
from db import jobs
from db.fields import to_ms
from db.jobs import NewJob
from db.models import Booking
from db.money_models import Audit
from db.transactions import transactional

COMING: Final = "will come"
"""What the audit log calls it when a customer answers a reminder with "I'll be there"."""


async def plan_payment(env: Environment, *, booking: Booking) -> None:
    """Plan the reminders of an unpaid booking when its first link is shown, in that transaction.

    A link that replaces another one plans none anew: a booking has so many, whatever its attempts.
    """
    now = env.clock.now()
    moments = [now + timedelta(minutes=after) for after in env.shop.reminders_open_minutes]
    for number, (at, until) in enumerate(_in_turn(moments)):
        new = await jobs.enqueue(
            kind="remind_of_payment",
            key=f"remind_of_payment:{booking.id}:{number}",
            payload={"booking": booking.id, "number": number, "until": until},
            run_at=at,
            now=now,
        )
        if not new:
            return


async def plan_appointment(env: Environment, *, booking: Booking) -> None:
    """Plan what follows a confirmation, in its transaction: reminders, and the end.

    A reminder whose time has come already when the booking is made is not sent at all.
    """
    now = env.clock.now()
    moments = [booking.start - timedelta(hours=lead) for lead in env.shop.reminders_before_hours]
    planned = [
        NewJob(
            kind="remind_of_appointment",
            key=f"remind_of_appointment:{booking.id}:{to_ms(at)}",
            payload={
                "booking": booking.id,
                "start": to_ms(booking.start),
                "at": to_ms(at),
                "until": until,
            },
            run_at=at,
        )
        for at, until in _in_turn(at for at in moments if at > now)
    ]
    end = NewJob(
        kind="complete",
        key=f"complete:{booking.id}:{to_ms(booking.end)}",
        payload={"booking": booking.id},
        run_at=booking.end,
    )
    await jobs.enqueue_all([*planned, end], now=now)


def _in_turn(moments: Iterable[datetime]) -> Iterator[tuple[datetime, int | None]]:
    """Give each moment once, in order, with the next one in epoch milliseconds."""
    ordered = sorted(set(moments))
    yield from ((at, to_ms(later)) for at, later in pairwise(ordered))
    yield from ((at, None) for at in ordered[-1:])


def is_overtaken(until: object, now: datetime) -> bool:
    """Tell whether the next reminder is due as well, so that an earlier one has nothing to say."""
    return isinstance(until, int) and to_ms(now) >= until


@transactional
async def mute(env: Environment, turn: Turn, *, booking: Booking) -> None:
    """Remind a customer of this booking no more, and take that button off the message."""
    unmuted = Booking.filter(id=booking.id, muted_at__isnull=True)
    if await unmuted.update(muted_at=env.clock.now()):
        await _record(env, turn, booking, "mute")
    await _answer(env, turn, booking, "reminder_muted")


@transactional
async def promise(env: Environment, turn: Turn, *, booking: Booking) -> None:
    """Write down that a customer will come, and say so on the message."""
    if not await is_promised(booking):
        await _record(env, turn, booking, COMING)
    await _answer(env, turn, booking, "reminder_answered")


async def is_promised(booking: Booking) -> bool:
    """Tell whether the customer has said that they will come."""
    return await Audit.exists(reference=booking.reference, action=COMING)


async def _record(env: Environment, turn: Turn, booking: Booking, action: str) -> None:
    actor = f"customer:{turn.customer.id}"
    await record(env, actor=actor, action=action, reference=booking.reference)


async def _answer(env: Environment, turn: Turn, booking: Booking, kind: str) -> None:
    await notices.tell(
        env,
        kind=kind,
        booking=booking,
        customer=turn.customer,
        event=str(turn.update_id),
        message=turn.message_id,
    )
