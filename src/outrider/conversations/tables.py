"""The room's tables (C-24). In: nothing. Out: SQLAlchemy tables. Never: a query."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from outrider.kernel.database.schema import id_column, instant, workspace_table

threads = workspace_table(
    "threads",
    id_column(),
    Column("enrollment_id", Uuid, ForeignKey("outrider.enrollments.id"), nullable=False),
    Column("account_id", Uuid, ForeignKey("outrider.accounts.id"), nullable=False),
    Column("contact_id", Uuid, ForeignKey("outrider.contacts.id"), nullable=False),
    Column("status", Text, nullable=False),
    instant("created_at"),
    instant("last_turn_at"),
    UniqueConstraint("workspace_id", "enrollment_id"),
    Index("ix_threads_account", "workspace_id", "account_id"),
)

turns = workspace_table(
    "turns",
    id_column(),
    Column("thread_id", Uuid, ForeignKey("outrider.threads.id"), comment="empty: nobody's reply"),
    Column("direction", Text, nullable=False, comment="in or out"),
    Column("message_id", Text),
    Column("outbox_id", Uuid, ForeignKey("outrider.outbox.id"), comment="the mail it answers"),
    Column("from_address", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column(
        "kind",
        Text,
        nullable=False,
        comment="reply, opt_out, auto_reply, bounce, complaint, own or other",
    ),
    Column("is_hard", Boolean, nullable=False, server_default="false", comment="a dead address"),
    Column("returns_on", Date, comment="end of an absence, where the mail says so"),
    Column("attributed_by", Text, nullable=False, comment="which header told, or `none`"),
    Column("raw_sha256", Text, nullable=False),
    instant("received_at"),
    instant("created_at"),
    UniqueConstraint("workspace_id", "raw_sha256"),
    Index("ix_turns_outbox", "workspace_id", "outbox_id"),
    Index("ix_turns_thread", "workspace_id", "thread_id", "received_at"),
    Index(
        "ix_turns_heard",
        "workspace_id",
        "id",
        postgresql_where=text("direction = 'in' and kind in ('reply', 'opt_out', 'auto_reply')"),
    ),
)

text_answers = workspace_table(
    "text_answers",
    id_column(),
    Column("provider_id", Text, nullable=False, comment="the provider's own name of the message"),
    Column(
        "contact_id", Uuid, ForeignKey("outrider.contacts.id"), comment="empty: nobody's number"
    ),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    instant("received_at"),
    UniqueConstraint("workspace_id", "provider_id"),
    CheckConstraint("kind in ('stop','start','help','other')", name="kind"),
)
