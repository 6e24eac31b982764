"""The door Stripe's events come through: ours become jobs that ask Stripe what is true.

Those of sessions end in `confirm`, those of refunds in `refresh`.
"""

from collections.abc import Mapping
from typing import Any, Final

from booking.confirm import confirm
from booking.notices import pay_lane
from booking.ports import Shop
from booking.refund_work import refresh
from booking.release import payment_failed, session_expired
from db.jobs import Job, NewJob
from handlers.context import Door

APP: Final = "booking-bot"
CONFIRM: Final = ("checkout.session.async_payment_succeeded", "checkout.session.completed")
EXPIRED: Final = "checkout.session.expired"
FAILED: Final = "checkout.session.async_payment_failed"
REFUND: Final = ("refund.created", "refund.failed", "refund.updated")
TYPES: Final = (*CONFIRM, EXPIRED, FAILED, *REFUND)
"""The events the webhook endpoint asks Stripe for."""


LANE: Final = 60
"""So many characters of a lane are kept."""


def accept(event: Mapping[str, Any], shop: Shop) -> NewJob | None:
    """Return the job for a verified event; None when it is foreign or of no use to us.

    A refund made in the Dashboard carries nothing of ours: whether it is, our payments tell later.
    """
    kind = event.get("type")
    about = event.get("data", {}).get("object", {})
    metadata = about.get("metadata") or {}
    ours = metadata.get("app") == APP and metadata.get("shop") == shop.id
    unmarked = kind in REFUND and metadata.get("app") != APP
    if kind not in TYPES or not (ours or unmarked):
        return None
    reference = metadata.get("booking", "") if ours else ""
    # a refund's event may overtake the answer to our own call: it does not wait behind that
    intent = str(about.get("payment_intent") or "") if kind in REFUND else ""
    lane = pay_lane(intent or reference or about["id"])
    return NewJob(
        kind="stripe_event",
        key=f"evt:{event['id']}",
        lane=lane[:LANE],
        payload={
            "type": kind,
            "event_id": event["id"],
            "refund_id" if kind in REFUND else "session_id": about["id"],
            "reference": reference,
        },
    )


async def handle(door: Door, job: Job) -> None:
    """Make our books agree with what the event is about; the event itself is not trusted."""
    kind = job.payload["type"]
    if kind in REFUND:
        await refresh(door.env, job.payload["refund_id"])
    elif kind == FAILED:
        await payment_failed(door.env, job.payload["session_id"])
    elif kind == EXPIRED:
        await session_expired(door.env, job.payload["session_id"])
    else:
        await confirm(door.env, job.payload["session_id"])
