"""Steps that a person does by hand, and text messages that a person releases.

In: nothing. Out: frozen values. Never: a row object.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from pydantic import Field

from outrider.campaigns.types import CampaignId, EnrollmentId, Frozen, StepChannel
from outrider.prospects.types import AccountId, ContactId

TaskId = NewType("TaskId", UUID)


ANSWER = 0
"""The step of a task that is no step: an answer to read."""


class TaskStatus(StrEnum):
    """The life of a task; `task_states` has the table.

    `approved` to `failed` are for an SMS alone: a person approved its words, a provider was asked.
    """

    OPEN = "open"
    APPROVED = "approved"
    SENDING = "sending"
    UNKNOWN = "unknown"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    VOID = "void"


class OutreachTask(Frozen):
    """A step for a person to do by hand, or an SMS for a person to release."""

    id: TaskId
    number: int = Field(description="Counted from 1 in the workspace")
    campaign_id: CampaignId
    enrollment_id: EnrollmentId
    account_id: AccountId
    contact_id: ContactId
    step: int
    channel: StepChannel
    text: str = Field(description="What to do, or the exact words of an SMS")
    content_hash: str = Field(description="SHA-256 of channel, contact and text")
    status: TaskStatus
    due_at: datetime
    reason: str | None = None
    note: str = ""
    approved_hash: str | None = None
    approved_by: str | None = None
    provider_id: str | None = None
    handed_off_at: datetime | None = None
    done_at: datetime | None = None
    missed_at: datetime | None = Field(
        default=None, description="When it was told that nobody did it in time"
    )

    @property
    def is_answer(self) -> bool:
        """Whether it is an answer to read, and no step of a sequence."""
        return self.step == ANSWER


class SmsDelivery(StrEnum):
    """What a provider's answer means for one text message."""

    ACCEPTED = "accepted"
    TRY_LATER = "try_later"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class SmsResult(Frozen):
    """What became of one hand-off to a provider of text messages."""

    delivery: SmsDelivery
    answer: str = Field(description="In plain words, without a number or a text")
    provider_id: str | None = None
    is_opted_out: bool = Field(
        default=False, description="The provider says that the person wants no text messages"
    )
