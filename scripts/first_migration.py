"""Write the first migration from the rooms' tables. Deterministic; run it after changing a `tables.py`."""

from __future__ import annotations

import importlib
from pathlib import Path

from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from outrider.kernel.database.roles import grants, policies
from outrider.kernel.database.schema import metadata

ROOMS = "kernel prospects campaigns drafts sending conversations crm agents learning".split()
HERE = Path(__file__).parent.parent / "src/outrider/kernel"

PARTS = ["kernel.secrets", "drafts.review", "sending.health", "app.slack"]
"""Parts of rooms, and doors, that keep something of their own."""

for room in ROOMS + PARTS:
    importlib.import_module(f"outrider.{room}.tables")

dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
tables = metadata.sorted_tables
statements: list[str] = []
for table in tables:
    statements.append(str(CreateTable(table).compile(dialect=dialect)).strip())
    for index in sorted(table.indexes, key=lambda index: index.name or ""):
        statements.append(str(CreateIndex(index).compile(dialect=dialect)).strip())
for table in tables:
    for column in table.columns:
        if column.comment:
            comment = column.comment.replace("'", "''")
            statements.append(
                f"comment on column outrider.{table.name}.{column.name} is '{comment}'"
            )
for table in tables:
    statements += policies(table)
statements += grants(tables)
sql = ";\n\n".join(line.rstrip() for line in statements) + ";\n"
sql = "\n".join(line.rstrip() for line in sql.replace("\t", "    ").splitlines()) + "\n"
(HERE / "migrations/versions/0001_first.sql").write_text(sql)
