"""Agents, runs and tools as screens show them. In: nothing. Out: frozen values. Never: a query."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Shown(BaseModel):
    """A value that a screen shows."""

    model_config = ConfigDict(frozen=True)


class RunCard(Shown):
    """One run in a list."""

    id: UUID
    agent_name: str
    campaign_id: UUID | None
    campaign: str | None
    status: str = Field(description="running, completed, failed or skipped")
    started_at: datetime
    completed_at: datetime | None
    seconds: float | None = Field(description="How long it took; none while it runs")
    due_at: datetime | None = Field(description="The tick or the request that it answers")
    met_run_id: UUID | None = Field(description="Of a skipped run: the one that was going on")
    tools_used: list[str]
    steps: int
    tokens: int
    cost_usd: Decimal
    error: str | None
    summary: str | None


class RunPage(Shown):
    """A page of runs, newest first."""

    items: list[RunCard]
    next: UUID | None = Field(description="The `after` of the following page")


class StepCard(Shown):
    """One model request or tool call, before and after."""

    number: int
    kind: str = Field(description="model or tool")
    name: str = Field(description="Prompt id or tool name")
    status: str = Field(description="intended, done or failed")
    saw: Any = Field(description="Of a request: what was new to the model, or the question")
    asked: Any = Field(description="Of a tool: the input that the model wrote")
    got: Any = Field(description="The reply, or what the tool gave")
    outcome: str | None = Field(description="Of a tool: ok, refused, pending_approval, failed, …")
    refused_by: str | None = Field(description="The gate that ended the call")
    provenance: str | None = Field(description="Who could have written what the tool gave")
    model: str | None
    tokens: int
    cost_usd: Decimal
    reserved_usd: Decimal
    latency_ms: int | None
    error: str | None
    lead_id: UUID | None
    phase: str | None
    route: dict[str, Any] | None = Field(description="The tier that was chosen, and why")
    input_sha256: str
    started_at: datetime
    completed_at: datetime | None


class RunDetail(RunCard):
    """One run with all that it did."""

    request: dict[str, Any]
    spec: dict[str, Any] | None = Field(description="What the agent was in this run")
    actions: list[dict[str, Any]]
    trail: list[StepCard]


class AgentCard(Shown):
    """An agent as it works in this workspace."""

    name: str
    tier: str
    model: str | None = Field(description="The model asked first; none without models.toml")
    models: list[str] = Field(description="Who is asked, in order")
    budget_usd: Decimal = Field(description="Per run")
    tools: list[str]
    schedule: list[str]
    timezone: str
    prompt: str
    most_turns: int
    hands_to: list[str]
    task: str
    is_scheduled: bool
    is_enabled: bool
    overridden: list[str] = Field(description="Fields that differ from the roster's row")
    changed_at: datetime | None
    changed_by: str | None
    next_at: datetime | None = Field(description="When it starts next by itself")
    halted: str | None = Field(description="The kill switch that halts it, as a sentence")
    last_run: RunCard | None
    spent_today_usd: Decimal = Field(description="Spent or set aside since midnight UTC")
    day_limit_usd: Decimal | None = Field(description="Of all agents together")


class ToolCard(Shown):
    """A tool of the registry."""

    name: str
    description: str
    effect: str
    timeout_seconds: float
    per_minute: int
    cost_usd: Decimal
    is_configured: bool
    needs: str = Field(description="What has to be set up before it works")
    needs_person: bool = Field(description="A person says yes before it is done")
    is_blocked_in_dry_run: bool
    provenance: str
    is_foreign: bool
    agents: list[str] = Field(description="Who has it here")
    input: dict[str, Any] = Field(description="JSON Schema of what it takes")


class DifferenceCard(Shown):
    """One place where a replay went another way."""

    step: int
    what: str
    lines: list[str]


class ReplayCard(Shown):
    """What a replay found."""

    steps: int
    cost_before_usd: Decimal
    cost_usd: Decimal
    differences: list[DifferenceCard]
    verdict: str | None
    text: str | None


class Started(Shown):
    """A run that was asked for; it appears among the runs with this `due_at`."""

    agent: str
    due_at: datetime
