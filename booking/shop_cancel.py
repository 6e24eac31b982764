"""Cancelled by the shop: everything goes back, or nothing where an admin decided so."""

from dataclasses import dataclass
from typing import Final

from booking import notices
from booking.audit import ASKED_TO_CANCEL, REASON, record
from booking.call_off import Ending, call_off, whole_purse
from booking.errors import AlreadyEnded, CancellationChanged, Refusal, Unavailable
from booking.money import Money
from booking.ports import Environment
from booking.refund import Purse, Wish
from booking.release import close
from db import jobs
from db.locks import lock_attempts
from db.models import Booking
from db.money_models import Attempt, Audit
from db.states import AttemptState, BookingState, EndReason
from db.transactions import transactional

CANCELLABLE: Final = (
    BookingState.HELD,
    BookingState.AWAITING_PAYMENT,
    BookingState.PROCESSING,
    BookingState.CONFIRMED,
)


@dataclass(frozen=True, slots=True)
class Stake:
    """The money of a booking the shop may cancel."""

    left: Money
    """What can be given back."""
    given_back: int
    """Given back already, or on its way, in minor units."""
    paid: Money
    purse: Purse | None
    blocked: Refusal | None = None
    """Why nothing can be given back now, where something stands against it."""


async def stake_of(booking: Booking) -> Stake:
    """Return the money of a booking the shop may cancel; raise AlreadyEnded when it may not."""
    if booking.status not in CANCELLABLE:
        raise AlreadyEnded
    try:
        purse = await whole_purse(booking)
    except Refusal as blocked:
        nothing = Money(0, booking.currency)
        return Stake(nothing, 0, nothing, None, blocked)
    return Stake(purse.left, purse.given_back.minor, purse.paid, purse)


@transactional
async def note_reason(
    env: Environment, *, booking: Booking, question: int, reason: str, actor: str
) -> None:
    """Write down why an admin wants to cancel, with the question they are asked; once."""
    if await _asked(booking, question) is not None:
        return
    await record(
        env,
        actor=actor,
        action=ASKED_TO_CANCEL,
        reference=booking.reference,
        detail={"question": question, REASON: reason},
    )


async def move_reason(
    env: Environment, *, booking: Booking, question: int, to: int, actor: str
) -> None:
    """Take a reason along to the question that replaces an old one."""
    reason = await reason_of(booking, question)
    if reason:
        await note_reason(env, booking=booking, question=to, reason=reason, actor=actor)


async def reason_of(booking: Booking, question: int) -> str:
    """Return the reason an admin gave with a question; "" when none was given."""
    asked = await _asked(booking, question)
    return "" if asked is None else str(asked.detail.get(REASON, ""))


async def _asked(booking: Booking, question: int) -> Audit | None:
    asked = await Audit.filter(reference=booking.reference, action=ASKED_TO_CANCEL).order_by("-id")
    return next((one for one in asked if one.detail["question"] == question), None)


@transactional
async def cancel_by_shop(
    env: Environment, *, booking: Booking, wish: Wish, keep: bool = False
) -> bool:
    """Cancel a booking with exactly the effect an admin agreed to; True when it is cancelled now.

    `wish.amount` is all that can be given back; with `keep` it is not. False: its payment page has
    to be closed at Stripe first, and a job goes on from there. Raises AlreadyEnded, and
    CancellationChanged when the effect is another one now.
    """
    await lock_attempts(booking.id)
    now = await Booking.get(id=booking.id).select_related("customer")
    stake = await stake_of(now)
    if (stake.left, stake.given_back) != (wish.amount, wish.given_back):
        raise CancellationChanged
    if stake.blocked is not None and not keep:
        raise stake.blocked
    if now.status.awaits_money:
        await jobs.enqueue(
            kind="close_and_cancel",
            key=f"close_and_cancel:{booking.reference}:{wish.question}",
            priority=2,
            now=env.clock.now(),
            payload={"booking": booking.id, "question": wish.question, "actor": wish.actor},
        )
        return False
    await _end(env, now, stake, question=wish.question, actor=wish.actor, keep=keep)
    return True


async def close_and_cancel(env: Environment, job: jobs.Job) -> None:
    """Cancel a booking nobody had paid; when it was paid meanwhile, all of it goes back.

    While Stripe is down the admins are told once and the job is retried: the seats stay held.
    """
    booking = await Booking.get(id=job.payload["booking"])
    while True:
        try:
            await close(env, booking=booking)
        except Unavailable as away:
            await notices.tell_admins(
                env, card="cancel_waits", about=job.key, booking=booking.id, why=str(away)
            )
            raise
        if await _end_closed(env, job):
            return


@transactional
async def _end_closed(env: Environment, job: jobs.Job) -> bool:
    """End the booking; False when a link that can be paid has come meanwhile."""
    booking_id, question = job.payload["booking"], job.payload["question"]
    await lock_attempts(booking_id)
    if await Attempt.exists(booking_id=booking_id, state=AttemptState.OPEN):
        return False
    booking = await Booking.get(id=booking_id).select_related("customer")
    try:
        stake = await stake_of(booking)
        await _end(env, booking, stake, question=question, actor=job.payload["actor"])
    except AlreadyEnded:
        if booking.end_reason != EndReason.SHOP:
            await notices.tell_admins(env, card="cancel_missed", about=job.key, booking=booking.id)
    return True


async def _end(
    env: Environment,
    booking: Booking,
    stake: Stake,
    *,
    question: int,
    actor: str,
    keep: bool = False,
) -> None:
    why = await reason_of(booking, question)
    ending = Ending(
        reason=EndReason.SHOP,
        actor=actor,
        purse=stake.purse,
        back=Money(0, stake.left.currency) if keep else stake.left,
        question=question,
        why=why,
    )
    await call_off(env, booking=booking, ending=ending, sources=[booking.status])
    customer = booking.customer
    if booking.status != BookingState.CONFIRMED:
        # what the chat shows of it is where it would be paid
        event = f"cancelled:{question}"
        await notices.show_booking(env, booking=booking, customer=customer, event=event)
    await notices.tell(
        env,
        kind="cancelled_by_shop",
        booking=booking,
        customer=customer,
        event=str(question),
        why=why,
    )
