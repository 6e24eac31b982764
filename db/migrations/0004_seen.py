from tortoise import migrations
from tortoise.migrations import operations as ops

from db.fields import InstantField

OLDEST_CODE = '0002_after_the_link'


class Migration(migrations.Migration):
    dependencies = [('models', '0003_replicas')]

    operations = [
        ops.AddField(model_name='Customer', name='seen_at', field=InstantField(null=True)),
    ]
