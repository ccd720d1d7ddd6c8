"""Received mail, what it was taken for, threads and turns.

In: nothing. Out: frozen values. Never: a row object.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.campaigns.types import EnrollmentId
from outrider.prospects.types import AccountId, ContactId
from outrider.sending.bounces.types import Reason
from outrider.sending.types import OutboxId

ThreadId = NewType("ThreadId", UUID)
TurnId = NewType("TurnId", UUID)


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class RawReply(Frozen):
    """One message as it lies in a mailbox; `origin` names the place in it, for people."""

    origin: str
    data: bytes


class DeliveryStatus(Frozen):
    """What a report says of one recipient (RFC 3464, section 2.3)."""

    recipient: str = ""
    action: str = Field(default="", description="failed, delayed, delivered, relayed or expanded")
    status: str = Field(default="", description="Enhanced code (RFC 3463), e.g. 5.1.1")
    diagnostic: str = ""
    reason: Reason = Reason.UNKNOWN
    is_hard: bool = Field(default=False, description="The address is dead, and that is proven")


class Report(Frozen):
    """A machine's report about a mail of ours: a bounce, a delay or a complaint."""

    statuses: tuple[DeliveryStatus, ...] = ()
    complaint: str = Field(default="", description="Feedback-Type (RFC 5965), empty for a bounce")
    returned_message_ids: tuple[str, ...] = Field(
        default=(), description="Message-IDs in the returned headers"
    )


class InboundMail(Frozen):
    """A received mail, read. All of it is untrusted."""

    message_id: str | None = Field(default=None, description="With angle brackets")
    references: tuple[str, ...] = Field(
        default=(), description="In-Reply-To, then References from the newest to the oldest"
    )
    from_address: str = Field(default="", description="Lower case")
    from_name: str = ""
    subject: str = ""
    text: str = Field(default="", description="The whole text, quotes included")
    new_text: str = Field(default="", description="What its author wrote, without quotes")
    sent_at: datetime | None = None
    automatic: str = Field(default="", description="The header that says a machine sent it")
    report: Report | None = None
    unreadable: str = Field(default="", description="Why it could not be read, if it could not")


class TurnKind(StrEnum):
    """What a received mail is. Only the first three come from people."""

    REPLY = "reply"
    OPT_OUT = "opt_out"
    OTHER = "other"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    OWN = "own"


class AttributedBy(StrEnum):
    """Which part of the mail told which of our mails it answers."""

    IN_REPLY_TO = "in_reply_to"
    REFERENCES = "references"
    RETURNED_HEADERS = "returned_headers"
    SUBJECT_AND_SENDER = "subject_and_sender"
    SENDER = "sender"
    NONE = "none"


class ThreadStatus(StrEnum):
    """`closed`: the person opted out, complained or cannot be reached."""

    OPEN = "open"
    CLOSED = "closed"


class Thread(Frozen):
    """All that was said with one contact in one enrollment."""

    id: ThreadId
    enrollment_id: EnrollmentId
    account_id: AccountId
    contact_id: ContactId
    status: ThreadStatus
    created_at: datetime
    last_turn_at: datetime


class Turn(Frozen):
    """One received mail, kept."""

    id: TurnId
    thread_id: ThreadId | None = None
    direction: str
    message_id: str | None = None
    outbox_id: OutboxId | None = None
    from_address: str
    subject: str
    text: str
    kind: TurnKind
    attributed_by: AttributedBy
    is_hard: bool = Field(default=False, description="A bounce after which no mail would arrive")
    returns_on: date | None = Field(default=None, description="End of an absence, where it says so")
    raw_sha256: str
    received_at: datetime
    is_new: bool = Field(default=True, description="False when it was received before")


class ReceiveReport(Frozen):
    """What one reading of a mailbox did."""

    read: int = 0
    new: int = 0
    known: int = 0
    kinds: dict[TurnKind, int] = Field(default_factory=dict)
    unattributed: int = 0
    halted_by: str | None = Field(default=None, description="The bounce stop, when it was reached")


class BounceHealth(Frozen):
    """How many of the mails sent of late came back for good."""

    sent: int = Field(description="Sent within the window")
    hard_bounces: int = Field(description="Of these, hard bounces")
    hard_among_last: int = Field(description="Hard bounces among the last few sends")
    reason: str | None = Field(default=None, description="Why everything must stop; None: go on")
