"""Policies, reviews, scores and reviewers' time. In: nothing. Out: frozen values. Never: a row."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.campaigns.types import CampaignId
from outrider.drafts.types import DraftId
from outrider.kernel.ids import PersonId

PolicyId = NewType("PolicyId", UUID)
ReviewId = NewType("ReviewId", UUID)


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


class Policy(Frozen):
    """How drafts of a workspace, or of one campaign, are decided. Never changed: a new version is."""

    rules: tuple[Rule, ...] = Field(default=(), max_length=100)
    otherwise: Action = Action.REVIEW
    bands: Bands = Bands()
    clock: Clock = Clock()
    guard: Guard = Guard()
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
    confidence: Decimal | None = Field(default=None, description="Calibrated; None: no evidence yet")
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
    timed_out_at: datetime | None = None
    closed_at: datetime | None = None


class Dimension(StrEnum):
    """What a judge scores, 1 to 5 (A-33)."""

    TONE = "tone"
    PERSONALIZATION = "personalization"
    BREVITY = "brevity"
    ANGLE_RELEVANCE = "angle_relevance"
    CALL_TO_ACTION = "call_to_action"


class Score(Frozen):
    """One dimension with its reason."""

    score: int = Field(ge=1, le=5)
    reason: str = Field(min_length=1, max_length=300)


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


class Delegation(Frozen):
    """Somebody decides in another's place for a time."""

    person_id: PersonId
    delegate_id: PersonId
    starts_at: datetime
    ends_at: datetime
