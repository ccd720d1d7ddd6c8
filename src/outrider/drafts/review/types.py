"""Policies, reviews, scores and reviewers' time. In: nothing. Out: frozen values. Never: a row."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal, NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from outrider.campaigns.types import CampaignId
from outrider.drafts.types import Dimension as Dimension
from outrider.drafts.types import DraftId
from outrider.drafts.types import Score as Score
from outrider.kernel.ids import PersonId

PolicyId = NewType("PolicyId", UUID)
ReviewId = NewType("ReviewId", UUID)

GOOD_MEAN = Decimal("3.5")
WEAKEST_GOOD = 3
"""A judge would approve from this mean on, with no dimension below the second."""


class Frozen(BaseModel):
    """A value that never changes after it is made; a field that nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Action(StrEnum):
    """What a policy's rule asks for. `block` stops an approval until the words are others."""

    AUTO_APPROVE = "auto_approve"
    REVIEW = "review"
    ESCALATE = "escalate"
    BLOCK = "block"


class OnTimeout(StrEnum):
    """What happens when nobody decided in time (REQUIREMENTS, decision 2)."""

    HOLD = "hold"
    ESCALATE = "escalate"
    EXPIRE = "expire"
    AUTO_SEND = "auto_send"


class Counts(StrEnum):
    """What a deadline counts: working hours alone, or all of them (then it acts within hours)."""

    BUSINESS = "business"
    ELAPSED = "elapsed"


class Risk(StrEnum):
    """How much a wrong approval could hurt."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Rule(Frozen):
    """One line of a policy; the first whose condition holds decides."""

    name: str = Field(min_length=1, max_length=80)
    when: str = Field(min_length=1, max_length=2_000, description="A CEL expression that is a bool")
    action: Action
    to: str | None = Field(
        default=None, description="Of `escalate` and `review`: a role, or a person's address"
    )
    reason: str = Field(min_length=1, max_length=300, description="Shown to the reviewer")
    approvals: int = Field(default=1, ge=1, le=2, description="2: four eyes")
    risk: Risk | None = None


class Bands(Frozen):
    """Calibrated confidence → action (C-42): from `auto` on automatic, below `escalate` to a senior.

    The confidence is the lower bound of the share of drafts like this one that people approved
    without a change, not the writer's own word; below `evidence` decisions there is none.
    """

    auto: Decimal = Field(default=Decimal("0.9"), ge=0, le=1)
    escalate: Decimal = Field(default=Decimal("0.7"), ge=0, le=1)
    evidence: int = Field(default=30, ge=1, description="Least number of decisions in a segment")
    held_back: Decimal = Field(
        default=Decimal("0.1"),
        ge=0,
        le=1,
        description="Share of what could be approved automatically that people still decide",
    )

    @model_validator(mode="after")
    def _ascend(self) -> Bands:
        if self.escalate > self.auto:
            raise ValueError(f"escalate ({self.escalate}) must not lie above auto ({self.auto})")
        return self


class Clock(Frozen):
    """By when a person decides, in the reviewer's business time."""

    sla: timedelta = Field(default=timedelta(hours=4))
    reminders: tuple[timedelta, ...] = Field(
        default=(timedelta(hours=2),), description="Business time after the draft was shown"
    )
    chain: tuple[str, ...] = Field(
        default=("campaign_manager", "admin"), description="Roles or addresses, one level each"
    )
    on_timeout: OnTimeout = OnTimeout.ESCALATE
    counts: Counts = Field(
        default=Counts.BUSINESS, description="What `sla` and `reminders` count (`hours.falls_due`)"
    )


class Guard(Frozen):
    """What keeps reviewers from stamping."""

    undo: timedelta = Field(default=timedelta(seconds=30), ge=timedelta(0), le=timedelta(hours=1))
    least_dwell: timedelta = Field(
        default=timedelta(seconds=3), description="A quicker approval counts as unread"
    )
    bulk_most: int = Field(default=50, ge=2, le=500)
    bulk_sample: Decimal = Field(default=Decimal("0.2"), ge=0, le=1, description="Share to open")
    seeded: Decimal = Field(default=Decimal(0), ge=0, le=Decimal("0.2"), description="Bad drafts")
    lineage_cost_alert_usd: Decimal = Field(default=Decimal("1.00"), ge=0)


class SecondReader(Frozen):
    """Whether a model that did not write a mail reads it after the rules; it can only add findings."""

    is_on: bool = False
    severity: Literal["warn", "block"] = Field(
        default="block", description="Of what it finds; `block` is what the rules do"
    )


class Policy(Frozen):
    """How drafts of a workspace, or of one campaign, are decided. Never changed: a new version is."""

    rules: tuple[Rule, ...] = Field(default=(), max_length=100)
    otherwise: Action = Action.REVIEW
    bands: Bands = Bands()
    clock: Clock = Clock()
    guard: Guard = Guard()
    second_reader: SecondReader = SecondReader()
    auto_approve: bool = Field(default=False, description="Set by an admin alone (decision 3)")
    first_reader: bool = Field(default=False, description="A judge of another model reads first")


class StoredPolicy(Frozen):
    """A policy with its place in history; `id` None is the built-in one."""

    id: PolicyId | None = None
    version: int = 0
    campaign_id: CampaignId | None = None
    policy: Policy = Policy()
    made_by: str = ""
    note: str = ""
    created_at: datetime | None = None
    ended_at: datetime | None = None


class Verdict(Frozen):
    """What a policy says about one draft."""

    action: Action
    rule: str = Field(description="Name of the rule; `otherwise` or `band` where none fits")
    reason: str
    to: str | None = None
    approvals: int = 1
    risk: Risk = Risk.LOW


class Review(Frozen):
    """One draft's way to a decision."""

    id: ReviewId
    draft_id: DraftId
    policy_id: PolicyId | None = None
    verdict: Verdict
    segment: str = ""
    confidence: Decimal | None = Field(
        default=None, description="Calibrated; None: no evidence yet"
    )
    on_timeout: OnTimeout
    opened_at: datetime
    due_at: datetime | None = None
    remind_at: datetime | None = None
    notified_at: datetime | None = None
    reminded: int = 0
    level: int = Field(default=0, description="How often it was escalated")
    assigned: str | None = Field(default=None, description="A role or a person's address")
    snoozed_until: datetime | None = None
    snoozed_by: PersonId | None = None
    timed_out_at: datetime | None = Field(
        default=None, description="When the clock ended: nothing falls due any more"
    )
    closed_at: datetime | None = None
    notice: str | None = Field(default=None, description="What the clock did last, in words")


class Scores(Frozen):
    """What a judge thinks of a draft. `by` is a model's name, or `offline rules`."""

    draft_id: DraftId
    by: str
    scores: dict[Dimension, Score]
    cost_usd: Decimal = Decimal(0)
    scored_at: datetime

    @property
    def mean(self) -> Decimal:
        """The mean of the dimensions, two places."""
        total = sum(item.score for item in self.scores.values())
        return (Decimal(total) / len(self.scores)).quantize(Decimal("0.01"))

    @property
    def would_approve(self) -> bool:
        """Whether this judge would let the draft go as it is: good on the whole, weak in nothing."""
        lowest = min(item.score for item in self.scores.values())
        return self.mean >= GOOD_MEAN and lowest >= WEAKEST_GOOD


class Agreement(Frozen):
    """How far two readers agree beyond chance, with a 95 % interval; None where nobody can tell."""

    kappa: Decimal | None = Field(default=None, ge=-1, le=1)
    low: Decimal | None = Field(default=None, ge=-1, le=1)
    high: Decimal | None = Field(default=None, ge=-1, le=1)
    observed: Decimal = Field(default=Decimal(0), description="Share of pairs that agree")
    why_not: str | None = Field(default=None, description="Why there is no kappa")


class JudgeAgreement(Frozen):
    """A judge beside the people who decided the same drafts."""

    pairs: int
    since: datetime
    approval: Agreement = Field(description="The judge would approve; a person did, unchanged")
    rank: Agreement = Field(description="Good, fair, poor beside approved, edited, rejected")
    judges: dict[str, int] = Field(default_factory=dict, description="Pairs by judge")
    table: tuple[tuple[int, ...], ...] = Field(
        description="Rows: the judge says good, fair, poor; columns: approved, edited, rejected"
    )


class DayHours(Frozen):
    """Working hours of one weekday, in the person's own time; `day` 0 is Monday."""

    day: int = Field(ge=0, le=6)
    start: time
    end: time


class WorkingTime(Frozen):
    """When a reviewer works."""

    timezone: str = "UTC"
    week: tuple[DayHours, ...] = tuple(
        DayHours(day=day, start=time(9), end=time(17)) for day in range(5)
    )
    holidays: str | None = Field(
        default=None, description="ISO 3166 country, or country-subdivision, such as US or DE-BY"
    )
    days_off: tuple[date, ...] = ()


class ChaseKind(StrEnum):
    """What the clock did with a review that nobody decided."""

    REMIND = "remind"
    ESCALATE = "escalate"
    HOLD = "hold"
    EXPIRE = "expire"
    SEND = "send"


class Chased(Frozen):
    """One thing that the clock did, and whom to tell."""

    kind: ChaseKind
    draft_id: DraftId
    lineage_id: DraftId
    draft_number: int
    assigned: str | None = Field(default=None, description="Role or address that is asked now")
    to: tuple[PersonId, ...] = Field(default=(), description="Who is responsible now")
    level: int = 0
    reminded: int = 0
    due_at: datetime | None = None
    sentence: str


class Delegation(Frozen):
    """Somebody decides in another's place for a time."""

    person_id: PersonId
    delegate_id: PersonId
    starts_at: datetime
    ends_at: datetime
