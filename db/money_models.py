"""Money, jobs and the record of who did what: one class per table."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from db.fields import InstantField, SealedJSONField
from db.models import Booking, Customer
from db.shop_models import Coupon
from db.states import AttemptState, RefundState


class CouponUse(Model):
    """One use of a coupon by a live booking; numbers are unique, so `max_uses` holds in a race."""

    id = fields.IntField(primary_key=True)
    coupon: fields.ForeignKeyRelation[Coupon] = fields.ForeignKeyField(
        "models.Coupon", related_name="uses", on_delete=fields.RESTRICT
    )
    number = fields.IntField()
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        "models.Customer", related_name="coupon_uses", on_delete=fields.RESTRICT
    )
    customer_number = fields.IntField()
    booking: fields.OneToOneRelation[Booking] = fields.OneToOneField(
        "models.Booking", related_name="coupon_use", on_delete=fields.RESTRICT
    )

    customer_id: int

    class Meta:
        table = "coupon_use"
        unique_together = (("coupon", "number"), ("coupon", "customer", "customer_number"))


class Attempt(Model):
    """One try to be paid: written before Stripe is asked, with the exact words we ask it."""

    id = fields.IntField(primary_key=True)
    booking: fields.ForeignKeyRelation[Booking] = fields.ForeignKeyField(
        "models.Booking", related_name="attempts", on_delete=fields.RESTRICT
    )
    number = fields.IntField()
    idempotency_key = fields.CharField(max_length=64, unique=True)
    params: Any = SealedJSONField()
    state = fields.CharEnumField(AttemptState, max_length=12, default=AttemptState.CREATED)
    amount_minor = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    expires_at = InstantField()
    session_id = fields.CharField(max_length=255, null=True, unique=True)
    url = fields.TextField(null=True)
    payment_intent = fields.CharField(max_length=255, null=True, unique=True)
    charge = fields.CharField(max_length=255, null=True)
    receipt_url = fields.TextField(null=True)
    paid_minor = fields.BigIntField(default=0)
    """What Stripe says was paid, in the attempt's currency; 0 until then."""
    fee_minor = fields.BigIntField(null=True)
    net_minor = fields.BigIntField(null=True)
    livemode = fields.BooleanField(null=True)
    created_at = InstantField()
    paid_at = InstantField(null=True)

    booking_id: int

    class Meta:
        table = "attempt"
        unique_together = (("booking", "number"),)
        indexes = (("created_at",),)


class Refund(Model):
    """Money on its way back."""

    id = fields.IntField(primary_key=True)
    attempt: fields.ForeignKeyRelation[Attempt] = fields.ForeignKeyField(
        "models.Attempt", related_name="refunds", on_delete=fields.RESTRICT
    )
    idempotency_key = fields.CharField(max_length=64, unique=True)
    refund_id = fields.CharField(max_length=255, null=True, unique=True)
    state = fields.CharEnumField(RefundState, max_length=16, default=RefundState.ASKED)
    amount_minor = fields.BigIntField()
    reason = fields.CharField(max_length=40)
    created_at = InstantField()

    attempt_id: int

    class Meta:
        table = "refund"
        indexes = (("attempt_id",),)


class Dispute(Model):
    """A payment whose buyer asked their bank for the money; `state` is Stripe's word."""

    id = fields.IntField(primary_key=True)
    attempt: fields.ForeignKeyRelation[Attempt] = fields.ForeignKeyField(
        "models.Attempt", related_name="disputes", on_delete=fields.RESTRICT
    )
    dispute_id = fields.CharField(max_length=255, unique=True)
    state = fields.CharField(max_length=40)
    amount_minor = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    reason = fields.CharField(max_length=60)
    due_by = InstantField(null=True)
    """Until when Stripe takes evidence."""
    opened_at = InstantField()
    closed_at = InstantField(null=True)

    attempt_id: int

    class Meta:
        table = "dispute"
        indexes = (("attempt_id",),)


class Told(Model):
    """A notice about a booking that reached its customer: evidence, kept longer than jobs."""

    id = fields.BigIntField(primary_key=True)
    booking: fields.ForeignKeyRelation[Booking] = fields.ForeignKeyField(
        "models.Booking", related_name="told", on_delete=fields.RESTRICT
    )
    kind = fields.CharField(max_length=30)
    at = InstantField()

    class Meta:
        table = "told"
        indexes = (("booking_id", "at"),)


class Review(Model):
    """A payment that needs a person: late, second, or not fitting; never dropped, never guessed."""

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(max_length=20)
    session_id = fields.CharField(max_length=255)
    booking: fields.ForeignKeyNullableRelation[Booking] = fields.ForeignKeyField(
        "models.Booking", related_name="reviews", null=True, on_delete=fields.RESTRICT
    )
    detail: Any = SealedJSONField()
    opened_at = InstantField()
    closed_at = InstantField(null=True)
    offered_until = InstantField(null=True)
    """Until when the customer may choose another time for this payment."""
    answer = fields.CharField(max_length=20, null=True)
    """What became of the payment."""

    booking_id: int | None

    class Meta:
        table = "review"
        unique_together = (("session_id", "kind"),)


class Audit(Model):
    """Who did what; `actor` is "customer:<id>", "admin:<id>", "stripe" or "system"."""

    id = fields.BigIntField(primary_key=True)
    at = InstantField()
    actor = fields.CharField(max_length=40)
    action = fields.CharField(max_length=40)
    reference = fields.CharField(max_length=9, default="")
    detail: Any = SealedJSONField(null=True)

    class Meta:
        table = "audit"
        indexes = (("reference",), ("at",))


class Job(Model):
    """Something that must happen once it was written down: inbox, outbox and timers alike."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=30)
    key = fields.CharField(max_length=120, unique=True)
    lane = fields.CharField(max_length=60, null=True)
    payload: Any = SealedJSONField()
    priority = fields.IntField(default=5)
    run_at = InstantField()
    attempts = fields.IntField(default=0)
    max_attempts = fields.IntField(default=20)
    lease_until = InstantField(null=True)
    lease_token = fields.CharField(max_length=32, null=True)
    created_at = InstantField()
    done_at = InstantField(null=True)
    dead_at = InstantField(null=True)
    last_error = fields.TextField(null=True)

    class Meta:
        table = "job"
