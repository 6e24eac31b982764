"""The app's place in Django."""

from django.apps import AppConfig


class Peer(AppConfig):
    """One app: bookings, payments, receipts."""

    name = "bench.peer"
    label = "peer"

    def ready(self) -> None:
        """Listen to Stripe's events."""
        from bench.peer import receiver

        assert receiver
