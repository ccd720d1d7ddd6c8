"""Runs, steps, and what an agent is.

In: nothing. Out: frozen values. Never: a row, a vendor's type.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.campaigns.types import CampaignId
from outrider.drafts.types import Briefing
from outrider.kernel.asking import Tier
from outrider.prospects.types import AccountId

RunId = NewType("RunId", UUID)
StepId = NewType("StepId", UUID)
RequestId = NewType("RequestId", UUID)


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


STANDING_TASK = (
    "Your scheduled time has come. Do your standing work on what our own rows say now, and finish "
    "with what you found, what you did and what a person should look at."
)


PLANNED = "The plan of this run is made: of the tools that act it means {tools}, and no other."


class AgentSpec(Frozen):
    """An agent is data: model tier, budget, tools, schedule (A-9), and a text."""

    name: str
    tier: Tier
    budget_usd: Decimal = Field(ge=0, description="Per run (A-10)")
    tools: tuple[str, ...] = Field(description="All it may use; anything else is refused (A-12)")
    schedule: tuple[str, ...] = Field(description="Cron lines in `timezone`")
    timezone: str
    prompt: str = Field(description="Versioned text of the task it asks")
    most_turns: int = Field(default=25, ge=1, description="Requests to a model in one run")
    hands_to: tuple[str, ...] = Field(default=(), description="Agents it may hand a task to")
    task: str = Field(default=STANDING_TASK, description="What it is told when its time has come")
    plans: tuple[str, ...] = Field(
        default=(), description="Acting tools that the standing task needs, planned before it reads"
    )
    is_scheduled: bool = Field(default=False, description="Whether it runs at its times by itself")
    is_enabled: bool = Field(default=True, description="False: it does not run at all")


class Phase(StrEnum):
    """What tokens are spent on for one lead (C-44)."""

    RESEARCH = "research"
    OUTREACH = "outreach"
    CRM = "crm"


class Assignment(Frozen):
    """One task for an agent that thinks for itself, told by a person or a schedule."""

    task: str = Field(min_length=1, max_length=20_000)
    key: str = Field(default="", description="Runs of one agent with one key never overlap")
    campaign_id: CampaignId | None = None
    lead_id: UUID | None = Field(default=None, description="Whose budget it counts against")
    phase: Phase | None = None
    is_dry_run: bool = Field(default=False, description="Nothing outbound is done (A-52)")
    due_at: datetime | None = Field(default=None, description="The tick or request it answers")
    known: str = Field(default="", description="What earlier runs did for this lead, as data")

    asked_first: str = Field(
        default="",
        description="What people asked, where an agent that had read strangers wrote the task",
    )
    plan: tuple[str, ...] = Field(
        default=(), description="Acting tools that whoever wrote the task meant it to use"
    )

    @property
    def told(self) -> str:
        """What the run begins with."""
        planned = PLANNED.format(tools=", ".join(self.plan)) if self.plan else ""
        return "\n\n".join(one for one in (self.task, planned, self.known) if one)


class Verdict(StrEnum):
    """How a run of the loop ended, after reflection."""

    DONE = "done"
    ESCALATED = "escalated"
    HANDED_OFF = "handed_off"
    WAITING = "waiting"
    STOPPED = "stopped"


class RequestStatus(StrEnum):
    """A call that waits for a person.

    `running`: somebody does it now. `unknown`: its process died, and it may have been done or not; a
    person looks, and says yes to do it again or no to leave it.
    """

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


class ToolRequest(Frozen):
    """A tool call that a person settles (A-51)."""

    id: RequestId
    run_id: RunId
    agent_name: str
    tool: str
    input: dict[str, Any]
    input_sha256: str
    reason: str
    status: RequestStatus
    note: str | None = None
    output: dict[str, Any] | None = None
    error: str | None = None
    asked_at: datetime
    settled_at: datetime | None = None


class RunRequest(Frozen):
    """What a run is to do, and within which bounds."""

    campaign: str = Field(description="Name or id")
    mailbox: str | None = Field(
        default=None, description="Address or id; None: those of the campaign, else the only one"
    )
    new_accounts: int = Field(default=10, ge=0, description="New accounts to write to (P3)")
    follow_ups: int = Field(default=100, ge=0, description="Follow-ups to write (P2)")
    next_contacts: int = Field(default=10, ge=0, description="Further contacts at accounts (P4)")
    research: int = Field(default=100, ge=0, description="Accounts without facts to look up")
    briefing: Briefing = Briefing()
    due_at: datetime | None = Field(default=None, description="The tick or request it answers")


class RunStatus(StrEnum):
    """`skipped`: another run was going on, or a switch is on; nothing was done."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"


class ActionKind(StrEnum):
    """What a run can truthfully say it did."""

    BOUNCE_CHECK = "bounce_check"
    RESEARCHED = "researched"
    NOT_FOUND = "not_found"
    RANKED = "ranked"
    ENROLLED = "enrolled"
    DRAFTED = "drafted"
    EXHAUSTED = "exhausted"
    SKIPPED = "skipped"
    FAILED = "failed"
    STOPPED = "stopped"
    FINISHED = "finished"
    ESCALATED = "escalated"
    HANDED_OFF = "handed_off"
    ASKED = "asked"
    REPLY_HANDLED = "reply_handled"
    MEETING = "meeting"


class Action(Frozen):
    """One thing that a run did, in the order it did it."""

    kind: ActionKind
    priority: str = Field(description="P1 to P4, or `prepare`")
    text: str = Field(description="One sentence a person can read; no address, no mail text")
    account_id: AccountId | None = None
    draft_id: UUID | None = None
    draft_number: int | None = None
    is_blocked: bool = Field(default=False, description="A draft that a check stops")


class Run(Frozen):
    """The record of one run (A-61)."""

    id: RunId
    agent_name: str
    campaign_id: CampaignId | None
    status: RunStatus
    request: dict[str, Any]
    tools_used: tuple[str, ...] = ()
    actions_taken: tuple[Action, ...] = ()
    error: str | None = None
    api_tokens_used: int = 0
    cost_estimate: Decimal = Decimal(0)
    started_at: datetime
    completed_at: datetime | None = None
    spec: AgentSpec | None = Field(default=None, description="What the agent was in this run")
    summary: str | None = Field(default=None, description="What was told when it ended (A-62)")
    due_at: datetime | None = Field(default=None, description="The tick or request it answers")
    met_run_id: RunId | None = Field(default=None, description="Of a skipped one: what went on")

    @property
    def duration(self) -> timedelta | None:
        """How long it took; None while it runs."""
        return None if self.completed_at is None else self.completed_at - self.started_at


class StepKind(StrEnum):
    """A request to a model, or the use of a tool."""

    MODEL = "model"
    TOOL = "tool"


class StepStatus(StrEnum):
    """`intended` is committed before the effect; one that stays so was interrupted."""

    INTENDED = "intended"
    DONE = "done"
    FAILED = "failed"


class Step(Frozen):
    """One model request or tool call of a run, before and after (decision 0015)."""

    id: StepId
    run_id: RunId
    number: int
    kind: StepKind
    name: str
    status: StepStatus
    input_sha256: str
    input: dict[str, Any]
    output: dict[str, Any] | None = None
    model: str | None = None
    tokens: int = 0
    cost_reserved: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    error: str | None = None
    started_at: datetime
    completed_at: datetime | None = None
    lead_id: UUID | None = None
    phase: Phase | None = None
    route: dict[str, Any] | None = Field(default=None, description="The tier chosen, and why")


class Ended(Frozen):
    """What became of a step: its result or its error, and what it took."""

    output: dict[str, Any] | None = None
    model: str | None = None
    tokens: int = 0
    cost_usd: Decimal = Decimal(0)
    error: str | None = None
    is_settled: bool = Field(
        default=False,
        description="Of a failure: what it cost is known, so nothing more stays set aside",
    )


class RunReport(Frozen):
    """What a run hands back to whoever started it."""

    run: Run
    summary: str = Field(description="The post-run text (A-62)")

    def of(self, kind: ActionKind) -> tuple[Action, ...]:
        """The actions of one kind."""
        return tuple(action for action in self.run.actions_taken if action.kind is kind)


class Progress(Frozen):
    """How far a run is, for whoever watches."""

    stage: str
    done: int
    total: int | None = None
    text: str = ""
