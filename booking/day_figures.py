"""The figures of one day of the shop, and what waits for a person at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from booking.customers import BLOCKED
from booking.hours import midnight
from booking.money import Money
from booking.ports import Environment
from db import job_desk
from db.models import Booking
from db.money_models import Attempt, Dispute, Refund, Review
from db.states import AttemptState, BookingState, DisputeState, RefundState

REMEMBERED: Final = timedelta(days=30)
"""So long the card names a refund that failed: the money may be settled in another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """The money of a day in one currency."""

    taken: Money
    given_back: Money
    fees: Money
    """As far as Stripe has told them."""

    disputed: Money
    """Taken back by banks on this day."""
    won: Money
    """Returned by banks on this day."""

    @property
    def net(self) -> Money:
        """Return what is left; what Stripe takes for a dispute is not known here."""
        return self.taken - self.given_back - self.fees - self.disputed + self.won


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """What happened on a day, and what waits now."""

    day: date
    made: int
    confirmed: int
    cancelled: int
    expired: int
    sums: tuple[Sums, ...]
    """The shop's currency first."""
    fees_unknown: int
    """Payments of the day whose fee is not known, or is taken in another currency."""
    reviews: int
    """Payments that wait for a person."""
    refunds: int
    """Refunds that are not over."""
    failed: int
    """Refunds that failed lately and were not tried again: the customer still waits."""
    disputes: int
    """Disputes that wait for the shop's evidence."""
    dead: int
    """Jobs that were given up."""
    references: tuple[str, ...]
    """The bookings of those payments and refunds, the oldest first."""


async def figures_of(env: Environment, day: date) -> DayFigures:
    """Count a day of the shop."""
    zone = env.shop.timezone
    begins, ends = midnight(day, zone), midnight(day + timedelta(days=1), zone)

    def on_it(column: str) -> dict[str, Any]:
        return {f"{column}__gte": begins, f"{column}__lt": ends}

    ended = {
        state: await Booking.filter(status=state, **on_it("ended_at")).count()
        for state in (BookingState.CANCELLED, BookingState.EXPIRED)
    }
    paid = await Attempt.filter(state=AttemptState.SUCCEEDED, **on_it("paid_at"))
    reviews = await Review.filter(closed_at=None).select_related("booking").order_by("id")
    open_ = [state for state in RefundState if state.is_open]
    back = Refund.filter(state=RefundState.SUCCEEDED, **on_it("created_at"))
    disputed = await Dispute.filter(**on_it("opened_at"))
    moved = _Moved(
        paid=paid,
        back=await back.select_related("attempt"),
        taken_back=[one for one in disputed if DisputeState(one.state).took_money],
        won=await Dispute.filter(state=str(DisputeState.WON), **on_it("closed_at")),
    )
    refunds = Refund.filter(state__in=open_).select_related("attempt__booking").order_by("id")
    waiting = [one.attempt.booking.reference for one in await refunds]
    failed, disputes = await _failed(env), await _disputes()
    asked = [one.booking.reference for one in reviews if one.booking is not None]
    _, dead = await job_desk.count_given_up(BLOCKED)
    return DayFigures(
        day=day,
        made=await Booking.filter(**on_it("created_at")).count(),
        confirmed=await Booking.filter(**on_it("confirmed_at")).count(),
        cancelled=ended[BookingState.CANCELLED],
        expired=ended[BookingState.EXPIRED],
        sums=_sums(env.shop.currency, moved),
        fees_unknown=sum(not _fee_is_known(one) for one in paid),
        reviews=len(reviews),
        refunds=len(waiting),
        failed=len(failed),
        disputes=len(disputes),
        dead=dead,
        references=tuple(dict.fromkeys([*asked, *disputes, *failed, *waiting])),
    )


async def is_eventful(env: Environment, day: date) -> bool:
    """Tell whether bookings were made, changed or paid on a day, or money went back."""
    figures = await figures_of(env, day)
    counts = (figures.made, figures.confirmed, figures.cancelled, figures.expired)
    moved = (
        amount
        for sums in figures.sums
        for amount in (sums.taken, sums.given_back, sums.disputed, sums.won)
    )
    return any(counts) or any(moved)


async def _failed(env: Environment) -> list[str]:
    """Name the bookings of the payments whose newest refund, not long ago, did not succeed."""
    recent = Refund.filter(created_at__gte=env.clock.now() - REMEMBERED)
    newest: dict[int, Refund] = {}
    for one in await recent.select_related("attempt__booking").order_by("id"):
        newest[one.attempt_id] = one
    return [one.attempt.booking.reference for one in newest.values() if not one.state.counts]


async def _disputes() -> list[str]:
    """Name the bookings with a dispute that is to be answered."""
    wanted = [str(state) for state in DisputeState if state.needs_response]
    found = Dispute.filter(state__in=wanted).select_related("attempt__booking").order_by("id")
    return [one.attempt.booking.reference for one in await found]


def _fee_is_known(attempt: Attempt) -> bool:
    """Tell whether the fee is known, in the currency of the payment: then all adds up."""
    if attempt.fee_minor is None or attempt.net_minor is None:
        return not attempt.paid_minor
    return bool(attempt.fee_minor + attempt.net_minor == attempt.paid_minor)


class _Moved(NamedTuple):
    """What moved money on a day."""

    paid: Sequence[Attempt]
    back: Sequence[Refund]
    taken_back: Sequence[Dispute]
    won: Sequence[Dispute]


def _sums(currency: str, moved: _Moved) -> tuple[Sums, ...]:
    others = {one.currency for one in moved.paid}
    others |= {one.attempt.currency for one in moved.back}
    others |= {one.currency for one in (*moved.taken_back, *moved.won)}
    return tuple(_sum(each, moved) for each in (currency, *sorted(others - {currency})))


def _sum(currency: str, moved: _Moved) -> Sums:
    paid = [one for one in moved.paid if one.currency == currency]
    back = [one for one in moved.back if one.attempt.currency == currency]

    def disputed(disputes: Sequence[Dispute]) -> Money:
        each = (one.amount_minor for one in disputes if one.currency == currency)
        return Money(sum(each), currency)

    return Sums(
        taken=Money(sum(one.paid_minor for one in paid), currency),
        given_back=Money(sum(one.amount_minor for one in back), currency),
        fees=Money(sum(one.fee_minor or 0 for one in paid if _fee_is_known(one)), currency),
        disputed=disputed(moved.taken_back),
        won=disputed(moved.won),
    )
