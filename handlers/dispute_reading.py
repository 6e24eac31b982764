"""Rows read for what admins are shown of disputes."""

from datetime import datetime
from typing import Any, NamedTuple

from booking.money import Money
from db.models import Booking
from db.money_models import Attempt, Dispute, Refund, Told
from db.states import DisputeState
from handlers import reading
from handlers.screens.dispute import DisputeView
from handlers.screens.evidence import Evidence, GivenBack, Message
from handlers.words import Words


class Promised(NamedTuple):
    """A step of the policy a booking was made under."""

    hours: int
    refund: int


async def dispute_by_id(dispute_id: object) -> Dispute | None:
    """Return a dispute by its row, with its payment and booking."""
    if not isinstance(dispute_id, int):
        return None
    return await Dispute.filter(id=dispute_id).select_related("attempt__booking").first()


async def disputes_of(booking: Booking) -> list[DisputeView]:
    """List the disputes of a booking's payments, oldest first."""
    found = Dispute.filter(attempt__booking_id=booking.id).order_by("id")
    return [view_of(one, booking) for one in await found]


async def asked_about(booking: Booking) -> Attempt | None:
    """Return the payment whose dispute is to be answered; the newest of several."""
    found = Dispute.filter(attempt__booking_id=booking.id).select_related("attempt")
    for dispute in await found.order_by("-id"):
        if DisputeState(dispute.state).needs_response:
            return dispute.attempt
    return None


def view_of(dispute: Dispute, booking: Booking) -> DisputeView:
    """Return a dispute as its screens show it."""
    return DisputeView(
        dispute_id=dispute.dispute_id,
        reference=booking.reference,
        amount=Money(dispute.amount_minor, dispute.currency),
        state=DisputeState(dispute.state),
        reason=dispute.reason,
        due_by=dispute.due_by,
    )


async def evidence_of(
    words: Words, booking: Booking, attempt: Attempt, *, now: datetime
) -> Evidence:
    """Gather what is known of a booking, of one of its payments and of what its customer read."""
    snapshot: dict[str, Any] = booking.snapshot
    refunds = await Refund.filter(attempt_id=attempt.id).order_by("id")
    told = await Told.filter(booking_id=booking.id).order_by("at", "id")
    return Evidence(
        view=await reading.view_of(words, booking),
        booked_at=booking.created_at,
        ended_at=booking.ended_at,
        policy=[Promised(*step) for step in snapshot.get("policy", ())],
        payment=attempt.payment_intent or "",
        paid=Money(attempt.paid_minor, attempt.currency),
        paid_at=attempt.paid_at,
        refunds=[
            GivenBack(Money(one.amount_minor, attempt.currency), one.state, one.created_at)
            for one in refunds
        ],
        messages=[Message(one.kind, one.at) for one in told],
        now=now,
    )
