"""A customer's own data, all of it, as a file: GDPR articles 15 and 20."""

import json
from typing import Any, Final

from booking import notices
from booking.exports import instant
from booking.ports import Environment
from booking.turn import Turn
from db import jobs
from db.models import Booking, Customer, Draft
from db.money_models import Attempt, Refund
from db.transactions import transactional

KIND: Final = "own_data"
FILE: Final = "my-data.json"
AGAIN_SECONDS: Final = 60
TOLD: Final = ("name", "phone", "email", "answers")


@transactional
async def ask(env: Environment, turn: Turn) -> None:
    """Have the file sent, once a minute however often it is asked for."""
    now = env.clock.now()
    await jobs.enqueue(
        kind=KIND,
        key=f"{KIND}:{turn.customer.id}:{int(now.timestamp() / AGAIN_SECONDS)}",
        lane=notices.out_lane(turn.customer.telegram_id),
        priority=notices.NOTICE_PRIORITY,
        now=now,
        payload={"customer": turn.customer.id},
    )


async def file_of(customer: Customer) -> bytes:
    """Return all that is known about a customer as JSON in UTF-8; amounts in minor units."""
    drafts = await Draft.filter(customer_id=customer.id).order_by("id")
    bookings = (
        await Booking.filter(customer_id=customer.id).order_by("id").select_related("service")
    )
    told = {
        "customer": {
            "telegram_id": customer.telegram_id,
            "name": customer.name,
            "phone": customer.phone,
            "email": customer.email,
            "language": customer.language,
            "campaign": customer.campaign,
            "blocked_us": instant(customer.blocked_at),
            "known_since": instant(customer.created_at),
            "here_last": instant(customer.seen_at),
        },
        "begun": [{"choices": one.choices, "changed": instant(one.updated_at)} for one in drafts],
        "bookings": [await _booking(one) for one in bookings],
    }
    return json.dumps(told, ensure_ascii=False, indent=2).encode()


async def _booking(booking: Booking) -> dict[str, Any]:
    attempts = await Attempt.filter(booking_id=booking.id).order_by("number")
    refunds = await Refund.filter(attempt__booking_id=booking.id).order_by("id")
    return {
        "reference": booking.reference,
        "status": str(booking.status),
        "service": booking.snapshot.get("service"),
        "start": instant(booking.start),
        "end": instant(booking.end),
        "seats": booking.seats,
        "price_minor": booking.price_minor,
        "currency": booking.currency,
        "coupon": booking.coupon,
        "staff": booking.snapshot.get("staff"),
        "discount_minor": booking.discount_minor,
        "due_online_minor": booking.due_minor,
        "tip_minor": booking.tip_minor,
        "due_on_site_minor": booking.onsite_minor,
        "told_by_you": {name: booking.details.get(name) for name in TOLD if booking.details},
        "made": instant(booking.created_at),
        "payments": [
            {
                "amount_minor": one.paid_minor or one.amount_minor,
                "currency": one.currency,
                "status": str(one.state),
                "at_stripe": one.payment_intent,
                "checkout_session": one.session_id,
                "receipt": one.receipt_url,
                "made": instant(one.created_at),
                "paid": instant(one.paid_at),
            }
            for one in attempts
        ],
        "refunds": [
            {"amount_minor": one.amount_minor, "status": str(one.state), "at_stripe": one.refund_id}
            for one in refunds
        ],
    }
