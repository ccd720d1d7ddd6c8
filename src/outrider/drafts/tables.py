"""The room's tables. In: nothing. Out: SQLAlchemy tables, private to the room. Never: a query."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Identity,
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

layouts = workspace_table(
    "layouts",
    id_column(),
    Column("sha256", Text, nullable=False, comment="of the MJML, UTF-8"),
    Column("mjml", Text, nullable=False),
    instant("created_at"),
    UniqueConstraint("workspace_id", "sha256"),
)

_PENDING = "status = 'pending'"
_DECIDED = "status in ('approved','queued','sent','rejected','expired','withdrawn')"
_NAMED = ("find_last", "find_email")
"""All that the shelf of the decided is searched by: each costs every mail three writes on its way out."""

_WITHIN = ("find_name", "find_email", "find_subject")
"""What the shelf of the pending is searched by within words."""


def _found_by(name: str, sql: str) -> Column[str]:
    return Column(name, Text(collation="C"), Computed(f"left({sql}, 100)", persisted=True))


def _on_shelf(shelf: str, where: str, *columns: str) -> list[Index]:
    """For each column: what a search of the inbox needs of a draft, without the draft."""
    return [
        Index(
            f"ix_drafts_{shelf}_{column.removeprefix('find_').removesuffix('_id')}",
            "workspace_id",
            column,
            "number",
            "id",
            postgresql_where=text(where),
        )
        for column in columns
    ]


drafts = workspace_table(
    "drafts",
    id_column(),
    Column("number", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("lineage_id", Uuid, nullable=False, comment="id of the first version"),
    Column("version", Integer, nullable=False),
    Column("parent_id", Uuid, ForeignKey("outrider.drafts.id")),
    Column("status", Text, nullable=False),
    Column("enrollment_id", Uuid, ForeignKey("outrider.enrollments.id"), nullable=False),
    Column("campaign_id", Uuid, ForeignKey("outrider.campaigns.id"), nullable=False),
    Column("account_id", Uuid, ForeignKey("outrider.accounts.id"), nullable=False),
    Column("contact_id", Uuid, ForeignKey("outrider.contacts.id"), nullable=False),
    Column("step", Integer, nullable=False),
    Column("recipient", JSONB, nullable=False, comment="Recipient"),
    Column("sender", JSONB, nullable=False, comment="Sender"),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False, comment="what the writer or a person wrote"),
    Column("rich", Text, comment="the body in form, canonical HTML"),
    Column("text", Text, nullable=False, comment="as it is sent: body, signature, footer"),
    Column("html", Text, nullable=False),
    Column("headers", JSONB, nullable=False, comment="the headers that the hash covers"),
    Column("content_hash", Text, nullable=False),
    Column("claims", JSONB, nullable=False),
    Column("findings", JSONB, nullable=False),
    Column("reasoning", JSONB, nullable=False),
    Column("sources", JSONB, nullable=False),
    Column("angle", Text, nullable=False),
    Column("confidence", Numeric, nullable=False),
    Column("writer", Text, nullable=False, comment="model or `offline`, or a person"),
    Column("prompt_id", Text, nullable=False),
    Column("blueprint_id", Uuid, ForeignKey("outrider.blueprints.id")),
    Column("run_id", Uuid, comment="the agent run that wrote it"),
    Column("note", Text, comment="what a rejection asked for, or why a rewrite fell short"),
    Column("actor", Text, nullable=False),
    Column("language", Text, nullable=False, server_default="en"),
    Column("tokens", Integer, nullable=False, server_default="0"),
    Column("cost_usd", Numeric, nullable=False, server_default="0"),
    Column("is_seed", Boolean, nullable=False, server_default=text("false")),
    instant("created_at"),
    instant("resolved_at", nullable=True),
    instant("released_at", nullable=True),
    # What people search by, in the case and order that an index compares (docs/scale.md).
    _found_by(
        "find_name", "lower((recipient ->> 'first_name') || ' ' || (recipient ->> 'last_name'))"
    ),
    _found_by("find_last", "lower(recipient ->> 'last_name')"),
    _found_by("find_email", "lower(recipient ->> 'email')"),
    _found_by("find_subject", "lower(subject)"),
    UniqueConstraint("workspace_id", "lineage_id", "version"),
    Index(
        "uq_drafts_open_step",
        "workspace_id",
        "enrollment_id",
        "step",
        unique=True,
        postgresql_where=text("status in ('pending','approved','queued','sent') and not is_seed"),
    ),
    Index(
        "ix_drafts_pending",
        "workspace_id",
        "number",
        # A search reads thousands of the shelf; so it reads the index alone (docs/scale.md).
        postgresql_include=["id", "account_id", "campaign_id", *_WITHIN],
        postgresql_where=text(_PENDING),
    ),
    Index("ix_drafts_account", "workspace_id", "account_id"),
    Index("ix_drafts_approved", "workspace_id", "id", postgresql_where=text("status = 'approved'")),
    *_on_shelf("pending", _PENDING, "account_id", "campaign_id", "find_name", "find_subject"),
    *_on_shelf("pending", _PENDING, *_NAMED),
    Index("ix_drafts_decided", "workspace_id", "number", postgresql_where=text(_DECIDED)),
    *_on_shelf("decided", _DECIDED, *_NAMED),
    CheckConstraint(
        "status in ('pending','approved','queued','sent','rejected','expired','superseded',"
        "'withdrawn')",
        name="status",
    ),
    CheckConstraint("not (is_seed and status in ('approved','queued','sent'))", name="seed"),
)

decisions = workspace_table(
    "decisions",
    id_column(),
    Column("draft_id", Uuid, ForeignKey("outrider.drafts.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column(
        "by", Text, nullable=False, server_default="person", comment="person, policy or timeout"
    ),
    Column("person_id", Uuid, ForeignKey("outrider.people.id")),
    Column("policy_id", Uuid, comment="of the stored policy that decided; null: the built-in one"),
    Column("category", Text, comment="what a rejection is about"),
    Column("dwell_seconds", Numeric, comment="from the first look; null: never opened by this one"),
    Column("is_quick", Boolean, nullable=False, server_default=text("false")),
    Column("bulk_id", Uuid, comment="of approvals that were made together"),
    Column("content_hash", Text, nullable=False),
    Column("note", Text),
    Column("subject_before", Text, nullable=False),
    Column("body_before", Text, nullable=False),
    Column("subject_after", Text),
    Column("body_after", Text),
    instant("decided_at"),
    UniqueConstraint("workspace_id", "draft_id"),
    CheckConstraint("kind in ('approve','edit','reject')", name="kind"),
    CheckConstraint("by in ('person','policy','timeout')", name="by"),
    # A timeout or a policy is never recorded as a person, nor a person as either.
    CheckConstraint("(by = 'person') = (person_id is not null)", name="whose"),
)
