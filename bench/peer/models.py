"""What the shop keeps: no more than the confirmation needs."""

from django.db import models


class Booking(models.Model):
    """A place somebody holds."""

    reference = models.CharField(max_length=9, unique=True)
    session_id = models.CharField(max_length=255, unique=True)
    status = models.CharField(max_length=20, default="awaiting_payment")
    amount_minor = models.BigIntegerField()
    confirmed_at = models.DateTimeField(null=True)


class Payment(models.Model):
    """What was paid for a booking."""

    booking = models.OneToOneField(Booking, on_delete=models.PROTECT)
    payment_intent = models.CharField(max_length=255, unique=True)
    amount_minor = models.BigIntegerField()
    paid_at = models.DateTimeField()


class Receipt(models.Model):
    """A receipt to be sent."""

    booking = models.OneToOneField(Booking, on_delete=models.PROTECT)
    queued_at = models.DateTimeField()
