"""The door Stripe's events come through: ours become jobs, and every one ends in `confirm`."""

from collections.abc import Mapping
from typing import Any, Final

from booking.confirm import confirm
from booking.notices import pay_lane
from booking.ports import Shop
from booking.release import payment_failed
from db.jobs import Job, NewJob
from handlers.context import Door

APP: Final = "booking-bot"
CONFIRM: Final = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.expired",
    }
)
FAILED: Final = "checkout.session.async_payment_failed"
TYPES: Final = (*sorted(CONFIRM), FAILED)
"""The events the webhook endpoint asks Stripe for."""


def accept(event: Mapping[str, Any], shop: Shop) -> NewJob | None:
    """Return the job for a verified event; None when it is foreign or of no use to us."""
    session = event.get("data", {}).get("object", {})
    metadata = session.get("metadata") or {}
    ours = metadata.get("app") == APP and metadata.get("shop") == shop.id
    if event.get("type") not in TYPES or not ours:
        return None
    reference = metadata.get("booking", "")
    return NewJob(
        kind="stripe_event",
        key=f"evt:{event['id']}",
        lane=pay_lane(reference),
        payload={
            "type": event["type"],
            "event_id": event["id"],
            "session_id": session["id"],
            "reference": reference,
        },
    )


async def handle(door: Door, job: Job) -> None:
    """Make our books agree with the session the event is about; the event itself is not trusted."""
    session_id = job.payload["session_id"]
    if job.payload["type"] == FAILED:
        await payment_failed(door.env, session_id)
    else:
        await confirm(door.env, session_id)
