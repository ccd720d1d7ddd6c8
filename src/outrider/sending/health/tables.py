"""The tables of health and domains. In: nothing. Out: SQLAlchemy tables, private. Never: a query."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from outrider.kernel.database.schema import id_column, instant, workspace_table

domains = workspace_table(
    "domains",
    id_column(),
    Column("name", Text, nullable=False, comment="in lower case, as DNS writes it"),
    Column("purpose", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    instant("created_at"),
    UniqueConstraint("workspace_id", "name"),
    CheckConstraint("purpose in ('brand','transactional','outbound')", name="purpose"),
)

delivery_events = workspace_table(
    "delivery_events",
    id_column(),
    Column("provider", Text, nullable=False, comment="or `wire`, or `notice` for a bounce mail"),
    Column("event_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("trouble", Text, comment="what it is about; only `address` speaks against the address"),
    Column("outbox_id", Uuid, ForeignKey("outrider.outbox.id")),
    Column("mailbox_id", Uuid, ForeignKey("outrider.mailboxes.id")),
    Column("message_id", Text),
    Column("provider_message_id", Text),
    Column("is_permanent", Boolean, nullable=False),
    Column("status", Text, comment="enhanced status, RFC 3463"),
    Column("detail", Text, nullable=False, comment="the other side's words, without addresses"),
    instant("happened_at"),
    instant("mail_at", nullable=True),
    instant("noted_at"),
    UniqueConstraint("workspace_id", "provider", "event_id"),
    Index(
        "ix_delivery_events_trouble",
        "workspace_id",
        "mailbox_id",
        "happened_at",
        postgresql_where=text("trouble is not null"),
    ),
    Index("ix_delivery_events_outbox", "workspace_id", "outbox_id"),
    Index(
        "ix_delivery_events_orphans",
        "workspace_id",
        "noted_at",
        postgresql_where=text("outbox_id is null"),
    ),
    CheckConstraint(
        "kind in ('delivered','bounced','complained','deferred','refused','opened','clicked')",
        name="kind",
    ),
)

health_bands = workspace_table(
    "health_bands",
    id_column(),
    Column("scope", Text, nullable=False),
    Column("target", Text, nullable=False, comment="a mailbox's id, or a domain"),
    Column("band", Text, nullable=False),
    Column("reason", Text, nullable=False),
    instant("since"),
    instant("until", nullable=True),
    instant("evidence_from", nullable=True),
    Column(
        "planned_for",
        DateTime(timezone=True),
        comment="when waiting mail got times by this band; empty: it has those of the one before",
    ),
    UniqueConstraint("workspace_id", "scope", "target"),
    CheckConstraint("scope in ('mailbox','domain')", name="scope"),
    CheckConstraint("band in ('good','watch','slow','pause','stop')", name="band"),
)

conversion_watches = workspace_table(
    "conversion_watches",
    id_column(),
    Column("campaign_id", Uuid, ForeignKey("outrider.campaigns.id"), nullable=False),
    Column("baseline_mails", Integer, nullable=False),
    Column("baseline_answers", Integer, nullable=False),
    instant("watched_from"),
    Column("mails", Integer, nullable=False),
    Column("answers", Integer, nullable=False),
    Column("evidence", Double, nullable=False, comment="the highest e-value so far"),
    instant("looked_at"),
    instant("alarmed_at", nullable=True),
    UniqueConstraint("workspace_id", "campaign_id"),
)
