"""The room's tables. In: nothing. Out: SQLAlchemy tables, private to the room. Never: a query."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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

mailboxes = workspace_table(
    "mailboxes",
    id_column(),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("postal_address", Text, nullable=False),
    Column("booking_link", Text, nullable=False),
    Column("signature", Text, nullable=False, server_default=""),
    Column("transport", Text, nullable=False),
    Column("smtp_host", Text),
    Column("smtp_port", Integer),
    Column("smtp_user", Text),
    Column("smtp_password_file", Text, comment="name of a file under `keys` in the home folder"),
    Column("dkim_selector", Text),
    Column("dkim_key_file", Text, comment="name of the key file under `keys` in the home folder"),
    Column("dkim_ed25519_selector", Text),
    Column("dkim_ed25519_key_file", Text, comment="of a second key that signs besides"),
    Column("smtp_tls", Text, nullable=False, server_default="starttls"),
    Column("secret_file", Text, comment="name of a file under `keys` in the home folder"),
    Column("provider", JSONB, nullable=False, server_default="{}"),
    Column("daily_cap", Integer, nullable=False),
    Column("pacing", JSONB, comment="Pacing; null: as fast as the cap allows"),
    Column("layout", Text, comment="SHA-256 of the layout of new drafts; null: plain HTML"),
    Column("status", Text, nullable=False),
    instant("created_at"),
    UniqueConstraint("workspace_id", "address"),
    CheckConstraint("status in ('active','paused')", name="status"),
    CheckConstraint(
        "transport in ('maildir','smtp','resend','sendgrid','ses','mailgun','postmark','gmail',"
        "'graph')",
        name="transport",
    ),
    CheckConstraint("smtp_tls in ('starttls','tls','none')", name="smtp_tls"),
)

outbox = workspace_table(
    "outbox",
    id_column(),
    Column("draft_id", Uuid, ForeignKey("outrider.drafts.id"), nullable=False, unique=True),
    Column("decision_id", Uuid, ForeignKey("outrider.decisions.id"), nullable=False),
    Column("enrollment_id", Uuid, ForeignKey("outrider.enrollments.id"), nullable=False),
    Column("campaign_id", Uuid, ForeignKey("outrider.campaigns.id"), nullable=False),
    Column("account_id", Uuid, ForeignKey("outrider.accounts.id"), nullable=False),
    Column("contact_id", Uuid, ForeignKey("outrider.contacts.id"), nullable=False),
    Column("mailbox_id", Uuid, ForeignKey("outrider.mailboxes.id"), nullable=False),
    Column("step", Integer, nullable=False),
    Column("content_hash", Text, nullable=False),
    # Made from the id, so the primary key is its index as well.
    Column("message_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text, comment="why it waits, failed, was cancelled or is unknown"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("claimed_by", Text),
    instant("queued_at"),
    instant("not_before"),
    instant("claimed_at", nullable=True),
    instant("lease_until", nullable=True),
    instant("handed_off_at", nullable=True),
    instant("sent_at", nullable=True),
    Column("raw_sha256", Text, comment="SHA-256 of the exact bytes"),
    Column("pack_sha256", Text, comment="the object that holds them, among other mails"),
    Column("pack_start", BigInteger),
    Column("pack_bytes", Integer),
    Column("provider_answer", Text),
    Column("provider_message_id", Text, comment="the provider's own id, for its webhooks"),
    Column("seen_as", Text, comment="the Message-ID that a provider put in place of ours"),
    Index(
        "ix_outbox_seen_as",
        "workspace_id",
        "seen_as",
        postgresql_where=text("seen_as is not null"),
    ),
    Index(
        "ix_outbox_provider_message_id",
        "workspace_id",
        "provider_message_id",
        postgresql_where=text("provider_message_id is not null"),
    ),
    # A cancelled row never touched the wire, so a newly approved version may take its step.
    Index(
        "uq_outbox_step",
        "workspace_id",
        "enrollment_id",
        "step",
        unique=True,
        postgresql_where=text("status <> 'cancelled'"),
    ),
    Index(
        "ix_outbox_ready",
        "workspace_id",
        "mailbox_id",
        "not_before",
        "id",
        postgresql_where=text("status in ('queued','deferred')"),
    ),
    Index("ix_outbox_newest", "workspace_id", "id"),
    Index("ix_outbox_unknown", "workspace_id", "id", postgresql_where=text("status = 'unknown'")),
    # By account: a look asks for what is at the wire to the people of its mails' accounts.
    Index("ix_outbox_sending", "account_id", postgresql_where=text("status = 'sending'")),
    Index(
        "ix_outbox_handed_off",
        "workspace_id",
        "mailbox_id",
        "handed_off_at",
        postgresql_where=text(
            "handed_off_at is not null and status in ('sending','sent','unknown')"
        ),
    ),
    Index(
        "ix_outbox_sent",
        "workspace_id",
        "sent_at",
        "id",
        postgresql_where=text("status = 'sent'"),
    ),
    Index(
        "ix_outbox_contact",
        "workspace_id",
        "contact_id",
        postgresql_where=text("status in ('queued','deferred')"),
    ),
    CheckConstraint(
        "status in ('queued','sending','sent','deferred','failed','unknown','cancelled')",
        name="status",
    ),
)
