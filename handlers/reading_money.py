"""What was paid for a booking, and what became of it, as the screens show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from booking.disputed import blocking
from booking.money import Money
from db.models import Booking
from db.money_models import Attempt, Dispute, Refund
from db.states import DisputeState, RefundState
from handlers.screens.booking_view import RefundView


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyView:
    """The money of a booking, in one currency but for `refunds` and `refundable`.

    That is its own, unless everything was paid in another.
    """

    paid: Money
    given_back: Money
    with_bank: Money
    """A bank decides about it."""
    from_bank: Money
    """A bank has given it back to the buyer."""
    refunds: Sequence[RefundView]
    refundable: bool
    """Something of what was paid, in whatever currency, may still be given back by us."""


async def money_of(booking: Booking, paid: Sequence[Attempt]) -> MoneyView:
    """Return what became of the payments of a booking that succeeded."""
    ids = [one.id for one in paid]
    refunds = await Refund.filter(attempt_id__in=ids).order_by("id") if ids else []
    disputes = await blocking(ids)
    shown = _currency(booking, paid)
    own = {one.id: one.paid_minor for one in paid if one.currency == shown}
    back = sum(
        one.amount_minor
        for one in refunds
        if one.state == RefundState.SUCCEEDED and one.attempt_id in own
    )
    lost = {key for key, one in disputes.items() if _is_lost(one)}
    currency = {one.id: one.currency for one in paid}
    left = {one.id: one.paid_minor - _counted(one, refunds) for one in paid}

    def own_money(minor: int) -> Money:
        return Money(minor, shown)

    return MoneyView(
        paid=own_money(sum(own.values())),
        given_back=own_money(back),
        with_bank=own_money(_left(left, own.keys() & (disputes.keys() - lost))),
        from_bank=own_money(_left(left, own.keys() & lost)),
        refunds=[
            RefundView(Money(one.amount_minor, currency[one.attempt_id]), one.state)
            for one in refunds
        ],
        refundable=_left(left, left.keys() - disputes.keys()) > 0,
    )


def _currency(booking: Booking, paid: Sequence[Attempt]) -> str:
    """Return the currency of a booking; of its payment when an admin accepted another."""
    known = [one.currency for one in paid]
    return booking.currency if booking.currency in known or not known else known[0]


def _is_lost(dispute: Dispute) -> bool:
    return DisputeState(dispute.state) in {DisputeState.LOST, DisputeState.PREVENTED}


def _counted(attempt: Attempt, refunds: Sequence[Refund]) -> int:
    """Return what is given back of a payment, or on its way."""
    own = (one for one in refunds if one.attempt_id == attempt.id and one.state.counts)
    return sum(one.amount_minor for one in own)


def _left(left: Mapping[int, int], ids: set[int]) -> int:
    return sum(left[one] for one in ids)
