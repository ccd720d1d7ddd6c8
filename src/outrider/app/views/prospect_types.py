"""What the screens of prospects show, as types. In: nothing. Out: frozen values. Never: a query."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class ProspectLine(Frozen):
    """One account in the ranking."""

    id: UUID
    name: str
    domain: str | None
    industry: str | None
    status: str = Field(description="new, researched, sequenced or exhausted")
    points: float | None = Field(description="0 to 100; none: never scored")
    coverage: float | None = Field(description="0 to 1: share of the score's inputs that are known")
    why: str = Field(description="The reasons that add most, in words")
    contacts: int
    closed: int = Field(description="Contacts that nobody may ever write to again")
    facts: int
    last_touch_at: datetime | None


class ProspectPage(Frozen):
    """One page of the ranking."""

    items: list[ProspectLine]
    next: UUID | None = Field(description="The `after` of the next page; none: this is the last")
    total: int = Field(description="Accounts that fit, counted to `most_counted`")
    most_counted: int


class FactorShown(Frozen):
    """One part of a score."""

    name: str
    weight: float = Field(description="Share of the whole, 0 to 1")
    value: float | None = Field(description="0 to 1; none: the input is missing")
    earned: float = Field(description="Points of 100 that it adds")
    reason: str


class ScoreShown(Frozen):
    """The newest score."""

    points: float
    coverage: float
    factors: list[FactorShown] = Field(description="Those that add most first")
    weights_version: str
    scored_at: datetime


class FactShown(Frozen):
    """One fact with where it stands."""

    id: UUID
    kind: str
    value: str
    unit: str | None
    as_of: date | None
    topic: str | None
    source: str
    url: str
    quote: str
    provenance: str
    retrieved_at: datetime


class InCampaign(Frozen):
    """Where a person stands in one campaign."""

    campaign: str
    status: str
    stop_reason: str | None
    next_step: int
    next_channel: str
    due_at: datetime | None


class PersonShown(Frozen):
    """A contact, and whether somebody may write."""

    id: UUID
    name: str
    email: str
    title: str
    country: str | None
    timezone: str | None
    status: str
    source: str = Field(description="Where the address came from")
    may_write: bool
    why_not: str | None
    is_closed: bool = Field(description="Nobody may ever write to this person again")
    quiet_until: date | None
    campaigns: list[InCampaign]


class Happening(Frozen):
    """One thing that happened at an account."""

    at: datetime
    kind: str = Field(description="research, draft, decision, mail, reply or touch")
    what: str = Field(description="What it was, e.g. approve, sent, opt_out, call")
    contact: str | None
    subject: str | None
    by: str | None
    draft: int | None = Field(description="The draft's number, where it is about one")
    message_id: str | None = Field(description="Of a mail that left; its story can be traced")


class Prospect(Frozen):
    """One account with everything that is known of it."""

    id: UUID
    name: str
    domain: str | None
    cik: str | None
    ticker: str | None
    industry: str | None
    country: str | None
    employees: int | None
    competitor: str | None
    status: str
    score: ScoreShown | None
    facts: list[FactShown] = Field(description="The newest first, at most `most`")
    people: list[PersonShown] = Field(description="The oldest first, at most `most`")
    timeline: list[Happening] = Field(description="The newest first, at most `most`")
    facts_in_all: int
    people_in_all: int
    most: int
