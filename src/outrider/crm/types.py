"""Activities for the CRM. In: nothing. Out: frozen values. Never: a row, a vendor's field name."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.prospects.types import AccountId, ContactId

ActivityId = NewType("ActivityId", UUID)


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class ActivityKind(StrEnum):
    """What is logged."""

    EMAIL_SENT = "email_sent"
    EMAIL_RECEIVED = "email_received"
    NOTE = "note"
    TASK = "task"


class ActivityStatus(StrEnum):
    """`pushing` is the intent: written before the CRM is called (decision 0004)."""

    STAGED = "staged"
    PUSHING = "pushing"
    PUSHED = "pushed"
    FAILED = "failed"


class Activity(Frozen):
    """One thing that happened with a contact; `reference` makes it one entry for ever."""

    id: ActivityId
    kind: ActivityKind
    reference: str = Field(
        description="Message-ID, or a hash: of a mail that has none, of words about a person"
    )
    account_id: AccountId
    contact_id: ContactId
    payload: dict[str, str] = Field(
        default_factory=dict, description="What a salesperson wants to see: subject, step, date"
    )
    status: ActivityStatus = ActivityStatus.STAGED
    crm_id: str | None = None
    error: str | None = None
    staged_at: datetime
    pushed_at: datetime | None = None


class StageReport(Frozen):
    """What one staging found."""

    sent: int = 0
    received: int = 0


class PushReport(Frozen):
    """What one push did; `error` is the first thing the CRM said against it."""

    pushed: int = 0
    found: int = Field(default=0, description="Had arrived before we knew")
    failed: int = 0
    error: str | None = None
