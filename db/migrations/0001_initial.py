import functools
from json import dumps, loads

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps
from db.fields import InstantField, SealedJSONField, SealedTextField
from db.migrations._checks import add_checks
from db.states import AttemptState, BookingState, EndReason, RefundState
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

compact = functools.partial(dumps, separators=(',', ':'))

OPEN_JOB = '"done_at" IS NULL AND "dead_at" IS NULL'

CHECKS = {
    'booking': {
        'status': "\"status\" IN ('held', 'awaiting_payment', 'processing', 'confirmed',"
        " 'completed', 'no_show', 'cancelled', 'expired')",
        'end_reason': "\"end_reason\" IN ('customer', 'shop', 'payment_expired',"
        " 'payment_failed', 'slot_taken', '')",
        'time': '"start" < "end"',
        'seats': '"seats" >= 1',
        'amounts': '"price_minor" >= 0 AND "discount_minor" >= 0 AND "due_minor" >= 0'
        ' AND "onsite_minor" >= 0',
        'sum': '"price_minor" = "discount_minor" + "due_minor" + "onsite_minor"',
        'currency': 'length("currency") = 3',
    },
    'attempt': {
        'state': "\"state\" IN ('created', 'open', 'processing', 'succeeded', 'failed', 'expired')",
        'amounts': '"amount_minor" >= 0 AND "paid_minor" >= 0',
        'number': '"number" >= 1',
    },
    'refund': {
        'state': "\"state\" IN ('asked', 'pending', 'requires_action', 'succeeded', 'failed',"
        " 'canceled')",
        'amount': '"amount_minor" > 0',
    },
    'occurrence': {'cells': '"cell_from" < "cell_to"', 'capacity': '"capacity" >= 1'},
    'seat': {'number': '"number" >= 1'},
    'coupon_use': {'numbers': '"number" >= 1 AND "customer_number" >= 1'},
    'draft': {'version': '"version" >= 1'},
    'closure': {'source': "\"source\" IN ('file', 'admin')"},
    'job': {
        'attempts': '"attempts" >= 0 AND "max_attempts" >= 1',
        'priority': '"priority" BETWEEN 0 AND 9',
        'end': '"done_at" IS NULL OR "dead_at" IS NULL',
    },
}

PARTIAL_INDEXES = (
    'CREATE UNIQUE INDEX "draft_one_open" ON "draft" ("customer_id") WHERE "open"',
    # a worker reads only what is due of its own kinds, oldest first
    f'CREATE INDEX "job_due" ON "job" ("kind", "run_at", "id") WHERE {OPEN_JOB}',
    f'CREATE INDEX "job_lane" ON "job" ("lane", "id") WHERE {OPEN_JOB} AND "lane" IS NOT NULL',
    'CREATE INDEX "job_done" ON "job" ("done_at") WHERE "done_at" IS NOT NULL',
    'CREATE INDEX "job_dead" ON "job" ("dead_at") WHERE "dead_at" IS NOT NULL',
    'CREATE INDEX "attempt_open" ON "attempt" ("expires_at")'
    " WHERE \"state\" IN ('created', 'open', 'processing')",
)


async def checks(_apps: StateApps, editor: BaseSchemaEditor) -> None:
    await add_checks(editor, CHECKS)


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Audit',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('at', InstantField(null=False)),
                ('actor', fields.CharField(max_length=40)),
                ('action', fields.CharField(max_length=40)),
                ('reference', fields.CharField(default='', max_length=9)),
                ('detail', SealedJSONField(null=True)),
            ],
            options={'table': 'audit', 'app': 'models', 'indexes': [Index(fields=['reference']), Index(fields=['at'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Category',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=40)),
                ('position', fields.IntField()),
                ('active', fields.BooleanField(default=True)),
                ('spec', fields.JSONField(encoder=compact, decoder=loads)),
            ],
            options={'table': 'category', 'app': 'models', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Closure',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('source', fields.CharField(max_length=10)),
                ('spec', fields.JSONField(encoder=compact, decoder=loads)),
            ],
            options={'table': 'closure', 'app': 'models', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Coupon',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('position', fields.IntField()),
                ('active', fields.BooleanField(default=True)),
                ('spec', fields.JSONField(encoder=compact, decoder=loads)),
            ],
            options={'table': 'coupon', 'app': 'models', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Customer',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('telegram_id', fields.BigIntField(unique=True)),
                ('language', fields.CharField(null=True, max_length=16)),
                ('name', SealedTextField(null=True)),
                ('phone', SealedTextField(null=True)),
                ('email', SealedTextField(null=True)),
                ('campaign', fields.CharField(null=True, max_length=64)),
                ('live_message_id', fields.BigIntField(null=True)),
                ('blocked_at', InstantField(null=True)),
                ('created_at', InstantField(null=False)),
            ],
            options={'table': 'customer', 'app': 'models', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Draft',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', related_name='drafts', on_delete=OnDelete.CASCADE)),
                ('step', fields.CharField(max_length=20)),
                ('choices', SealedJSONField(null=False)),
                ('version', fields.IntField(default=1)),
                ('last_update_id', fields.BigIntField(default=0)),
                ('open', fields.BooleanField(default=True)),
                ('created_at', InstantField(null=False)),
                ('updated_at', InstantField(null=False)),
            ],
            options={'table': 'draft', 'app': 'models', 'indexes': [Index(fields=['customer_id'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Installation',
            fields=[
                ('key', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40)),
                ('value', fields.TextField(unique=False)),
            ],
            options={'table': 'installation', 'app': 'models', 'pk_attr': 'key'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Job',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=30)),
                ('key', fields.CharField(unique=True, max_length=120)),
                ('lane', fields.CharField(null=True, max_length=60)),
                ('payload', SealedJSONField(null=False)),
                ('priority', fields.IntField(default=5)),
                ('run_at', InstantField(null=False)),
                ('attempts', fields.IntField(default=0)),
                ('max_attempts', fields.IntField(default=20)),
                ('lease_until', InstantField(null=True)),
                ('lease_token', fields.CharField(null=True, max_length=32)),
                ('created_at', InstantField(null=False)),
                ('done_at', InstantField(null=True)),
                ('dead_at', InstantField(null=True)),
                ('last_error', fields.TextField(null=True, unique=False)),
            ],
            options={'table': 'job', 'app': 'models', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SearchKey',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', related_name='search_keys', on_delete=OnDelete.CASCADE)),
                ('digest', fields.CharField(db_index=True, max_length=32)),
            ],
            options={'table': 'search_key', 'app': 'models', 'unique_together': (('customer', 'digest'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Service',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=40)),
                ('position', fields.IntField()),
                ('active', fields.BooleanField(default=True)),
                ('spec', fields.JSONField(encoder=compact, decoder=loads)),
            ],
            options={'table': 'service', 'app': 'models', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Staff',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=40)),
                ('position', fields.IntField()),
                ('active', fields.BooleanField(default=True)),
                ('spec', fields.JSONField(encoder=compact, decoder=loads)),
            ],
            options={'table': 'staff', 'app': 'models', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Booking',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('reference', fields.CharField(unique=True, max_length=9)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', related_name='bookings', on_delete=OnDelete.RESTRICT)),
                ('draft', fields.OneToOneField('models.Draft', source_field='draft_id', null=True, db_constraint=True, to_field='id', related_name='booking', on_delete=OnDelete.SET_NULL)),
                ('service', fields.ForeignKeyField('models.Service', source_field='service_id', db_constraint=True, to_field='id', related_name='bookings', on_delete=OnDelete.RESTRICT)),
                ('staff', fields.ForeignKeyField('models.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='bookings', on_delete=OnDelete.RESTRICT)),
                ('status', fields.CharEnumField(default=BookingState.HELD, enum_type=BookingState, max_length=20)),
                ('start', InstantField(null=False)),
                ('end', InstantField(null=False)),
                ('seats', fields.IntField()),
                ('price_minor', fields.BigIntField()),
                ('discount_minor', fields.BigIntField()),
                ('due_minor', fields.BigIntField()),
                ('onsite_minor', fields.BigIntField()),
                ('currency', fields.CharField(max_length=3)),
                ('coupon', fields.CharField(null=True, max_length=40)),
                ('snapshot', fields.JSONField(encoder=compact, decoder=loads)),
                ('details', SealedJSONField(null=False)),
                ('held_until', InstantField(null=False)),
                ('created_at', InstantField(null=False)),
                ('confirmed_at', InstantField(null=True)),
                ('ended_at', InstantField(null=True)),
                ('end_reason', fields.CharEnumField(default=EndReason.NONE, enum_type=EndReason, max_length=20)),
            ],
            options={'table': 'booking', 'app': 'models', 'indexes': [Index(fields=['customer_id', 'status']), Index(fields=['start']), Index(fields=['created_at'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Attempt',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('booking', fields.ForeignKeyField('models.Booking', source_field='booking_id', db_constraint=True, to_field='id', related_name='attempts', on_delete=OnDelete.RESTRICT)),
                ('number', fields.IntField()),
                ('idempotency_key', fields.CharField(unique=True, max_length=64)),
                ('params', SealedJSONField(null=False)),
                ('state', fields.CharEnumField(default=AttemptState.CREATED, enum_type=AttemptState, max_length=12)),
                ('amount_minor', fields.BigIntField()),
                ('currency', fields.CharField(max_length=3)),
                ('expires_at', InstantField(null=False)),
                ('session_id', fields.CharField(null=True, unique=True, max_length=255)),
                ('url', fields.TextField(null=True, unique=False)),
                ('payment_intent', fields.CharField(null=True, unique=True, max_length=255)),
                ('charge', fields.CharField(null=True, max_length=255)),
                ('receipt_url', fields.TextField(null=True, unique=False)),
                ('paid_minor', fields.BigIntField(default=0)),
                ('fee_minor', fields.BigIntField(null=True)),
                ('net_minor', fields.BigIntField(null=True)),
                ('livemode', fields.BooleanField(null=True)),
                ('created_at', InstantField(null=False)),
                ('paid_at', InstantField(null=True)),
            ],
            options={'table': 'attempt', 'app': 'models', 'unique_together': (('booking', 'number'),), 'indexes': [Index(fields=['created_at'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CouponUse',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('coupon', fields.ForeignKeyField('models.Coupon', source_field='coupon_id', db_constraint=True, to_field='id', related_name='uses', on_delete=OnDelete.RESTRICT)),
                ('number', fields.IntField()),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', related_name='coupon_uses', on_delete=OnDelete.RESTRICT)),
                ('customer_number', fields.IntField()),
                ('booking', fields.OneToOneField('models.Booking', source_field='booking_id', db_constraint=True, to_field='id', related_name='coupon_use', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'coupon_use', 'app': 'models', 'unique_together': (('coupon', 'number'), ('coupon', 'customer', 'customer_number')), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Refund',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('attempt', fields.ForeignKeyField('models.Attempt', source_field='attempt_id', db_constraint=True, to_field='id', related_name='refunds', on_delete=OnDelete.RESTRICT)),
                ('idempotency_key', fields.CharField(unique=True, max_length=64)),
                ('refund_id', fields.CharField(null=True, unique=True, max_length=255)),
                ('state', fields.CharEnumField(default=RefundState.ASKED, enum_type=RefundState, max_length=16)),
                ('amount_minor', fields.BigIntField()),
                ('reason', fields.CharField(max_length=40)),
                ('created_at', InstantField(null=False)),
            ],
            options={'table': 'refund', 'app': 'models', 'indexes': [Index(fields=['attempt_id'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Review',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=20)),
                ('session_id', fields.CharField(max_length=255)),
                ('booking', fields.ForeignKeyField('models.Booking', source_field='booking_id', null=True, db_constraint=True, to_field='id', related_name='reviews', on_delete=OnDelete.RESTRICT)),
                ('detail', SealedJSONField(null=False)),
                ('opened_at', InstantField(null=False)),
                ('closed_at', InstantField(null=True)),
            ],
            options={'table': 'review', 'app': 'models', 'unique_together': (('session_id', 'kind'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Unit',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('staff', fields.ForeignKeyField('models.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='units', on_delete=OnDelete.RESTRICT)),
                ('number', fields.IntField()),
            ],
            options={'table': 'unit', 'app': 'models', 'unique_together': (('staff', 'number'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Occurrence',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('unit', fields.ForeignKeyField('models.Unit', source_field='unit_id', db_constraint=True, to_field='id', related_name='occurrences', on_delete=OnDelete.RESTRICT)),
                ('service', fields.ForeignKeyField('models.Service', source_field='service_id', db_constraint=True, to_field='id', related_name='occurrences', on_delete=OnDelete.RESTRICT)),
                ('start', InstantField(null=False)),
                ('cell_from', fields.BigIntField()),
                ('cell_to', fields.BigIntField()),
                ('capacity', fields.IntField()),
            ],
            options={'table': 'occurrence', 'app': 'models', 'unique_together': (('unit', 'service', 'start'),), 'indexes': [Index(fields=['unit_id', 'cell_to'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Claim',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('unit', fields.ForeignKeyField('models.Unit', source_field='unit_id', db_constraint=True, to_field='id', related_name='claims', on_delete=OnDelete.RESTRICT)),
                ('cell', fields.BigIntField()),
                ('occurrence', fields.ForeignKeyField('models.Occurrence', source_field='occurrence_id', db_constraint=True, to_field='id', related_name='claims', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'claim', 'app': 'models', 'unique_together': (('unit', 'cell'),), 'indexes': [Index(fields=['occurrence_id'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Seat',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('occurrence', fields.ForeignKeyField('models.Occurrence', source_field='occurrence_id', db_constraint=True, to_field='id', related_name='seats', on_delete=OnDelete.CASCADE)),
                ('number', fields.IntField()),
                ('booking', fields.ForeignKeyField('models.Booking', source_field='booking_id', db_constraint=True, to_field='id', related_name='seats_held', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'seat', 'app': 'models', 'unique_together': (('occurrence', 'number'),), 'indexes': [Index(fields=['booking_id'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.RunPython(checks),
        *(ops.RunSQL(statement) for statement in PARTIAL_INDEXES),
    ]
