"""The room's tables (D-18, D-19, D-22, D-27).

In: nothing. Out: SQLAlchemy tables. Never: a query.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from outrider.kernel.database.schema import id_column, instant, workspace_table

campaigns = workspace_table(
    "campaigns",
    id_column(),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("brand", Text, nullable=False),
    Column("target_competitor_name", Text),
    Column("target_competitor_website", Text),
    Column("additional_context", Text),
    instant("created_at"),
    instant("updated_at"),
    UniqueConstraint("workspace_id", "name"),
    CheckConstraint("status in ('active','paused','canceled')", name="status"),
)

emails = workspace_table(
    "emails",
    id_column(),
    Column("campaign_id", Uuid, ForeignKey("outrider.campaigns.id"), nullable=False, index=True),
    Column("source", Text, nullable=False, comment="brand or competitor"),
    Column("provider", Text, nullable=False, comment="mbox, maildir, eml, csv, gmail, …"),
    Column("thread_id", Text, nullable=False),
    Column("message_id", Text),
    Column("from_address", Text),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    instant("sent_at", nullable=True),
    Column("metadata", JSONB, nullable=False),
    Column("raw_sha256", Text, nullable=False),
    Column("pack_sha256", Text, nullable=False, comment="object that holds the raw batch"),
    Column("pack_start", BigInteger, nullable=False, comment="first byte of the mail in it"),
    Column("pack_bytes", BigInteger, nullable=False),
    instant("created_at"),
    UniqueConstraint("workspace_id", "campaign_id", "source", "raw_sha256"),
    Index("ix_emails_raw_sha256", "raw_sha256"),
    Index("ix_emails_source_campaign", "source", "campaign_id"),
    Index("ix_emails_sent_at", "sent_at"),
    Index("ix_emails_metadata", "metadata", postgresql_using="gin"),
    CheckConstraint("source in ('brand','competitor')", name="source"),
)

unread_emails = workspace_table(
    "unread_emails",
    id_column(),
    Column("campaign_id", Uuid, ForeignKey("outrider.campaigns.id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("origin", Text, nullable=False, comment="file and position"),
    Column("raw_sha256", Text, nullable=False),
    Column("pack_sha256", Text, nullable=False, comment="object that holds the raw batch"),
    Column("pack_start", BigInteger, nullable=False, comment="first byte of the mail in it"),
    Column("pack_bytes", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    instant("created_at"),
    UniqueConstraint("workspace_id", "campaign_id", "source", "raw_sha256"),
)

email_features = workspace_table(
    "email_features",
    Column("email_id", Uuid, ForeignKey("outrider.emails.id"), primary_key=True),
    Column("campaign_id", Uuid, ForeignKey("outrider.campaigns.id"), nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("word_count", Integer, nullable=False),
    Column("cta_type", Text, nullable=False, index=True),
    Column("follow_up_index", Integer, nullable=False, index=True),
    Column("has_personalization", Boolean, nullable=False),
    Column("structure_type", Text, nullable=False),
    Column("cadence_bucket", Text, nullable=False, index=True),
    Column("gap_business_days", Integer, comment="since the mail before it in its series"),
    Column("series", Text, nullable=False, comment="digest that mails of one series share"),
    instant("sent_at", nullable=True),
    Column("features", JSONB, nullable=False, comment="the signals of D-37 to D-49"),
    Column("version", Text, nullable=False, comment="version of the extraction"),
    Index(
        "ix_email_features_search",
        "campaign_id",
        "source",
        "cta_type",
        "follow_up_index",
        "cadence_bucket",
    ),
    Index("ix_email_features_series", "campaign_id", "source", "series", "sent_at", "email_id"),
)

blueprints = workspace_table(
    "blueprints",
    id_column(),
    Column("campaign_id", Uuid, ForeignKey("outrider.campaigns.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("content", JSONB, nullable=False),
    Column("inputs", JSONB, nullable=False),
    Column("inputs_sha256", Text, nullable=False),
    instant("created_at"),
    UniqueConstraint("workspace_id", "campaign_id", "version"),
    CheckConstraint("status in ('active','archived')", name="status"),
)

sequences = workspace_table(
    "sequences",
    id_column(),
    Column("campaign_id", Uuid, ForeignKey("outrider.campaigns.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("steps", JSONB, nullable=False, comment="list of Step"),
    instant("created_at"),
    UniqueConstraint("workspace_id", "campaign_id", "version"),
)

enrollments = workspace_table(
    "enrollments",
    id_column(),
    Column("campaign_id", Uuid, ForeignKey("outrider.campaigns.id"), nullable=False),
    Column("sequence_id", Uuid, ForeignKey("outrider.sequences.id"), nullable=False),
    Column("account_id", Uuid, ForeignKey("outrider.accounts.id"), nullable=False),
    Column("contact_id", Uuid, ForeignKey("outrider.contacts.id"), nullable=False),
    Column("mailbox_id", Uuid, nullable=False, comment="the thread sticks to its mailbox"),
    Column("status", Text, nullable=False),
    Column("stop_reason", Text),
    Column("next_step", Integer, nullable=False, comment="1-based step to write next"),
    instant("due_at", nullable=True),
    Column("thread_message_ids", JSONB, nullable=False, comment="Message-IDs sent, oldest first"),
    Column("thread_subject", Text),
    instant("created_at"),
    instant("updated_at"),
    UniqueConstraint("workspace_id", "campaign_id", "contact_id"),
    Index(
        "ix_enrollments_due",
        "workspace_id",
        "due_at",
        postgresql_where="status = 'active'",
    ),
    CheckConstraint("status in ('active','finished','stopped')", name="status"),
)
