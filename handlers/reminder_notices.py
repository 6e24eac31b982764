"""Reminders, worded at the moment they leave: nothing is said of what has changed meanwhile."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from booking.remind import is_overtaken, is_promised
from db.fields import to_ms
from db.states import BookingState
from handlers import reading
from handlers.notice import Notice
from handlers.outgoing import Outgoing
from handlers.screens import reminder
from handlers.screens.booking import booking as where_it_stands
from handlers.screens.screen import Screen


async def _payment(notice: Notice) -> Outgoing | None:
    """Ask once more for a payment, on the live message unless another booking was begun."""
    now, booking = notice.door.env.clock.now(), notice.booking
    overtaken = is_overtaken(notice.job.payload["until"], now)
    is_over = not _can_be_paid(notice) or now >= booking.held_until
    if is_over or overtaken or booking.muted_at is not None:
        return None
    screen = reminder.payment(notice.words, notice.view)
    alone = await reading.open_draft(booking.customer) is None
    return Outgoing(chat_id=notice.chat_id, text=screen.text, rows=screen.rows, live=alone)


async def _muted(notice: Notice) -> Outgoing:
    if not _can_be_paid(notice):
        return _rewritten(notice, _as_it_stands(notice))
    return _rewritten(notice, reminder.payment(notice.words, notice.view, muted=True))


async def _appointment(notice: Notice) -> Outgoing | None:
    now, booking, payload = notice.door.env.clock.now(), notice.booking, notice.job.payload
    unchanged = (
        booking.status == BookingState.CONFIRMED and to_ms(booking.start) == payload["start"]
    )
    is_over = now >= booking.start or is_overtaken(payload["until"], now)
    if not unchanged or is_over:
        return None
    promised = await is_promised(booking)
    screen = reminder.appointment(notice.words, notice.view, promised=promised)
    return notice.message(screen.text, screen.rows)


async def _answered(notice: Notice) -> Outgoing:
    if notice.booking.status != BookingState.CONFIRMED:
        return _rewritten(notice, _as_it_stands(notice))
    return _rewritten(notice, reminder.appointment(notice.words, notice.view, promised=True))


def _as_it_stands(notice: Notice) -> Screen:
    return where_it_stands(notice.words, notice.view, now=notice.door.env.clock.now())


def _can_be_paid(notice: Notice) -> bool:
    return notice.booking.status.awaits_money and notice.view.pay_url is not None


def _rewritten(notice: Notice, screen: Screen) -> Outgoing:
    """Rewrite the tapped message where it stands, live or not."""
    return Outgoing(
        chat_id=notice.chat_id,
        text=screen.text,
        rows=screen.rows,
        mode="edit",
        message_id=notice.job.payload["message"],
    )


NOTICES: Final[Mapping[str, Callable[[Notice], Awaitable[Outgoing | None]]]] = {
    "payment_reminder": _payment,
    "reminder_muted": _muted,
    "appointment_reminder": _appointment,
    "reminder_answered": _answered,
}
