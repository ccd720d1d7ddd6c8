"""The room's tables. In: nothing. Out: SQLAlchemy tables, private to the room. Never: a query."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from outrider.kernel.database.schema import id_column, instant, workspace_table

_SECOND = "length(split_part(name, ' ', 1)) + 2"
_THIRD = "length(split_part(name, ' ', 1)) + length(split_part(name, ' ', 2)) + 3"
"""Where the second and the third word of a name begin."""


def _found_by(name: str, sql: str) -> Column[str]:
    return Column(name, Text(collation="C"), Computed(f"left({sql}, 100)", persisted=True))


accounts = workspace_table(
    "accounts",
    id_column(),
    Column(
        "key", Text, nullable=False, comment="domain:… or name:…; what makes two rows one account"
    ),
    Column("name", Text, nullable=False),
    Column("domain", Text),
    Column("cik", Text),
    Column("ticker", Text),
    Column("industry", Text),
    Column("country", Text),
    Column("employees", Integer),
    Column("icp_score", Numeric),
    Column("competitor", Text),
    Column("status", Text, nullable=False),
    Column("attributes", JSONB, nullable=False),
    instant("created_at"),
    instant("updated_at"),
    Column("points", Double, comment="of the newest score; written with it"),
    # The ranking and its search, in columns that an index under row-level security can answer from
    # (docs/scale.md).
    Column("place", Double, Computed("-coalesce(points, -1)", persisted=True)),
    _found_by("find_1", "lower(name)"),
    _found_by("find_2", f"lower(substr(name, {_SECOND}))"),
    _found_by("find_3", f"lower(substr(name, {_THIRD}))"),
    _found_by("find_domain", "lower(domain)"),
    Index("ix_accounts_status", "workspace_id", "status", "place", "find_1", "id"),
    Index("ix_accounts_find_domain", "workspace_id", "find_domain", "id"),
    Index("ix_accounts_find_1", "workspace_id", "find_1", "id"),
    Index(
        "ix_accounts_find_2", "workspace_id", "find_2", "id", postgresql_where=text("find_2 <> ''")
    ),
    Index(
        "ix_accounts_find_3", "workspace_id", "find_3", "id", postgresql_where=text("find_3 <> ''")
    ),
    UniqueConstraint("workspace_id", "key"),
    CheckConstraint("status in ('new','researched','sequenced','exhausted')", name="status"),
)

contacts = workspace_table(
    "contacts",
    id_column(),
    Column("account_id", Uuid, ForeignKey("outrider.accounts.id"), nullable=False, index=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, comment="normalised address"),
    Column("address_hash", Text, comment="the suppression list's keyed hash of the address"),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("phone", Text),
    Column("country", Text),
    Column("timezone", Text),
    Column("status", Text, nullable=False),
    Column("quiet_until", Date, comment="the person asked for a pause: its last day"),
    Column("source", Text, nullable=False),
    instant("created_at"),
    instant("updated_at"),
    UniqueConstraint("workspace_id", "email_key"),
    CheckConstraint("status in ('active','replied','opted_out','invalid')", name="status"),
    Index("ix_contacts_address_hash", "workspace_id", "address_hash"),
)

snapshots = workspace_table(
    "snapshots",
    id_column(),
    Column("account_id", Uuid, ForeignKey("outrider.accounts.id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("raw_sha256", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    instant("retrieved_at"),
    UniqueConstraint("workspace_id", "account_id", "raw_sha256"),
)

facts = workspace_table(
    "facts",
    id_column(),
    Column("account_id", Uuid, ForeignKey("outrider.accounts.id"), nullable=False, index=True),
    Column("snapshot_id", Uuid, ForeignKey("outrider.snapshots.id")),
    Column(
        "fingerprint",
        Text,
        nullable=False,
        comment="hash of kind, value, unit, as_of, topic, quote",
    ),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("unit", Text),
    Column("as_of", Date),
    Column("topic", Text),
    Column("basis", Text),
    Column("source", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Column("accession", Text),
    Column("provenance", Text, nullable=False),
    Column("raw_sha256", Text, nullable=False),
    instant("retrieved_at"),
    instant("created_at"),
    UniqueConstraint("workspace_id", "account_id", "fingerprint"),
)

scores = workspace_table(
    "scores",
    id_column(),
    Column("account_id", Uuid, ForeignKey("outrider.accounts.id"), nullable=False),
    Column("points", Numeric, nullable=False),
    Column("coverage", Numeric, nullable=False),
    Column("factors", JSONB, nullable=False),
    Column("weights_version", Text, nullable=False),
    instant("scored_at"),
    Index("ix_scores_account", "workspace_id", "account_id", "scored_at"),
)

suppressions = workspace_table(
    "suppressions",
    id_column(),
    Column("address_hash", Text, nullable=False, comment="HMAC-SHA-256 of the normalised address"),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),
    instant("created_at"),
    UniqueConstraint("workspace_id", "address_hash"),
)

touches = workspace_table(
    "touches",
    id_column(),
    Column("account_id", Uuid, ForeignKey("outrider.accounts.id"), nullable=False),
    Column("contact_id", Uuid, ForeignKey("outrider.contacts.id"), nullable=False),
    Column("channel", Text, nullable=False, comment="email, call, linkedin, sms, crm"),
    Column("direction", Text, nullable=False, comment="out or in"),
    Column("reference", Text, nullable=False, comment="message id or activity id"),
    instant("at"),
    UniqueConstraint("workspace_id", "channel", "reference"),
    Index("ix_touches_contact", "workspace_id", "contact_id", "at"),
    Index("ix_touches_account", "workspace_id", "account_id", "at"),
)

imports = workspace_table(
    "imports",
    id_column(),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("report", JSONB, nullable=False),
    instant("imported_at"),
)
