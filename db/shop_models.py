"""The catalogue as it is remembered: a class a table; `spec` is the entry of the file as JSON."""

from typing import Any

from tortoise import fields
from tortoise.models import Model


class Category(Model):
    """A heading services stand under."""

    id = fields.IntField(primary_key=True)
    key = fields.CharField(max_length=40, unique=True)
    position = fields.IntField()
    active = fields.BooleanField(default=True)
    spec: Any = fields.JSONField()

    class Meta:
        table = "category"


class Staff(Model):
    """A person, room, court or teacher that can be booked."""

    id = fields.IntField(primary_key=True)
    key = fields.CharField(max_length=40, unique=True)
    position = fields.IntField()
    active = fields.BooleanField(default=True)
    spec: Any = fields.JSONField()

    class Meta:
        table = "staff"


class Unit(Model):
    """One bookable thing behind a staff entry; rows stay when `units` shrinks."""

    id = fields.IntField(primary_key=True)
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "models.Staff", related_name="units", on_delete=fields.RESTRICT
    )
    number = fields.IntField()

    staff_id: int

    class Meta:
        table = "unit"
        unique_together = (("staff", "number"),)


class Service(Model):
    """What can be booked."""

    id = fields.IntField(primary_key=True)
    key = fields.CharField(max_length=40, unique=True)
    position = fields.IntField()
    active = fields.BooleanField(default=True)
    spec: Any = fields.JSONField()

    class Meta:
        table = "service"


class Closure(Model):
    """A time in which nothing is offered; `source` is "file" or "admin"."""

    id = fields.IntField(primary_key=True)
    source = fields.CharField(max_length=10)
    spec: Any = fields.JSONField()

    class Meta:
        table = "closure"


class Coupon(Model):
    """A code that lowers a price."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=40, unique=True)
    position = fields.IntField()
    active = fields.BooleanField(default=True)
    spec: Any = fields.JSONField()

    class Meta:
        table = "coupon"
