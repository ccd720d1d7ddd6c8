"""What the screens of campaigns show, as types. In: nothing. Out: frozen values. Never: a query."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.app.views.funnel import Funnel


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class CampaignLine(Frozen):
    """One campaign in the list."""

    id: UUID
    name: str
    status: str = Field(description="active, paused or canceled")
    brand: str
    competitor: str | None
    created_at: datetime
    emails: int = Field(description="Past mails that it learned from")
    blueprint_version: int | None
    enrolled: int
    waiting: int = Field(description="Drafts that wait for a person")
    replied: int
    sent: int


class CampaignList(Frozen):
    """Every campaign, the oldest first."""

    items: list[CampaignLine]
    as_of: datetime = Field(description="When the numbers were counted")


class RuleShown(Frozen):
    """One rule of a blueprint with what speaks for it."""

    group: str = Field(description="structure, do, dont or cadence")
    name: str
    text: str
    step: int | None = Field(description="Only for this step; none: for all")
    support: int = Field(description="Past mails that speak for it")
    out_of: int = Field(description="Past mails looked at")
    confidence: float = Field(description="0 to 1; 0: a safe default")
    strength: str = Field(description="strong, weak or default")


class BlueprintShown(Frozen):
    """How mails of the campaign are built."""

    version: int
    created_at: datetime
    sufficiency: float = Field(description="0 to 1: how much past mail there is to learn from")
    warnings: list[str]
    rules: list[RuleShown]


class BlueprintVersions(Frozen):
    """Every version of a blueprint, newest first."""

    items: list[BlueprintShown]


class StepShown(Frozen):
    """One step of the sequence with what it did so far."""

    number: int
    channel: str
    purpose: str
    template: str
    angle: str
    delay_business_days: int
    day: int | None = Field(
        description="Business days after the first step, if nobody answers; none: a branch leads there"
    )
    branches: dict[str, int | str] = Field(description="Class of a reply: a step, stop or pause")
    then: int | None
    arms: list[str]
    due: int = Field(description="People whose next step it is")
    funnel: Funnel


class SequenceShown(Frozen):
    """The steps that hold."""

    version: int
    created_at: datetime | None
    made_by: str
    note: str
    steps: list[StepShown]


class PacingLine(Frozen):
    """One line of the touch policy, as a sentence."""

    text: str
    is_own: bool = Field(description="The campaign says so; else it is the standard table")


class CampaignDesk(Frozen):
    """One campaign on one page."""

    campaign: CampaignLine
    additional_context: str | None
    blueprint: BlueprintShown | None
    sequence: SequenceShown
    pacing: list[PacingLine]
    funnel: Funnel
    people: dict[str, int] = Field(description="Enrollments by status")
    as_of: datetime = Field(description="When the numbers were counted")


class DayPlanned(Frozen):
    """One step on the way of somebody who is enrolled now and never answers."""

    number: int
    channel: str
    purpose: str
    day: int | None = Field(description="Business days after the first; none: a branch leads there")
    date: datetime | None
    arms: list[str]
    branches: dict[str, int | str]
