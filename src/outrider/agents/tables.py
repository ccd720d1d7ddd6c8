"""The room's tables (A-61, decision 0015). In: nothing. Out: SQLAlchemy tables. Never: a query."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from outrider.kernel.database.schema import id_column, instant, workspace_table

agent_runs = workspace_table(
    "agent_runs",
    id_column(),
    Column("agent_name", Text, nullable=False),
    Column("campaign_id", Uuid, ForeignKey("outrider.campaigns.id")),
    Column("status", Text, nullable=False),
    Column("request", JSONB, nullable=False, comment="what was asked: limits, sources"),
    Column("briefing", JSONB, nullable=False, comment="what learning passed in"),
    Column("tools_used", ARRAY(Text), nullable=False),
    Column("actions_taken", JSONB, nullable=False),
    Column("error", Text),
    Column("api_tokens_used", BigInteger, nullable=False),
    Column("cost_estimate", Numeric, nullable=False, comment="USD"),
    instant("started_at"),
    instant("completed_at", nullable=True),
    Column("spec", JSONB, comment="what the agent was in this run, overrides included"),
    Column("summary", Text, comment="what was told when it ended"),
    instant("due_at", nullable=True),
    Column("met_run_id", Uuid, ForeignKey("outrider.agent_runs.id"), comment="why it was skipped"),
    Index("ix_agent_runs_started", "workspace_id", "agent_name", "started_at"),
    Index(
        "ix_agent_runs_lead",
        "workspace_id",
        text("(request ->> 'lead_id')"),
        postgresql_where=text("request ->> 'lead_id' is not null"),
    ),
    Index(
        "uq_agent_runs_due",
        "workspace_id",
        "agent_name",
        "due_at",
        "campaign_id",
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=text("due_at is not null"),
    ),
    CheckConstraint("status in ('running','completed','failed','skipped')", name="status"),
)

agent_steps = workspace_table(
    "agent_steps",
    id_column(),
    Column("run_id", Uuid, ForeignKey("outrider.agent_runs.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False, comment="model or tool"),
    Column("name", Text, nullable=False, comment="prompt id or tool name"),
    Column("status", Text, nullable=False),
    Column("input_sha256", Text, nullable=False),
    Column("input", JSONB, nullable=False),
    Column("output", JSONB),
    Column("model", Text),
    Column("tokens", BigInteger, nullable=False),
    Column("cost_reserved", Numeric, nullable=False, comment="USD"),
    Column("cost", Numeric, nullable=False, comment="USD"),
    Column("error", Text),
    instant("started_at"),
    instant("completed_at", nullable=True),
    Column("lead_id", Uuid, comment="whose budget it counts against"),
    Column("phase", Text, comment="research, outreach, crm"),
    Column("route", JSONB, comment="the tier that was chosen for this request, and why"),
    UniqueConstraint("run_id", "number"),
    Index(
        "ix_agent_steps_money",
        "workspace_id",
        "started_at",
        postgresql_where=text("cost_reserved > 0 or cost > 0"),
    ),
    Index(
        "ix_agent_steps_lead",
        "workspace_id",
        "lead_id",
        postgresql_where=text("lead_id is not null"),
    ),
    Index(
        "ix_agent_steps_waiting",
        "workspace_id",
        "started_at",
        postgresql_where=text("output ->> 'status' = 'pending_approval'"),
    ),
    Index(
        "ix_agent_steps_not_ok",
        "workspace_id",
        "run_id",
        postgresql_where=text("kind = 'tool' and output ->> 'status' <> 'ok'"),
    ),
    Index(
        "ix_agent_steps_found",
        "workspace_id",
        "input_sha256",
        postgresql_where=text("kind = 'tool' and output ->> 'status' = 'ok'"),
    ),
    CheckConstraint("status in ('intended','done','failed')", name="status"),
    CheckConstraint("kind in ('model','tool')", name="kind"),
)

agent_requests = workspace_table(
    "agent_requests",
    id_column(),
    Column("run_id", Uuid, ForeignKey("outrider.agent_runs.id"), nullable=False),
    Column("step_id", Uuid, ForeignKey("outrider.agent_steps.id"), nullable=False),
    Column("agent_name", Text, nullable=False),
    Column("tool", Text, nullable=False),
    Column("input", JSONB, nullable=False),
    Column("input_sha256", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("person_id", Uuid, ForeignKey("outrider.people.id"), comment="who settled it"),
    Column("note", Text),
    Column("output", JSONB),
    Column("error", Text),
    instant("asked_at"),
    instant("settled_at", nullable=True),
    UniqueConstraint("step_id"),
    Index("ix_agent_requests_call", "workspace_id", "agent_name", "tool", "input_sha256"),
    CheckConstraint(
        "status in ('pending','approved','denied','running','done','failed','unknown')",
        name="status",
    ),
)
"""Calls that wait for a person. The login of agents can only read them: they come from its steps."""

agent_overrides = workspace_table(
    "agent_overrides",
    id_column(),
    Column("agent_name", Text, nullable=False),
    Column("fields", JSONB, nullable=False, comment="fields of its roster row that differ here"),
    Column("actor", Text, nullable=False, comment="who set it last"),
    instant("changed_at"),
    instant("scheduled_since", nullable=True),
    UniqueConstraint("workspace_id", "agent_name"),
)
"""What a workspace changed of its agents. No tick before `scheduled_since` is made up for."""

agent_ticks = workspace_table(
    "agent_ticks",
    id_column(),
    Column("agent_name", Text, nullable=False),
    instant("due_at"),
    instant("deferred_at"),
    Column("missed", Integer, nullable=False, comment="earlier ticks that this one stands for"),
    Column("asked_by", Text, comment="who asked for a run out of turn; null: its schedule"),
    UniqueConstraint("workspace_id", "agent_name", "due_at"),
)
"""Times that came, and runs that were asked for; the row is written with the job that it starts."""
