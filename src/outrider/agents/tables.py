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
    UniqueConstraint("run_id", "number"),
    CheckConstraint("status in ('intended','done','failed')", name="status"),
    CheckConstraint("kind in ('model','tool')", name="kind"),
)
