"""A row for any table, for tests that must hold for every table there is or will be."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.types.json import Jsonb
from sqlalchemy.dialects import postgresql as pg

import outrider.app
import outrider.drafts
import outrider.kernel
import outrider.sending
from outrider.kernel.database.schema import metadata
from outrider.kernel.ids import WorkspaceId, new_id

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def every_table() -> list[sa.Table]:
    """The tables of every room and door, found by their files."""
    for room in [
        *pkgutil.iter_modules(outrider.__path__, "outrider."),
        *pkgutil.iter_modules(outrider.app.__path__, "outrider.app."),
        *pkgutil.iter_modules(outrider.drafts.__path__, "outrider.drafts."),
        *pkgutil.iter_modules(outrider.kernel.__path__, "outrider.kernel."),
        *pkgutil.iter_modules(outrider.sending.__path__, "outrider.sending."),
    ]:
        if room.ispkg and importlib.util.find_spec(f"{room.name}.tables"):
            importlib.import_module(f"{room.name}.tables")
    return list(metadata.sorted_tables)


def row_of(table: sa.Table, workspace: WorkspaceId) -> dict[str, Any]:
    """Values for each column, of the right type and without sense."""
    values = {
        column.name: _value(column.type)
        for column in table.columns
        # What the server fills in (a number, the transaction's id) nobody gives.
        if column.identity is None and column.computed is None and column.name != "xid"
    }
    return {**values, "workspace_id": workspace}


def insert(conn: psycopg.Connection, table: sa.Table, row: dict[str, Any]) -> None:
    """Insert with the rights and in the workspace of the connection."""
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(f"%({name})s" for name in row)
    conn.execute(f"insert into outrider.{table.name} ({names}) values ({marks})".encode(), row)


def without_constraints(conn: psycopg.Connection) -> None:
    """Drop what would refuse a row without sense, so that only rights and isolation do."""
    found = conn.execute(
        "select conrelid::regclass::text, conname from pg_constraint"
        " where connamespace = 'outrider'::regnamespace and contype in ('c', 'f') and conparentid = 0"
    ).fetchall()
    for table, name in found:
        conn.execute(f'alter table {table} drop constraint "{name}"'.encode())


def _value(type_: sa.types.TypeEngine[Any]) -> Any:
    for kind, value in (
        (sa.Uuid, new_id(NOW)),
        (sa.Boolean, True),
        (sa.Integer, 1),
        (sa.Float, 1.0),
        (sa.Numeric, Decimal(1)),
        (sa.Date, date(2026, 3, 2)),
        (sa.DateTime, NOW),
        (sa.LargeBinary, b"x"),
        (pg.JSONB, Jsonb({})),
        (sa.ARRAY, []),
        (sa.Text, f"x{new_id(NOW).hex}"),
        (sa.String, "x"),
    ):
        if isinstance(type_, kind):
            return [] if kind is sa.ARRAY else value
    raise AssertionError(f"say in tests/any_row.py what a {type_!r} looks like")
