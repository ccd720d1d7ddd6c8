"""Agents, runs and tools over HTTP: look, change, start, replay.

In: a session and JSON. Out: typed JSON. Never: a rule of its own; an effect of a replay.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, field_validator

from outrider.agents import overrides, schedule
from outrider.agents.budget import Limits
from outrider.agents.models import Models
from outrider.agents.replay import Replayed
from outrider.agents.roster import SDR
from outrider.agents.types import RunId, RunStatus
from outrider.app.api.entry import Caller, Person, needs
from outrider.app.jobs.replay import replay_run
from outrider.app.jobs.think import brain
from outrider.app.mcp.tools import tools_of, with_attached
from outrider.app.views import fleet as view
from outrider.app.views.fleet_types import (
    AgentCard,
    DifferenceCard,
    ReplayCard,
    RunDetail,
    RunPage,
    Started,
    ToolCard,
)
from outrider.campaigns import create as campaigns
from outrider.kernel.access import Permission
from outrider.kernel.asking import Tier
from outrider.kernel.database.tx import Tx

router = APIRouter(prefix="/api", tags=["agents"])

READS = [needs(Permission.REPORTS_READ)]
Name = Annotated[str, Path(description="Name of the agent, such as sdr")]
RunRef = Annotated[str, Path(description="Id of the run, or its first eight characters or more")]
Word = Annotated[str, Field(max_length=200)]


class AgentChange(BaseModel):
    """Fields to set; null puts a field back to what is shipped, a field left out stays."""

    model_config = ConfigDict(extra="forbid")

    tier: Tier | None = None
    budget_usd: Decimal | None = Field(
        default=None, ge=0, le=overrides.MOST_BUDGET_USD, description="Per run"
    )
    tools: list[Word] | None = Field(default=None, max_length=200)
    schedule: list[Word] | None = Field(
        default=None, max_length=overrides.MOST_LINES, description="Cron lines in `timezone`"
    )
    timezone: Word | None = None
    prompt: Word | None = None
    most_turns: StrictInt | None = Field(default=None, ge=1, le=overrides.MOST_TURNS)
    hands_to: list[Word] | None = Field(default=None, max_length=50)
    task: str | None = Field(default=None, min_length=1, max_length=overrides.LONGEST_TASK)
    is_scheduled: StrictBool | None = None
    is_enabled: StrictBool | None = None


class RunWanted(BaseModel):
    """What an agent shall do now."""

    model_config = ConfigDict(extra="forbid")

    task: str | None = Field(
        default=None,
        min_length=1,
        max_length=overrides.LONGEST_TASK,
        description="Left out: its standing work",
    )
    campaign: Word | None = Field(default=None, description="Name or id; for the sdr: none is all")
    is_dry_run: StrictBool = Field(default=False, description="Nothing outbound is done")
    new_accounts: StrictInt = Field(default=10, ge=0, le=1000, description="For the sdr")

    @field_validator("task")
    @classmethod
    def _plain(cls, task: str | None) -> str | None:
        if task is not None and ("\x00" in task or not task.strip()):
            raise ValueError("a task is a text")
        return task


class ReplayWanted(BaseModel):
    """What shall be different; nothing: the records are gone through as they are."""

    model_config = ConfigDict(extra="forbid")

    model: Word | None = Field(default=None, description="Key in models.toml; it is asked and paid")
    prompt: str | None = Field(
        default=None, max_length=100_000, description="Id of another prompt, or its text"
    )


@router.get("/agents", dependencies=READS)
async def list_agents(person: Person) -> list[AgentCard]:
    """Every agent as it works here: what was changed, its next start, last run and spending."""
    async with person.begin() as tx:
        return await view.agents(tx, *_models(person))


@router.get("/agents/{name}", dependencies=READS)
async def show_agent(person: Person, name: Name) -> AgentCard:
    """One agent as it works here."""
    async with person.begin() as tx:
        return await view.agent(tx, name, *_models(person))


@router.patch("/agents/{name}", dependencies=[needs(Permission.AGENTS_WRITE)])
async def change_agent(person: Person, name: Name, change: AgentChange) -> AgentCard:
    """Set fields of an agent in this workspace."""
    given = change.model_dump(include=change.model_fields_set)
    async with person.begin() as tx:
        await overrides.change(tx, name, given)
        return await view.agent(tx, name, *_models(person))


@router.post("/agents/{name}/run", status_code=202, dependencies=[needs(Permission.AGENTS_RUN)])
async def run_agent_now(person: Person, name: Name, wanted: RunWanted) -> Started:
    """Start an agent now; the run goes on after the answer and appears among the runs."""
    if name != SDR.name or wanted.task:
        brain(person.outrider)
    async with person.begin() as tx:
        args = await _args(tx, wanted)
        tick = await schedule.ask(tx, name, args)
    return Started(agent=tick.agent, due_at=tick.due_at)


async def _args(tx: Tx, wanted: RunWanted) -> dict[str, Any]:
    args = wanted.model_dump(exclude_none=True, exclude={"campaign"})
    if wanted.campaign:
        campaign = await campaigns.find(tx, wanted.campaign)
        args |= {"campaign": str(campaign.id), "campaign_id": str(campaign.id)}
    return args


@router.get("/runs", dependencies=[needs(Permission.RUNS_READ)])
async def list_runs(
    person: Person,
    agent: Annotated[str | None, Query(max_length=100)] = None,
    status: RunStatus | None = None,
    after: Annotated[UUID | None, Query(description="The last run of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RunPage:
    """Runs, newest first."""
    async with person.begin() as tx:
        return await view.runs(tx, agent=agent, status=status, after=after, limit=limit)


@router.get("/runs/{run_id}", dependencies=[needs(Permission.RUNS_READ)])
async def show_run(person: Person, run_id: RunRef) -> RunDetail:
    """One run: each step with what it saw, asked and got, its cost, its time, the gate that refused."""
    async with person.begin() as tx:
        return await view.run(tx, run_id)


@router.post("/runs/{run_id}/replay", dependencies=[needs(Permission.AGENTS_RUN)])
async def replay_a_run(person: Person, run_id: RunRef, wanted: ReplayWanted) -> ReplayCard:
    """Go through a run again from its records, without effects; what would differ."""
    async with person.begin() as tx:
        found = await view.run(tx, run_id)
    done = await replay_run(person.outrider, RunId(found.id), wanted.model, wanted.prompt)
    return _replayed(done)


@router.get("/tools", dependencies=READS)
async def list_tools(person: Person) -> list[ToolCard]:
    """Every tool that an agent can be given."""
    outrider = person.outrider
    async with person.begin() as tx:
        return await view.tools(tx, tools_of(outrider), partial(with_attached, outrider))


def _models(person: Caller) -> tuple[Models | None, Limits]:
    configured = person.outrider.thinking
    return (configured.models, configured.limits) if configured else (None, Limits())


def _replayed(done: Replayed) -> ReplayCard:
    return ReplayCard(
        steps=done.steps,
        cost_before_usd=done.cost_before_usd,
        cost_usd=done.cost_usd,
        differences=[
            DifferenceCard(step=one.step, what=one.what, lines=one.lines())
            for one in done.differences
        ],
        verdict=done.end.verdict.value if done.end else None,
        text=done.end.text if done.end else None,
    )
