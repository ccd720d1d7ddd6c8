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
    text,
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
    Column(
        "mailbox_ids",
        JSONB,
        nullable=False,
        server_default="[]",
        comment="who writes to new people, in turn; empty: the one that a run names",
    ),
    Column("rotation", Text, nullable=False, server_default="health"),
    instant("created_at"),
    instant("updated_at"),
    UniqueConstraint("workspace_id", "name"),
    CheckConstraint("status in ('active','paused','canceled')", name="status"),
    CheckConstraint("rotation in ('even','health')", name="rotation"),
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
    Column(
        "pacing",
        JSONB,
        nullable=False,
        server_default="{}",
        comment="overrides of the touch policy",
    ),
    Column("note", Text, nullable=False, server_default=""),
    Column("made_by", Text, nullable=False, server_default=""),
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
    Column("closed_reason", Text, comment="once set, no class of reply leads on"),
    Column("next_step", Integer, nullable=False, comment="1-based step to write next"),
    Column("next_channel", Text, nullable=False, server_default="email"),
    instant("due_at", nullable=True),
    Column(
        "steps_sent",
        JSONB,
        nullable=False,
        server_default="[]",
        comment="list of SentStep, oldest first",
    ),
    Column(
        "replies_at",
        JSONB,
        nullable=False,
        server_default="[]",
        comment="when answers came in, classified or not",
    ),
    Column(
        "heard",
        JSONB,
        nullable=False,
        server_default="[]",
        comment="list of Heard: classes of replies",
    ),
    Column(
        "arms",
        JSONB,
        nullable=False,
        server_default="{}",
        comment="experiment: the arm, by the hash of the contact",
    ),
    Column("thread_message_ids", JSONB, nullable=False, comment="Message-IDs sent, oldest first"),
    Column("thread_subject", Text),
    instant("created_at"),
    instant("updated_at"),
    UniqueConstraint("workspace_id", "campaign_id", "contact_id"),
    Index(
        "ix_enrollments_due",
        "workspace_id",
        "due_at",
        postgresql_where="status in ('active','paused')",
    ),
    Index("ix_enrollments_contact_id", "workspace_id", "contact_id"),
    CheckConstraint("status in ('active','paused','finished','stopped')", name="status"),
)

tasks = workspace_table(
    "tasks",
    id_column(),
    Column("number", Integer, nullable=False, comment="counted from 1 in the workspace"),
    Column("campaign_id", Uuid, ForeignKey("outrider.campaigns.id"), nullable=False),
    Column("enrollment_id", Uuid, ForeignKey("outrider.enrollments.id"), nullable=False),
    Column("account_id", Uuid, ForeignKey("outrider.accounts.id"), nullable=False),
    Column("contact_id", Uuid, ForeignKey("outrider.contacts.id"), nullable=False, index=True),
    Column("step", Integer, nullable=False, comment="0: an answer to read, no step"),
    Column("channel", Text, nullable=False, comment="linkedin, call, sms"),
    Column("text", Text, nullable=False, comment="what to do, or the words of an SMS"),
    Column("content_hash", Text, nullable=False, comment="of channel, contact and text"),
    Column("approved_hash", Text, comment="what a person approved; SMS only"),
    Column("approved_by", Text),
    Column("status", Text, nullable=False),
    Column("reason", Text, comment="why it is void, skipped or failed"),
    Column("note", Text, nullable=False, comment="what the person who did it wrote"),
    Column("provider_id", Text),
    instant("due_at"),
    instant("handed_off_at", nullable=True),
    instant("done_at", nullable=True),
    instant("missed_at", nullable=True),
    instant("created_at"),
    UniqueConstraint("workspace_id", "number"),
    UniqueConstraint("workspace_id", "enrollment_id", "step"),
    Index("ix_tasks_open", "workspace_id", "status", "due_at"),
    # The two shelves of the screen, each in its order.
    Index(
        "ix_tasks_waiting",
        "workspace_id",
        "due_at",
        "number",
        postgresql_where=text("status in ('open','approved','sending','unknown','failed')"),
    ),
    Index(
        "ix_tasks_over",
        "workspace_id",
        text("coalesce(done_at, due_at) desc"),
        text("number desc"),
        postgresql_where=text("status in ('done','skipped','void')"),
    ),
    CheckConstraint(
        "status in ('open','approved','sending','unknown','done','skipped','failed','void')",
        name="status",
    ),
    CheckConstraint("channel in ('linkedin','call','sms')", name="channel"),
    CheckConstraint(
        "status not in ('approved','sending','unknown')"
        " or coalesce(approved_hash = content_hash, false)",
        name="approved",
    ),
)

sms_consents = workspace_table(
    "sms_consents",
    id_column(),
    Column("contact_id", Uuid, ForeignKey("outrider.contacts.id"), nullable=False),
    Column("source", Text, nullable=False, comment="where and how the person agreed"),
    instant("given_at"),
    instant("revoked_at", nullable=True),
    UniqueConstraint("workspace_id", "contact_id"),
)
