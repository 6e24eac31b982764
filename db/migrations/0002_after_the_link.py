from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

from db.fields import InstantField
from db.migrations._checks import add_checks

CHECKS = {'dispute': {'amount': '"amount_minor" >= 0', 'currency': 'length("currency") = 3'}}


async def checks(_apps: StateApps, editor: BaseSchemaEditor) -> None:
    await add_checks(editor, CHECKS)


class Migration(migrations.Migration):
    dependencies = [('models', '0001_initial')]

    operations = [
        ops.AddField(model_name='Booking', name='tip_minor', field=fields.BigIntField(default=0, db_default=0)),
        ops.AddField(model_name='Booking', name='onsite_paid_at', field=InstantField(null=True)),
        ops.AddField(model_name='Booking', name='muted_at', field=InstantField(null=True)),
        ops.AddField(model_name='Review', name='offered_until', field=InstantField(null=True)),
        ops.AddField(model_name='Review', name='answer', field=fields.CharField(null=True, max_length=20)),
        ops.CreateModel(
            name='Dispute',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('attempt', fields.ForeignKeyField('models.Attempt', source_field='attempt_id', db_constraint=True, to_field='id', related_name='disputes', on_delete=OnDelete.RESTRICT)),
                ('dispute_id', fields.CharField(unique=True, max_length=255)),
                ('state', fields.CharField(max_length=40)),
                ('amount_minor', fields.BigIntField()),
                ('currency', fields.CharField(max_length=3)),
                ('reason', fields.CharField(max_length=60)),
                ('due_by', InstantField(null=True)),
                ('opened_at', InstantField(null=False)),
                ('closed_at', InstantField(null=True)),
            ],
            options={'table': 'dispute', 'app': 'models', 'indexes': [Index(fields=['attempt_id'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Told',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('booking', fields.ForeignKeyField('models.Booking', source_field='booking_id', db_constraint=True, to_field='id', related_name='told', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharField(max_length=30)),
                ('at', InstantField(null=False)),
            ],
            options={'table': 'told', 'app': 'models', 'indexes': [Index(fields=['booking_id', 'at'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.RunPython(checks),
    ]
