"""What a machine reports about mail of ours.

In: nothing. Out: frozen values. Never: a verdict about what is to be done with an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What a report is about. Only `BOUNCE` says that a mail did not arrive."""

    BOUNCE = "bounce"
    DELAY = "delay"
    DELIVERED = "delivered"
    COMPLAINT = "complaint"
    FEEDBACK = "feedback"
    AUTO_REPLY = "auto_reply"


class Reason(StrEnum):
    """Why a mail was refused; a small set, so that every consequence is decided for each."""

    USER_UNKNOWN = "user_unknown"
    HOST_UNKNOWN = "host_unknown"
    MAILBOX_FULL = "mailbox_full"
    MAILBOX_INACTIVE = "mailbox_inactive"
    CONTENT = "content"
    POLICY = "policy"
    REPUTATION = "reputation"
    RATE_LIMITED = "rate_limited"
    TOO_LARGE = "too_large"
    NETWORK = "network"
    EXPIRED = "expired"
    SYSTEM = "system"
    UNKNOWN = "unknown"


DEAD = frozenset({Reason.USER_UNKNOWN, Reason.HOST_UNKNOWN})
"""Reasons that are about the address itself: the next mail would not arrive either."""

OURS = frozenset({Reason.REPUTATION, Reason.RATE_LIMITED})
"""Reasons that are about us, the sender: they say nothing against the address."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail for one recipient (RFC 3464, section 2.3)."""

    recipient: str
    """Address in lower case, empty when the report names none."""

    original_recipient: str = ""
    """The address that the mail was sent to, where a server rewrote it; else empty."""

    action: str = "failed"
    """failed, delayed, delivered, relayed or expanded."""

    status: str = ""
    """Enhanced status (RFC 3463), `5.1.1`; derived from the reply code when the report has none."""

    reply: str = ""
    """SMTP reply code, three digits, empty when the report has none."""

    reason: Reason = Reason.UNKNOWN

    is_hard: bool = False
    """Whether the address is invalid for good."""

    diagnostic: str = ""
    """The server's own words, at most 2,000 characters."""


@dataclass(frozen=True, slots=True)
class Report:
    """One machine's report."""

    kind: Kind
    outcomes: tuple[Outcome, ...] = ()
    """One per recipient that the report names; of a complaint, those who complained."""

    feedback: str = ""
    """Feedback-Type (RFC 5965, section 7.3), for complaints and feedback."""

    message_ids: tuple[str, ...] = ()
    """Message-IDs of the reported mail, with angle brackets."""

    returns_on: date | None = None
    """Of an auto-reply: the day its sender is back, where it says so with a year or a month."""
