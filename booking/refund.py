"""Refund: what was paid is given back, all of it or part, and never more.

A refund is a row before Stripe is asked (`booking/refund_work.py`), and what Stripe says of it is
believed afterwards (`booking/refund_books.py`). The booking's status is left alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from booking import notices
from booking.audit import record
from booking.errors import NothingToRefund, RefundChanged, RefundTooLarge
from booking.money import Money
from booking.ports import Environment
from db import jobs
from db.locks import lock_attempts
from db.models import Booking
from db.money_models import Attempt, Refund
from db.states import AttemptState
from db.transactions import transactional


class Because(StrEnum):
    """Why we give money back."""

    REQUESTED = "requested_by_customer"
    """An admin decided so."""
    POLICY = "cancellation"
    """The customer cancelled, and the accepted policy says how much."""
    SHOP = "cancelled_by_shop"
    LATE = "late_payment"
    """The place was gone when the money came."""
    SECOND = "second_payment"
    MISMATCH = "mismatch"
    """What was paid is not what was asked for."""


@dataclass(frozen=True, slots=True)
class Source:
    """One payment, and how much of it can still be given back, in minor units."""

    attempt_id: int
    left: int


@dataclass(frozen=True, slots=True)
class Purse:
    """What was paid for a booking in one currency, and what became of it."""

    paid: Money
    given_back: Money
    """Given back already, or on its way."""
    sources: tuple[Source, ...]
    """The newest payment first: a second one is what is given back before the first."""

    @property
    def left(self) -> Money:
        """Return what can still be given back."""
        return self.paid - self.given_back

    def split(self, amount: Money) -> Iterator[tuple[int, int]]:
        """Yield which attempts give how much, in minor units; raise RefundTooLarge."""
        if amount > self.left:
            raise RefundTooLarge(left=self.left)
        wanted = amount.minor
        for source in self.sources:
            part = min(wanted, source.left)
            if part > 0:
                yield source.attempt_id, part
            wanted -= part


async def purse_of(booking: Booking) -> Purse:
    """Return the money of a booking that can be given back; raise NothingToRefund.

    It is in the booking's currency, unless only money in another is left.
    """
    succeeded = Attempt.filter(booking_id=booking.id, state=AttemptState.SUCCEEDED)
    paid = [one for one in await succeeded.order_by("-number") if one.payment_intent]
    refunds = await Refund.filter(attempt_id__in=[one.id for one in paid]) if paid else []
    other = sorted(paid, key=lambda one: (one.currency != booking.currency, one.currency))
    for currency, attempts in groupby(other, key=lambda one: one.currency):
        purse = _purse(currency, list(attempts), refunds)
        if purse.left.minor > 0:
            return purse
    raise NothingToRefund


def _purse(currency: str, attempts: list[Attempt], refunds: Iterable[Refund]) -> Purse:
    back = {one.id: 0 for one in attempts}
    for refund in refunds:
        if refund.attempt_id in back and refund.state.counts:
            back[refund.attempt_id] += refund.amount_minor
    return Purse(
        paid=Money(sum(one.paid_minor for one in attempts), currency),
        given_back=Money(sum(back.values()), currency),
        sources=tuple(Source(one.id, one.paid_minor - back[one.id]) for one in attempts),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was confirmed, with what was known when it was asked for."""

    amount: Money
    given_back: int
    """Given back already, in minor units, as the question said."""
    question: int
    """The update that asked: one question is answered with "Yes" once."""
    actor: str


@transactional
async def refund(env: Environment, *, booking: Booking, wish: Wish) -> None:
    """Write down that money is given back, and the job that asks Stripe; once a question.

    Raises NothingToRefund, RefundTooLarge, and RefundChanged when the question was about another
    effect than this.
    """
    await lock_attempts(booking.id)
    if not await ask_later(env, booking=booking, about=str(wish.question)):
        return
    purse = await purse_of(booking)
    if (purse.given_back.minor, purse.paid.currency) != (wish.given_back, wish.amount.currency):
        raise RefundChanged
    await give_back(env, purse=purse, amount=wish.amount, because=Because.REQUESTED)
    await record(
        env,
        actor=wish.actor,
        action="refund",
        reference=booking.reference,
        detail={"amount_minor": wish.amount.minor, "currency": wish.amount.currency},
    )


async def give_back(env: Environment, *, purse: Purse, amount: Money, because: Because) -> None:
    """Write down that so much of a purse is given back, in the caller's transaction.

    The caller holds `lock_attempts` and enqueues the asking. Raises RefundTooLarge.
    """
    for attempt_id, minor in purse.split(amount):
        await Refund.create(
            attempt_id=attempt_id,
            idempotency_key=env.randomness.key(),
            amount_minor=minor,
            reason=because,
            created_at=env.clock.now(),
        )


async def ask_later(env: Environment, *, booking: Booking, about: str) -> bool:
    """Enqueue the asking for what is written down; False when this was asked for before.

    `about` makes it unique: what the money is given back for.
    """
    return await jobs.enqueue(
        kind="ask_refund",
        key=f"refund:{booking.reference}:{about}",
        lane=notices.pay_lane(booking.reference),
        priority=2,
        now=env.clock.now(),
        payload={"booking": booking.id},
    )


@transactional
async def return_payment(
    env: Environment, *, booking: Booking, attempt: Attempt, because: Because, actor: str
) -> None:
    """Give back all that is left of one payment; nothing happens when nothing is."""
    await lock_attempts(booking.id)
    paid = await Attempt.get(id=attempt.id)
    refunds = await Refund.filter(attempt_id=paid.id)
    purse = _purse(paid.currency, [paid], refunds)
    if purse.left.minor <= 0 or not paid.payment_intent:
        return
    left = purse.left
    await give_back(env, purse=purse, amount=left, because=because)
    await ask_later(env, booking=booking, about=f"{because}:{attempt.id}")
    await record(
        env,
        actor=actor,
        action=f"refund {because}",
        reference=booking.reference,
        detail={"amount_minor": left.minor, "currency": left.currency},
    )
