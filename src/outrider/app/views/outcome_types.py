"""What came of each step, variant and week, as types. In: nothing. Out: frozen values. Never: a query."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class Outcome(Frozen):
    """The mails of one step or variant, and what came of them.

    A mail counts for the share once the window after it is over; what came later than that is left
    out of the share, for every mail alike, and stands in `replies` and `good` all the same.
    """

    sent: int
    replies: int = Field(description="Of these, mails that a person answered; no opt-out")
    good: int = Field(description="Of these, answered with interest or a meeting")
    counted: int = Field(description="Mails whose window is over")
    hits: int = Field(description="Of these, answered in time by what `counts` says")
    share: float | None = Field(description="Hits of counted, 0 to 1; none: nothing is counted")
    low: float
    high: float = Field(description="The 95 % interval of the share (Wilson), for one look")
    is_enough: bool = Field(description="Whether enough mails are counted to tell anything")


class ArmOutcome(Outcome):
    """One variant of a step."""

    experiment: str = Field(description="Empty: mails that no comparison was about")
    arm: str


class StepOutcome(Outcome):
    """One step of a campaign; the variants are parts of it and sum to it."""

    campaign_id: UUID
    campaign: str
    step: int
    counts: str = Field(description="`good replies`; `replies` while none has a class")
    arms: list[ArmOutcome] = Field(description="Empty while nothing is compared at the step")


class Within(Frozen):
    """What a week's people did within so many weeks of their first mail."""

    weeks: int
    replied: int
    good: int
    is_ripe: bool = Field(description="Everybody of the week had so much time; else it may grow")


class Cohort(Frozen):
    """The people whose first mail left in one week (UTC), each once a campaign."""

    monday: date
    people: int
    within: list[Within]


class Outcomes(Frozen):
    """All of it."""

    now: datetime = Field(description="When it was counted: with a million mails some minutes ago")
    since: datetime | None = Field(description="Mails sent since then; the weeks have their own")
    window_days: int = Field(description="How long a mail has to be answered before it counts")
    least: int = Field(description="Mails that must be counted before a share is told")
    steps: list[StepOutcome]
    cohorts: list[Cohort]
