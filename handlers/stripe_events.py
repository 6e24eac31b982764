"""The door Stripe's events come through: ours become jobs that ask Stripe what is true.

Those of sessions end in `confirm`, those of refunds and disputes in their own `refresh`.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final

from booking import dispute, refund_work
from booking.confirm import confirm
from booking.errors import Vanished
from booking.notices import pay_lane
from booking.ports import Shop
from booking.release import payment_failed, session_expired
from booking.standing import Standing
from db import trace
from db.jobs import Job, NewJob
from db.models import Booking
from db.quick import first
from handlers.door import Door

log = logging.getLogger(__name__)

APP: Final = "booking-bot"
CONFIRM: Final = ("checkout.session.async_payment_succeeded", "checkout.session.completed")
EXPIRED: Final = "checkout.session.expired"
FAILED: Final = "checkout.session.async_payment_failed"
REFUND: Final = ("refund.created", "refund.failed", "refund.updated")
DISPUTE: Final = (
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
)
UNMARKED: Final = (*REFUND, *DISPUTE)
"""Events of what somebody else may make, which then carries nothing of ours."""
TYPES: Final = (*CONFIRM, EXPIRED, FAILED, *UNMARKED)
"""The events the webhook endpoint asks Stripe for."""


LANE: Final = 60
"""So many characters of a lane are kept."""


def accept(event: Mapping[str, Any], shop: Shop) -> NewJob | None:
    """Return the job for a verified event; None when it is foreign or of no use to us.

    A dispute, or a refund made in the Dashboard, carries nothing of ours: whether it is, our
    payments tell later.
    """
    kind = event.get("type")
    about = event.get("data", {}).get("object", {})
    metadata = about.get("metadata") or {}
    ours = shop.owns(metadata)
    unmarked = kind in UNMARKED and metadata.get("app") != APP
    if kind not in TYPES or not (ours or unmarked):
        return None
    reference = metadata.get("booking", "") if ours else ""
    return NewJob(
        kind="stripe_event",
        key=f"evt:{event['id']}",
        lane=pay_lane(_payment(kind, about) or reference or about["id"])[:LANE],
        payload={
            "type": kind,
            "event_id": event["id"],
            _named(kind): about["id"],
            "reference": reference,
        },
    )


def _payment(kind: str, about: Mapping[str, Any]) -> str:
    """Name the payment an unmarked thing is of.

    Its event may overtake the answer to a call of ours: it does not wait behind that.
    """
    if kind not in UNMARKED:
        return ""
    return str(about.get("payment_intent") or about.get("charge") or "")


def _named(kind: str) -> str:
    if kind in REFUND:
        return "refund_id"
    return "dispute_id" if kind in DISPUTE else "session_id"


async def handle(door: Door, job: Job) -> None:
    """Make our books agree with what the event is about; the event itself is not trusted.

    Raises Vanished when Stripe has no such thing: asked again, then shown to the admins.
    """
    kind = job.payload["type"]
    booking = await first(Booking, "reference = ?", job.payload["reference"])
    if booking is not None:
        trace.join(booking.reference, booking.details)
    log.debug("Stripe event", extra={"type": kind, "id": job.payload["event_id"]})
    if kind in REFUND:
        await refund_work.refresh(door.env, job.payload["refund_id"])
    elif kind in DISPUTE:
        await dispute.refresh(door.env, job.payload["dispute_id"])
    elif kind == EXPIRED:
        await session_expired(door.env, job.payload["session_id"])
    else:
        told = payment_failed if kind == FAILED else confirm
        if await told(door.env, job.payload["session_id"]) == Standing.MISSING:
            raise Vanished("Stripe named it, and has none")
