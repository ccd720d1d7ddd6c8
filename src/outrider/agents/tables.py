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
    Index("ix_agent_runs_started", "workspace_id", "agent_name", "started_at"),
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
        "status in ('pending','approved','denied','running','done','failed')", name="status"
    ),
)
"""Calls that wait for a person. The login of agents can only read them: they come from its steps."""
