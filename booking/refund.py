"""Refund: what was paid is given back, all of it or part, and never more.

A refund is a row before Stripe is asked (`booking/refund_work.py`), and what Stripe says of it is
believed afterwards (`booking/refund_books.py`). The booking's status is left alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from booking import notices, reviews
from booking.audit import record
from booking.disputed import blocking
from booking.errors import NothingToRefund, RefundChanged, RefundDisputed, RefundTooLarge
from booking.money import Money
from booking.ports import Environment
from db import jobs, witness
from db.locks import lock_attempts
from db.models import Booking
from db.money_models import Attempt, Dispute, Refund
from db.states import AttemptState, DisputeState, RefundState
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
    """The newest payment first: a second one is what is given back before the first. Disputed
    ones are left out: a bank decides about them, or has given the money to the buyer."""

    @property
    def left(self) -> Money:
        """Return what can still be given back."""
        return Money(sum(one.left for one in self.sources), self.paid.currency)

    @property
    def spoken_for(self) -> Money:
        """Return what cannot be given back any more."""
        return self.paid - self.left

    @property
    def disputed(self) -> Money:
        """Return what is neither given back nor ours to give back."""
        return self.spoken_for - self.given_back

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
    """Return the money of a booking that can be given back.

    It is in the booking's currency, unless only money in another is left. Raises NothingToRefund,
    and RefundDisputed when all that is left is disputed.
    """
    succeeded = Attempt.filter(booking_id=booking.id, state=AttemptState.SUCCEEDED)
    paid = [one for one in await succeeded.order_by("-number") if one.payment_intent]
    refunds = await Refund.filter(attempt_id__in=[one.id for one in paid]) if paid else []
    disputes = await blocking(one.id for one in paid)
    other = sorted(paid, key=lambda one: (one.currency != booking.currency, one.currency))
    disputed = False
    for currency, attempts in groupby(other, key=lambda one: one.currency):
        purse = _purse(currency, list(attempts), refunds, disputes)
        if purse.left.minor > 0:
            return purse
        disputed = disputed or purse.disputed.minor > 0
    if disputed:
        newest = max(disputes.values(), key=lambda one: one.id)
        raise RefundDisputed(state=DisputeState(newest.state))
    raise NothingToRefund


def _purse(
    currency: str,
    attempts: list[Attempt],
    refunds: Iterable[Refund],
    disputes: Mapping[int, Dispute],
) -> Purse:
    back = {one.id: 0 for one in attempts}
    for refund in refunds:
        if refund.attempt_id in back and refund.state.counts:
            back[refund.attempt_id] += refund.amount_minor
    return Purse(
        paid=Money(sum(one.paid_minor for one in attempts), currency),
        given_back=Money(sum(back.values()), currency),
        sources=tuple(
            Source(one.id, one.paid_minor - back[one.id])
            for one in attempts
            if one.id not in disputes
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was confirmed, with what was known when it was asked for."""

    amount: Money
    given_back: int
    """Given back already or disputed, in minor units, as the question said."""
    question: int
    """The update that asked: one question is answered with "Yes" once."""
    actor: str


@transactional
async def refund(env: Environment, *, booking: Booking, wish: Wish) -> None:
    """Write down that money is given back, and the job that asks Stripe; once a question.

    Raises NothingToRefund, RefundDisputed, RefundTooLarge, and RefundChanged when the question was
    about another effect than this.
    """
    await lock_attempts(booking.id)
    if not await ask_later(env, booking=booking, about=str(wish.question)):
        return
    purse = await purse_of(booking)
    if (purse.spoken_for.minor, purse.paid.currency) != (wish.given_back, wish.amount.currency):
        raise RefundChanged
    await give_back(env, purse=purse, amount=wish.amount, because=Because.REQUESTED)
    await reviews.close_gone(env, booking=booking, offers_only=True)
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
        asked = (RefundState.ASKED, amount.currency, minor)
        witness.tell(witness.Moved("refund", *asked, reference=""))
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
) -> bool:
    """Give back all that is left of one payment; False when nothing is.

    A disputed payment stays with the bank, and the admins are told that it was to be given back.
    """
    await lock_attempts(booking.id)
    paid = await Attempt.get(id=attempt.id)
    refunds = await Refund.filter(attempt_id=paid.id)
    disputes = await blocking([paid.id])
    purse = _purse(paid.currency, [paid], refunds, disputes)
    if purse.disputed:
        await _leave_to_the_bank(env, booking, disputes[paid.id], because, actor)
    left = purse.left
    if left.minor <= 0 or not paid.payment_intent:
        return False
    await give_back(env, purse=purse, amount=left, because=because)
    await ask_later(env, booking=booking, about=f"{because}:{attempt.id}")
    await record(
        env,
        actor=actor,
        action=f"refund {because}",
        reference=booking.reference,
        detail={"amount_minor": left.minor, "currency": left.currency},
    )
    return True


async def _leave_to_the_bank(
    env: Environment, booking: Booking, dispute: Dispute, because: Because, actor: str
) -> None:
    await notices.tell_admins(
        env,
        card="return_disputed",
        about=f"{because}:{dispute.attempt_id}",
        booking=booking.id,
        dispute=dispute.id,
    )
    await record(
        env,
        actor=actor,
        action="refund left to the bank",
        reference=booking.reference,
        detail={"because": because, "dispute": dispute.dispute_id},
    )
