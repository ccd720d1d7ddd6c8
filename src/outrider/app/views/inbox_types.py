"""What the inbox shows, as types, so that the web app's client is checked against them.

In: nothing. Out: frozen models. Never: a row, a hint that a draft is a test of its reviewers.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class Shelf(StrEnum):
    """Where a draft lies: it waits, was put aside, or is decided."""

    WAITING = "waiting"
    ASIDE = "aside"
    DECIDED = "decided"


class Line(Frozen):
    """One draft in the list."""

    number: int
    id: str
    lineage_id: str
    origin: int = Field(description="Number of the mail's first version: its place in the list")
    version: int
    status: str
    account: str
    contact: str
    title: str
    subject: str
    opening: str = Field(description="The first words of the body")
    campaign: str
    step: int
    warns: int
    blocks: int
    risk: str | None
    action: str | None = Field(description="What the policy asks for")
    score: float | None = Field(description="The judge's mean, 1 to 5")
    assigned: str | None
    due_at: datetime | None
    snoozed_until: datetime | None
    created_at: datetime
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None


class Page(Frozen):
    """A page of the list."""

    items: list[Line]
    waiting: int = Field(
        description="How many drafts wait, put aside ones not counted; 1000 means that or more"
    )
    aside: int = Field(description="How many are put aside; 1000 means that or more")
    more: bool = Field(description="Whether there are further ones after the last of these")
    read: int | None = Field(
        default=None,
        description="A search found what begins with the words anywhere, and words within words only in"
        " so many drafts at the top of the shelf; none: in all",
    )
    now: datetime


class Where(Frozen):
    """A piece of one part of the mail, in characters, end exclusive."""

    part: str
    start: int
    end: int


class Flaw(Frozen):
    """What is wrong, where, and how to mend it."""

    check: str
    severity: str
    message: str
    fix: str
    span: Where | None


class Check(Frozen):
    """One thing that is looked at in every mail, and what was found."""

    name: str
    label: str
    state: str = Field(description="ok, note, warn or block")
    flaws: list[Flaw]


class Evidence(Frozen):
    """One claim of the mail with the stored fact behind it; `n` is the source's number."""

    n: int
    span: str
    value: str
    kind: str | None
    fact_value: str | None
    unit: str | None
    as_of: date | None
    quote: str | None
    source: str | None
    url: str | None
    retrieved_at: datetime | None


class Letter(Frozen):
    """A mail that went to or came from this person before."""

    direction: str
    at: datetime
    kind: str
    subject: str
    text: str
    number: int | None


class Piece(Frozen):
    """A stretch of text that stayed, went or came."""

    op: str = Field(description="same, removed or added")
    text: str


class DraftVersion(Frozen):
    """One version of the mail, with what changed since the one before."""

    number: int
    version: int
    status: str
    writer: str
    subject: str
    note: str | None
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    decision_note: str | None
    decision_category: str | None
    created_at: datetime
    diff: list[Piece]
    has_other_form: bool = Field(
        description="Bold, italic, links or lists are others than in the version before"
    )


class Planned(Frozen):
    """When it would leave, in the recipient's own time."""

    at: datetime
    local: str = Field(description="ISO instant with the recipient's offset")
    zone: str
    zone_from: str
    reason: str | None
    sent_at: datetime | None
    message_id: str | None


class Person(Frozen):
    """Who it is for, and whether we may write."""

    name: str
    email: str
    title: str
    account: str
    industry: str | None
    country: str | None
    employees: int | None
    points: float | None
    status: str
    suppressed: str | None = Field(description="Why nobody may write to this address")
    source: str


class May(Frozen):
    """Whether this person may do it now; if not, why not."""

    allowed: bool
    why_not: str | None


class Route(Frozen):
    """What the policy says."""

    action: str
    rule: str
    reason: str
    risk: str
    confidence: float | None
    approvals_needed: int
    approved_by: list[str]
    due_at: datetime | None
    assigned: str | None
    level: int
    snoozed_until: datetime | None
    on_timeout: str


class Score(Frozen):
    """One dimension of the judge."""

    name: str
    score: int
    reason: str


class Item(Frozen):
    """One draft with everything that a decision needs."""

    number: int
    id: str
    lineage_id: str
    origin: int
    version: int
    status: str
    campaign: str
    step: int
    language: str
    sender: str
    subject: str
    body: str
    rich: str | None = Field(
        description="The body in form: HTML of p, br, strong, em, a, ul, ol, li; none: the body is all"
    )
    text: str
    has_pictures: bool = Field(description="Its HTML may name pictures that lie elsewhere")
    content_hash: str
    angle: str
    writer: str
    confidence: float
    reasoning: list[str]
    note: str | None
    person: Person
    checks: list[Check]
    evidence: list[Evidence]
    scores: list[Score]
    score_by: str | None
    score_mean: float | None
    review: Route | None
    can: dict[str, May]
    versions: list[DraftVersion]
    thread: list[Letter]
    planned: Planned | None
    cost_usd: float
    lineage_cost_usd: float
    was_test: bool
    undo_until: datetime | None
    decision: str | None
    decision_by: str | None
    decided_by: str | None
    decided_at: datetime | None
    decision_note: str | None
    replaces: int | None
    replaced_by: int | None
    created_at: datetime
    now: datetime


class Checked(Frozen):
    """What the checks say of words that nobody stored."""

    checks: list[Check]
    evidence: list[Evidence]
    body: str = Field(description="The words as they would be stored")
    rich: str | None = Field(description="Their form as it would be stored; none: plain words")
    left_out: list[str] = Field(description="What of the given HTML a mail of ours does not hold")
    words: int
    blocks: int
    warns: int
