"""The room's tables. In: nothing. Out: SQLAlchemy tables, private to the room. Never: a query."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from outrider.kernel.database.schema import id_column, instant, workspace_table

crm_activities = workspace_table(
    "crm_activities",
    id_column(),
    Column("kind", Text, nullable=False, comment="email_sent, email_received, note, task"),
    Column("reference", Text, nullable=False, comment="what it logs, e.g. a Message-ID"),
    Column("account_id", Uuid, ForeignKey("outrider.accounts.id"), nullable=False),
    Column("contact_id", Uuid, ForeignKey("outrider.contacts.id"), nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("status", Text, nullable=False),
    Column("crm_id", Text),
    Column("error", Text),
    instant("staged_at"),
    instant("pushed_at", nullable=True),
    UniqueConstraint("workspace_id", "kind", "reference"),
    Index(
        "ix_crm_activities_staged",
        "workspace_id",
        "id",
        postgresql_where=text("status = 'staged'"),
    ),
    Index("ix_crm_activities_contact", "workspace_id", "contact_id", "id"),
    CheckConstraint("status in ('staged','pushing','pushed','failed')", name="status"),
)
