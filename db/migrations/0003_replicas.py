from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

OLDEST_CODE = '0002_after_the_link'

# of two leases in one lane, which the old code allowed in a rare order of commits, one ends
ONE_A_LANE = (
    'UPDATE "job" SET "lease_until" = NULL, "lease_token" = NULL'
    ' WHERE "lease_until" IS NOT NULL AND "lane" IS NOT NULL AND "id" > (SELECT min("first"."id")'
    ' FROM "job" AS "first" WHERE "first"."lane" = "job"."lane" AND "first"."lease_until" IS NOT NULL)'
)
INDEXES = (
    # the database itself refuses a second worker in a lane
    'CREATE UNIQUE INDEX "job_holder" ON "job" ("lane")'
    ' WHERE "lease_until" IS NOT NULL AND "lane" IS NOT NULL',
    # asked every quarter of an hour, however many rows there are: when did an event come last,
    # and what was paid lately
    # (not `kind = '…'`: to compare that with a `kind = ?`, SQLite would look at the value bound and
    # prepare every such statement anew whenever it is bound, at many times the cost of running it)
    'CREATE INDEX "job_event" ON "job" ("created_at") WHERE lower("kind") = \'stripe_event\'',
    'CREATE INDEX "attempt_paid" ON "attempt" ("paid_at") WHERE "paid_at" IS NOT NULL',
)
# what replicas share about how fast they may speak; worth nothing after a crash
PACE = (
    'CREATE UNLOGGED TABLE "pace" ("name" VARCHAR(60) NOT NULL PRIMARY KEY,'
    ' "free_at" BIGINT NOT NULL) WITH (fillfactor = 50)'
)


async def pace(_apps: StateApps, editor: BaseSchemaEditor) -> None:
    if editor.DIALECT == 'postgres':
        await editor.client.execute_script(PACE)


class Migration(migrations.Migration):
    dependencies = [('models', '0002_after_the_link')]

    operations = [
        ops.RunSQL(ONE_A_LANE),
        *(ops.RunSQL(statement) for statement in INDEXES),
        ops.RunPython(pace),
    ]
