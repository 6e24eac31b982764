"""Confirm a booking when dj-stripe has read its session from Stripe again."""

from django.db import transaction
from django.utils import timezone
from djstripe.event_handlers import djstripe_receiver
from djstripe.models import Event, Session

from bench.peer.models import Booking, Payment, Receipt


@djstripe_receiver("checkout.session.completed")
def confirm(sender: type[Event], event: Event, **_: object) -> None:
    """Confirm the booking with its payment and a receipt to be sent, once."""
    assert sender is Event
    session = Session.objects.get(id=event.data["object"]["id"])
    if session.payment_status != "paid":
        return
    now = timezone.now()
    with transaction.atomic():
        booking = Booking.objects.select_for_update().get(session_id=session.id)
        if booking.status == "confirmed" or booking.amount_minor != session.amount_total:
            return
        booking.status, booking.confirmed_at = "confirmed", now
        booking.save(update_fields=["status", "confirmed_at"])
        Payment.objects.create(
            booking=booking,
            payment_intent=session.payment_intent.id,
            amount_minor=session.amount_total,
            paid_at=now,
        )
        Receipt.objects.create(booking=booking, queued_at=now)
