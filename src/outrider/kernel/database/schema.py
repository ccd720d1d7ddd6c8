"""Tables' common ground: one metadata, names of constraints, columns that every table has.

In: nothing. Out: `metadata`, `workspace_table`. Never: a table of a room.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, DateTime, ForeignKey, MetaData, Table, Uuid
from sqlalchemy.schema import SchemaItem

SCHEMA = "outrider"

metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)

GLOBAL_TABLES = frozenset(
    {
        "workspaces",
        "people",
        "sessions",
        "passwords",
        "identities",
        "api_keys",
        "login_limits",
        "audit_leaves",
        "audit_seals",
        "audit_cuts",
        "audit_keys",
    }
)
"""Tables above workspaces: the only ones without row-level security. Who asks is found before the
workspace is known. The four of the sealed log hold nothing but hashes, counts and public keys, and one tree
covers every workspace."""


def id_column() -> Column[Any]:
    """A UUIDv7 primary key; the application gives the value."""
    return Column("id", Uuid, primary_key=True)


def instant(name: str, *, nullable: bool = False) -> Column[Any]:
    """A `timestamptz`; the application gives the value, never `now()`."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def workspace_table(
    name: str, *items: SchemaItem, parted_by: str | None = None, is_of_log: bool = False
) -> Table:
    """A table whose rows belong to a workspace; row-level security is put on it.

    `parted_by` is the clause of a table that is kept in partitions, such as `range (id)`. Such a table,
    and one that is written with each event (`is_of_log`), has no foreign key: its rows outlive the
    workspace, the policy holds them to it as they come, and every change would pay for the look.
    """
    home: list[SchemaItem] = []
    if not parted_by and not is_of_log:
        home.append(ForeignKey("outrider.workspaces.id"))
    return Table(
        name,
        metadata,
        Column("workspace_id", Uuid, *home, nullable=False),
        *items,
        info={"rls": True},
        postgresql_partition_by=parted_by,
    )


def global_table(name: str, *items: SchemaItem) -> Table:
    """A table above workspaces; it must be named in `GLOBAL_TABLES`."""
    if name not in GLOBAL_TABLES:
        raise ValueError(f"{name} is not a named global table")
    return Table(name, metadata, *items, info={"rls": False})
