"""Customers, drafts, bookings and their seats: one class per table.

Instants are aware UTC datetimes, stored as epoch milliseconds. Money is integer minor units.
`Sealed…` columns are encrypted with `privacy.key`. Constraints live in the migrations too.
"""

from typing import Any, Final

from tortoise import fields
from tortoise.models import Model

from db.fields import InstantField, SealedJSONField, SealedTextField
from db.shop_models import Service, Staff, Unit
from db.states import BookingState, EndReason

REFERENCE_LENGTH: Final = 9
"""BK- and six characters; a longer one may not even be asked for."""


class Installation(Model):
    """A fact about this installation: shop id, catalogue revision, poll offset, oldest code."""

    key = fields.CharField(max_length=40, primary_key=True)
    value = fields.TextField()

    class Meta:
        table = "installation"


class Customer(Model):
    """A person in Telegram; `telegram_id` is also their private chat's id."""

    id = fields.IntField(primary_key=True)
    telegram_id = fields.BigIntField(unique=True)
    language = fields.CharField(max_length=16, null=True)
    name = SealedTextField(null=True)
    phone = SealedTextField(null=True)
    email = SealedTextField(null=True)
    campaign = fields.CharField(max_length=64, null=True)
    live_message_id = fields.BigIntField(null=True)
    blocked_at = InstantField(null=True)
    created_at = InstantField()
    seen_at = InstantField(null=True)
    """When they wrote or tapped last, to a day; None: not since there is this column."""

    class Meta:
        table = "customer"


class SearchKey(Model):
    """A keyed hash of a folded name word, a full phone number or an e-mail address."""

    id = fields.IntField(primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        "models.Customer", related_name="search_keys", on_delete=fields.CASCADE
    )
    digest = fields.CharField(max_length=32, db_index=True)

    customer_id: int

    class Meta:
        table = "search_key"
        unique_together = (("customer", "digest"),)


class Draft(Model):
    """A conversation on its way to a booking: the step, the choices, and how often it changed."""

    id = fields.IntField(primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        "models.Customer", related_name="drafts", on_delete=fields.CASCADE
    )
    step = fields.CharField(max_length=20)
    choices: Any = SealedJSONField()
    version = fields.IntField(default=1)
    last_update_id = fields.BigIntField(default=0)
    open = fields.BooleanField(default=True)
    created_at = InstantField()
    updated_at = InstantField()

    class Meta:
        table = "draft"
        indexes = (("customer_id",),)


class Booking(Model):
    """A place a customer asked for, with what was promised at that moment."""

    id = fields.IntField(primary_key=True)
    reference = fields.CharField(max_length=REFERENCE_LENGTH, unique=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        "models.Customer", related_name="bookings", on_delete=fields.RESTRICT
    )
    draft: fields.OneToOneNullableRelation[Draft] = fields.OneToOneField(
        "models.Draft", related_name="booking", null=True, on_delete=fields.SET_NULL
    )
    service: fields.ForeignKeyRelation[Service] = fields.ForeignKeyField(
        "models.Service", related_name="bookings", on_delete=fields.RESTRICT
    )
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", related_name="bookings", on_delete=fields.RESTRICT
    )
    status = fields.CharEnumField(BookingState, max_length=20, default=BookingState.HELD)
    start = InstantField()
    end = InstantField()
    seats = fields.IntField()
    price_minor = fields.BigIntField()
    discount_minor = fields.BigIntField()
    due_minor = fields.BigIntField()
    onsite_minor = fields.BigIntField()
    tip_minor = fields.BigIntField(db_default=0, default=0)
    """Asked online on top of `due_minor`; not part of `price_minor`."""
    currency = fields.CharField(max_length=3)
    coupon = fields.CharField(max_length=40, null=True)
    snapshot: Any = fields.JSONField()
    """Service and staff names by language, policy and kind, as accepted."""
    details: Any = SealedJSONField()
    """name, phone, email, answers of the customer."""
    held_until = InstantField()
    created_at = InstantField()
    confirmed_at = InstantField(null=True)
    ended_at = InstantField(null=True)
    end_reason = fields.CharEnumField(EndReason, max_length=20, default=EndReason.NONE)
    onsite_paid_at = InstantField(null=True)
    """When the shop took what was due on site."""
    muted_at = InstantField(null=True)
    """When the customer asked not to be reminded of the payment."""

    customer_id: int
    service_id: int
    staff_id: int
    draft_id: int | None

    @property
    def asked_minor(self) -> int:
        """What is asked online: what is due and the tip."""
        asked: int = self.due_minor + self.tip_minor
        return asked

    class Meta:
        table = "booking"
        indexes = (("customer_id", "status"), ("start",), ("created_at",))


class Occurrence(Model):
    """One start of one service at one unit; gone when its last seat is released."""

    id = fields.IntField(primary_key=True)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "models.Unit", related_name="occurrences", on_delete=fields.RESTRICT
    )
    service: fields.ForeignKeyRelation[Service] = fields.ForeignKeyField(
        "models.Service", related_name="occurrences", on_delete=fields.RESTRICT
    )
    start = InstantField()
    cell_from = fields.BigIntField()
    cell_to = fields.BigIntField()
    capacity = fields.IntField()

    class Meta:
        table = "occurrence"
        unique_together = (("unit", "service", "start"),)
        indexes = (("unit_id", "cell_to"),)


class Claim(Model):
    """Five minutes of one unit: what makes a double booking impossible."""

    id = fields.BigIntField(primary_key=True)
    unit: fields.ForeignKeyRelation[Unit] = fields.ForeignKeyField(
        "models.Unit", related_name="claims", on_delete=fields.RESTRICT
    )
    cell = fields.BigIntField()
    occurrence: fields.ForeignKeyRelation[Occurrence] = fields.ForeignKeyField(
        "models.Occurrence", related_name="claims", on_delete=fields.CASCADE
    )

    class Meta:
        table = "claim"
        unique_together = (("unit", "cell"),)
        indexes = (("occurrence_id",),)


class Seat(Model):
    """One of an occurrence's seats, held by one booking."""

    id = fields.BigIntField(primary_key=True)
    occurrence: fields.ForeignKeyRelation[Occurrence] = fields.ForeignKeyField(
        "models.Occurrence", related_name="seats", on_delete=fields.CASCADE
    )
    number = fields.IntField()
    booking: fields.ForeignKeyRelation[Booking] = fields.ForeignKeyField(
        "models.Booking", related_name="seats_held", on_delete=fields.RESTRICT
    )

    class Meta:
        table = "seat"
        unique_together = (("occurrence", "number"),)
        indexes = (("booking_id",),)
