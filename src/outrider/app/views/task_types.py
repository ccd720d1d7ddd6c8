"""What the screen of tasks shows, as types. In: nothing. Out: frozen values. Never: a query."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.app.views.inbox_types import May


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class TaskShelf(StrEnum):
    """Whether somebody still has something to do."""

    WAITING = "waiting"
    OVER = "over"


class TaskKind(StrEnum):
    """What a task asks for: a step by this way, or the answer to a text message to be read."""

    LINKEDIN = "linkedin"
    CALL = "call"
    SMS = "sms"
    ANSWER = "answer"


class TaskLine(Frozen):
    """One task in the list."""

    number: int
    kind: TaskKind
    status: str = Field(
        description="open, approved, sending, unknown, done, skipped, failed or void"
    )
    text: str = Field(description="What to do, or the exact words of a text message")
    contact: str
    contact_id: UUID
    title: str
    account: str
    account_id: UUID
    campaign: str
    campaign_id: UUID
    step: int = Field(description="0: an answer to read, which is no step")
    due_at: datetime
    missed_at: datetime | None = Field(description="When it was told that nobody did it in time")
    done_at: datetime | None
    reason: str | None = Field(description="Why it failed, is unknown or is void")
    note: str = Field(description="What the person who did it wrote")


class TaskPage(Frozen):
    """The list: what waits the longest due first, what is over newest first."""

    items: list[TaskLine]
    more: bool = Field(description="Whether there are further ones after the last of these")
    now: datetime


class TasksWaiting(Frozen):
    """How many tasks wait for somebody."""

    waiting: int = Field(description="1000 means that or more")


class TouchShown(Frozen):
    """One contact with a person, by anyone."""

    at: datetime
    channel: str = Field(description="email, call, linkedin, sms or crm")
    direction: str = Field(description="in: from them; out: from us")
    what: str | None = Field(
        description="What a colleague did: call, meeting, mail or message; none: the channel says it"
    )


class TextConsent(Frozen):
    """Whether a person agreed to text messages, and what shows it."""

    given_at: datetime
    source: str = Field(description="Where and when the person agreed, as somebody noted it")
    noted_by: str | None = Field(description="Who noted it")
    revoked_at: datetime | None = Field(description="When it was withdrawn")


class TaskShown(TaskLine):
    """One task with what its person needs to know, and what may be done about it."""

    steps: int = Field(description="How many steps its sequence has")
    purpose: str = Field(description="first_touch, follow_up or break_up; empty for an answer")
    sequence: str = Field(description="active, paused, stopped or finished, as it is now")
    phone: str | None = Field(
        description="Of a call or a text message, for a person who may do it; else none"
    )
    timezone: str | None
    touches: list[TouchShown] = Field(description="The newest first, at most a few")
    consent: TextConsent | None = Field(description="Of a text message: what allows it")
    approved_by: str | None
    can: dict[str, May] = Field(description="done, skip, approve, lost: by whoever asks, now")
    now: datetime
