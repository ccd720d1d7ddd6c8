"""What the overview shows, as types. In: nothing. Out: frozen values. Never: a query."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.app.views.funnel import Funnel


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class GoodReply(Frozen):
    """Somebody who is interested, or wants to meet."""

    account_id: UUID
    contact_id: UUID
    account: str
    contact: str
    reply_class: str
    at: datetime


class Replies(Frozen):
    """What came back."""

    good: int = Field(description="Of the classes interested and meeting")
    classified: int = Field(description="Answers whose class is known")
    answered: int = Field(description="People who wrote back, each once")
    meetings: int = Field(description="People who want to meet, each once a campaign")
    classes: dict[str, int] = Field(description="Classes by when they were said")
    meanings: dict[str, int] = Field(description="What people wrote back in this time, by class")
    unclassed: int = Field(description="Of what people wrote back, that nobody said the meaning of")
    kinds: dict[str, int] = Field(description="All mails that came back, by kind")
    newest: list[GoodReply]


class Approvals(Frozen):
    """What people decided, and how long it took."""

    approved: int
    edited: int
    rejected: int
    without_person: int = Field(description="Decided by a policy or a time limit")
    quick: int = Field(description="Approvals too quick to have been read")
    rate: float | None = Field(description="Approved of all that people decided, 0 to 1")
    dwell_seconds: float | None = Field(description="Median, from the first look to the decision")
    wait_seconds: float | None = Field(description="Median, from the draft to the decision")
    edit_words: float | None = Field(description="Median of words changed in an edit")
    reasons: dict[str, int] = Field(description="Rejections by category")


class Cost(Frozen):
    """What agents cost, in US dollars."""

    usd: Decimal
    tokens: int
    runs: int
    leads: int = Field(description="People taken into a campaign, whether a mail left or not")
    meetings: int
    per_draft: Decimal | None = Field(description="None, here and below: there is nothing yet")
    per_lead: Decimal | None
    per_sent: Decimal | None
    per_good_reply: Decimal | None
    per_meeting: Decimal | None


class Week(Frozen):
    """The mails that were sent in one week (UTC), and what came of them until now."""

    monday: date
    sent: int
    answered: int
    bounced: int


class BoxHealth(Frozen):
    """How receivers take the mail of one mailbox."""

    address: str
    band: str = Field(description="good, watch, slow, pause or stop")
    may_send: bool
    reason: str


class Deliverability(Frozen):
    """Whether mail arrives."""

    sent: int = Field(description="Mails of the last seven days")
    hard_bounces: int = Field(description="Of these, those that came back for good")
    stop: str | None = Field(description="Why everything must stop; none: go on")
    mailboxes: list[BoxHealth]


class Overview(Frozen):
    """All of it."""

    now: datetime = Field(description="When it was counted: with a million mails some minutes ago")
    since: datetime | None
    replies: Replies
    funnel: Funnel
    weeks: list[Week]
    approvals: Approvals
    cost: Cost
    deliverability: Deliverability
