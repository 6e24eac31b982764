"""CHECK constraints for tables that were just created.

Tortoise writes no constraints when it creates a table, and on SQLite its way to add one later
loses the table's unique constraints and indexes. An empty table is simply made anew.
"""

from collections.abc import Mapping

from tortoise.migrations.schema_editor.base import BaseSchemaEditor


async def add_checks(editor: BaseSchemaEditor, checks: Mapping[str, Mapping[str, str]]) -> None:
    """Add `{table: {constraint: expression}}`; the tables must be empty."""
    for table, constraints in checks.items():
        if editor.DIALECT == "sqlite":
            await _make_anew(editor, table, constraints)
            continue
        for name, check in constraints.items():
            await editor.client.execute_query(
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{name}" CHECK ({check})'
            )


async def _make_anew(
    editor: BaseSchemaEditor, table: str, constraints: Mapping[str, str]
) -> None:
    found = await editor.client.execute_query_dict(
        "SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL"
        " ORDER BY type = 'index'",
        [table],
    )
    statements = [row["sql"] for row in found]
    body = statements[0].rstrip().removesuffix(";").rstrip()
    clauses = "".join(
        f',\n    CONSTRAINT "{table}_{name}" CHECK ({check})' for name, check in constraints.items()
    )
    closing = body.rindex(")")
    await editor.client.execute_query(f'DROP TABLE "{table}"')
    await editor.client.execute_query(body[:closing] + clauses + body[closing:])
    for index in statements[1:]:
        await editor.client.execute_query(index)
