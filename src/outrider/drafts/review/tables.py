"""The tables of reviews. In: nothing. Out: SQLAlchemy tables, private to the room. Never: a query."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
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

policies = workspace_table(
    "policies",
    id_column(),
    Column("campaign_id", Uuid, ForeignKey("outrider.campaigns.id")),
    Column("version", Integer, nullable=False),
    Column("policy", JSONB, nullable=False, comment="Policy"),
    Column("person_id", Uuid, ForeignKey("outrider.people.id"), nullable=False),
    Column("note", Text, nullable=False),
    instant("created_at"),
    instant("ended_at", nullable=True),
    UniqueConstraint("workspace_id", "campaign_id", "version", postgresql_nulls_not_distinct=True),
    Index(
        "uq_policies_active",
        "workspace_id",
        "campaign_id",
        unique=True,
        postgresql_where=text("ended_at is null"),
        postgresql_nulls_not_distinct=True,
    ),
)

reviews = workspace_table(
    "reviews",
    id_column(),
    Column("draft_id", Uuid, ForeignKey("outrider.drafts.id"), nullable=False),
    Column("policy_id", Uuid, ForeignKey("outrider.policies.id")),
    Column("action", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("to_whom", Text, comment="a role, or a person's address"),
    Column("approvals", Integer, nullable=False),
    Column("risk", Text, nullable=False),
    Column("segment", Text, nullable=False),
    Column("confidence", Numeric, comment="calibrated; null: no evidence yet"),
    Column("on_timeout", Text, nullable=False),
    instant("opened_at"),
    instant("due_at", nullable=True),
    instant("remind_at", nullable=True),
    instant("notified_at", nullable=True),
    Column("reminded", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("assigned", Text, comment="a role, or a person's address"),
    instant("snoozed_until", nullable=True),
    Column("snoozed_by", Uuid, ForeignKey("outrider.people.id")),
    instant("timed_out_at", nullable=True),
    instant("closed_at", nullable=True),
    Column("notice", Text, comment="what the clock did last, in words; never an address"),
    UniqueConstraint("workspace_id", "draft_id"),
    Index(
        "ix_reviews_due",
        "workspace_id",
        "due_at",
        postgresql_where=text("closed_at is null and timed_out_at is null"),
    ),
    Index(
        "ix_reviews_snoozed",
        "workspace_id",
        "snoozed_until",
        "draft_id",
        postgresql_where=text("closed_at is null and snoozed_until is not null"),
    ),
    Index(
        "ix_reviews_remind", "workspace_id", "remind_at", postgresql_where=text("closed_at is null")
    ),
    CheckConstraint("action in ('auto_approve','review','escalate','block')", name="action"),
    CheckConstraint("on_timeout in ('hold','escalate','expire','auto_send')", name="on_timeout"),
    CheckConstraint("risk in ('low','medium','high')", name="risk"),
)

approvals = workspace_table(
    "approvals",
    id_column(),
    Column("draft_id", Uuid, ForeignKey("outrider.drafts.id"), nullable=False),
    Column("person_id", Uuid, ForeignKey("outrider.people.id"), nullable=False),
    Column("content_hash", Text, nullable=False),
    instant("approved_at"),
    UniqueConstraint("workspace_id", "draft_id", "person_id"),
)

draft_scores = workspace_table(
    "draft_scores",
    id_column(),
    Column("draft_id", Uuid, ForeignKey("outrider.drafts.id"), nullable=False),
    Column("by", Text, nullable=False, comment="a model's name, or `offline rules`"),
    Column("scores", JSONB, nullable=False, comment="dimension → score and reason"),
    Column("cost_usd", Numeric, nullable=False),
    instant("scored_at"),
    UniqueConstraint("workspace_id", "draft_id", "by"),
)

draft_readings = workspace_table(
    "draft_readings",
    id_column(),
    Column("draft_id", Uuid, ForeignKey("outrider.drafts.id"), nullable=False),
    Column("content_hash", Text, nullable=False, comment="of the words that were read"),
    Column("outcome", Text, nullable=False),
    Column("by", Text, comment="the model that answered"),
    Column("findings", JSONB, nullable=False, comment="what it adds to the rules' findings"),
    Column("tokens", Integer, nullable=False),
    Column("cost_usd", Numeric, nullable=False),
    instant("read_at"),
    # Whatever came of asking, a version is read once.
    UniqueConstraint("workspace_id", "draft_id"),
    CheckConstraint("outcome in ('read','silent')", name="outcome"),
)

draft_askings = workspace_table(
    "draft_askings",
    id_column(),
    Column("draft_id", Uuid, ForeignKey("outrider.drafts.id"), nullable=False),
    # Whoever has the row asks a model of the draft; then another may.
    instant("until"),
    UniqueConstraint("workspace_id", "draft_id"),
)

looks = workspace_table(
    "looks",
    id_column(),
    Column("draft_id", Uuid, ForeignKey("outrider.drafts.id"), nullable=False),
    Column("person_id", Uuid, ForeignKey("outrider.people.id"), nullable=False),
    Column("door", Text, nullable=False, comment="cli, web, slack"),
    instant("looked_at"),
    Index("ix_looks_draft", "workspace_id", "draft_id", "person_id"),
)

seeds = workspace_table(
    "seeds",
    id_column(),
    Column("draft_id", Uuid, ForeignKey("outrider.drafts.id"), nullable=False),
    Column("source_id", Uuid, ForeignKey("outrider.drafts.id"), nullable=False),
    Column("fault", Text, nullable=False, comment="what is wrong with it, in words"),
    Column("outcome", Text, comment="caught, missed or retired; null while it waits"),
    Column("person_id", Uuid, ForeignKey("outrider.people.id")),
    instant("created_at"),
    instant("ended_at", nullable=True),
    UniqueConstraint("workspace_id", "draft_id"),
    UniqueConstraint("workspace_id", "source_id"),
)

overrides = workspace_table(
    "overrides",
    id_column(),
    Column("draft_id", Uuid, ForeignKey("outrider.drafts.id"), nullable=False),
    Column("decision_id", Uuid, ForeignKey("outrider.decisions.id"), nullable=False),
    Column("kind", Text, nullable=False, comment="edit, reject or variant"),
    Column("category", Text, comment="of a rejection"),
    Column("agent_output", JSONB, nullable=False, comment="subject and body before"),
    Column("human_output", JSONB, comment="subject and body after; null until there is one"),
    Column("reason", Text, nullable=False),
    Column("distance", Integer, comment="edit distance in words"),
    instant("created_at"),
    UniqueConstraint("workspace_id", "decision_id"),
)

draft_variants = workspace_table(
    "draft_variants",
    id_column(),
    Column("draft_id", Uuid, ForeignKey("outrider.drafts.id"), nullable=False),
    Column("number", Integer, nullable=False, comment="1, 2, … of this draft"),
    Column("mail", JSONB, nullable=False, comment="WrittenMail"),
    Column("findings", JSONB, nullable=False),
    Column("writer", Text, nullable=False),
    Column("cost_usd", Numeric, nullable=False),
    Column("is_chosen", Boolean, nullable=False),
    instant("created_at"),
    UniqueConstraint("workspace_id", "draft_id", "number"),
)

working_times = workspace_table(
    "working_times",
    id_column(),
    Column("person_id", Uuid, ForeignKey("outrider.people.id"), nullable=False),
    Column("hours", JSONB, nullable=False, comment="WorkingTime"),
    instant("changed_at"),
    UniqueConstraint("workspace_id", "person_id"),
)

delegations = workspace_table(
    "delegations",
    id_column(),
    Column("person_id", Uuid, ForeignKey("outrider.people.id"), nullable=False),
    Column("delegate_id", Uuid, ForeignKey("outrider.people.id"), nullable=False),
    instant("starts_at"),
    instant("ends_at"),
    instant("created_at"),
    Index("ix_delegations_person", "workspace_id", "person_id", "ends_at"),
    CheckConstraint("ends_at > starts_at", name="order"),
    CheckConstraint("person_id <> delegate_id", name="other"),
)
