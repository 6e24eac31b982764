"""Cancel: a customer calls off a confirmed booking; the policy they accepted says what they get."""

from dataclasses import dataclass
from datetime import datetime

from booking import notices
from booking.call_off import Ending, call_off, whole_purse
from booking.errors import (
    AlreadyBegun,
    AlreadyEnded,
    CancellationChanged,
    CancellationDisputed,
    PaymentUnderWay,
    RefundDisputed,
)
from booking.money import Money
from booking.policy import Deadline, accepted, explain, refund_amount, refund_percent
from booking.ports import Environment
from booking.refund import Purse, Wish
from booking.turn import Turn
from db.locks import lock_attempts
from db.models import Booking
from db.states import BookingState, EndReason
from db.transactions import transactional


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What cancelling gives back at one moment, by the policy the customer accepted."""

    purse: Purse
    owed: Money
    """What the booking costs online; whatever was paid beyond it goes back in any case."""
    percent: int
    ahead: tuple[Deadline, ...]
    """The deadlines that have not passed, the earliest first."""
    onsite: Money
    """What would have been due on site, and then is not."""
    onsite_paid: Money
    """What was paid on site: that is between the shop and the customer."""

    @property
    def back(self) -> Money:
        """Return what is given back now: not what was given back before, and never below zero."""
        counted = min(self.purse.paid, self.owed)
        share = refund_amount(counted, self.percent) + (self.purse.paid - counted)
        owed = max(share - self.purse.given_back, Money(0, share.currency))
        return min(owed, self.purse.left)  # a bank may hold a part of it


async def terms_of(booking: Booking, *, at: datetime) -> Terms:
    """Return what cancelling a confirmed booking gives back at a moment.

    Raises AlreadyBegun, AlreadyEnded or PaymentUnderWay when it cannot be cancelled, and what
    `purse_of` raises when its money cannot be given back.
    """
    if booking.status == BookingState.PROCESSING:
        raise PaymentUnderWay
    if booking.status != BookingState.CONFIRMED:
        raise AlreadyEnded
    if booking.start <= at:
        raise AlreadyBegun
    try:
        purse = await whole_purse(booking)
    except RefundDisputed:  # what it says is for the shop
        raise CancellationDisputed from None
    own = purse.paid.currency == booking.currency
    steps = accepted(booking.snapshot)
    onsite = Money(booking.onsite_minor, booking.currency)
    nothing = Money(0, booking.currency)
    is_paid = booking.onsite_paid_at is not None
    return Terms(
        purse=purse,
        owed=Money(booking.asked_minor, booking.currency) if own else purse.paid,
        percent=refund_percent(steps, booking.start, at),
        ahead=tuple(one for one in explain(steps, booking.start) if one.until >= at),
        onsite=nothing if is_paid else onsite,
        onsite_paid=onsite if is_paid else nothing,
    )


@transactional
async def cancel(env: Environment, turn: Turn, *, booking: Booking, wish: Wish) -> None:
    """Cancel a confirmed booking with exactly the effect its customer agreed to, once.

    Raises CancellationChanged when the effect is another one now, and what `terms_of` raises.
    """
    await lock_attempts(booking.id)
    now = await Booking.get(id=booking.id)
    terms = await terms_of(now, at=env.clock.now())
    if (terms.back, terms.purse.given_back.minor) != (wish.amount, wish.given_back):
        raise CancellationChanged
    ending = Ending(
        reason=EndReason.CUSTOMER,
        actor=wish.actor,
        purse=terms.purse,
        back=terms.back,
        question=wish.question,
    )
    await call_off(env, booking=now, ending=ending, sources=[BookingState.CONFIRMED])
    await notices.show(
        env,
        customer=turn.customer,
        key=str(turn.update_id),
        view="outcome",
        ref=booking.reference,
        message_id=turn.message_id,
    )
