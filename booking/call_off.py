"""Call off: the one way a booking that may have been paid ends, whoever cancels it."""

from collections.abc import Collection
from dataclasses import dataclass

from booking import notices, reviews
from booking.audit import REASON, record
from booking.errors import AlreadyEnded, NothingToRefund
from booking.money import Money
from booking.ports import Environment
from booking.refund import Because, Purse, ask_later, give_back, purse_of
from booking.release import clear
from db.models import Booking
from db.money_models import Attempt
from db.moves import move
from db.states import AttemptState, BookingState, EndReason
from db.transactions import transactional


async def whole_purse(booking: Booking) -> Purse:
    """Return the money of a booking, also when nothing of it can be given back (any more)."""
    try:
        return await purse_of(booking)
    except NothingToRefund:
        succeeded = Attempt.filter(
            booking_id=booking.id,
            state=AttemptState.SUCCEEDED,
            currency=booking.currency,
            payment_intent__not_isnull=True,
        )
        paid = Money(sum(one.paid_minor for one in await succeeded), booking.currency)
        return Purse(paid=paid, given_back=paid, sources=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Who ends a booking, and what becomes of its money."""

    reason: EndReason
    actor: str
    purse: Purse | None
    """None when the money cannot be touched."""
    back: Money
    """What is given back of the purse."""
    question: int
    """The update that asked whether to: it makes this ending unique."""
    why: str = ""
    """What the shop tells the customer."""

    @property
    def because(self) -> Because:
        """Return why money is given back."""
        return Because.SHOP if self.reason == EndReason.SHOP else Because.POLICY


@transactional
async def call_off(
    env: Environment, *, booking: Booking, ending: Ending, sources: Collection[BookingState]
) -> None:
    """End a booking: free its seats, write down what is given back, and tell the admins.

    The caller holds `lock_attempts`, and tells the customer. Raises AlreadyEnded.
    """
    ended = await move(
        booking.id,
        BookingState.CANCELLED,
        sources=sources,
        ended_at=env.clock.now(),
        end_reason=ending.reason,
    )
    if not ended:
        raise AlreadyEnded
    await clear(booking)
    if ending.purse is not None and ending.back:
        await give_back(env, purse=ending.purse, amount=ending.back, because=ending.because)
        await ask_later(env, booking=booking, about=f"{ending.because}:{ending.question}")
        await reviews.close_gone(env, booking=booking)
    await _tell(env, booking, ending)


async def _tell(env: Environment, booking: Booking, ending: Ending) -> None:
    left = ending.purse.left if ending.purse is not None else ending.back
    await notices.tell_admins(
        env,
        card="cancelled",
        about=f"{booking.reference}:{ending.question}",
        booking=booking.id,
        by=str(ending.reason),
        back=ending.back.minor,
        kept=(left - ending.back).minor,
        currency=ending.back.currency,
        onsite=booking.onsite_minor if booking.onsite_paid_at else 0,
        why=ending.why,
    )
    await record(
        env,
        actor=ending.actor,
        action="cancel",
        reference=booking.reference,
        detail={
            "by": ending.reason,
            "amount_minor": ending.back.minor,
            "currency": ending.back.currency,
            **({REASON: ending.why} if ending.why else {}),
        },
    )
