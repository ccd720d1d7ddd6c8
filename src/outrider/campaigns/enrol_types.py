"""What a sender needs of many enrollments at once. In: nothing. Out: frozen values. Never: a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from outrider.campaigns.types import (
    EnrollmentId,
    EnrollmentStatus,
    SequenceId,
    StepChannel,
    StopReason,
)
from outrider.prospects.touch_rules import TouchPolicy
from outrider.prospects.types import ContactId


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an enrollment is, whether it goes on, and how closely its touches may follow."""

    status: EnrollmentStatus
    stop_reason: StopReason | None
    next_step: int
    policy: TouchPolicy


@dataclass(frozen=True, slots=True)
class Held:
    """An enrollment that is locked in this transaction, as far as sending a step changes it."""

    id: EnrollmentId
    sequence_id: SequenceId
    contact_id: ContactId
    status: EnrollmentStatus
    next_step: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Gone:
    """A step whose mail left."""

    enrollment_id: EnrollmentId
    step: int
    message_id: str
    """As the recipient sees it: the thread goes on from there."""
    subject: str


@dataclass(frozen=True, slots=True)
class Onward:
    """What sending a step makes of an enrollment."""

    gone: Gone
    status: EnrollmentStatus
    next_step: int
    next_channel: StepChannel
    due_at: datetime | None
