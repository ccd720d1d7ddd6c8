"""What pacing speaks of. In: nothing. Out: frozen values. Never: a row, a clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from outrider.prospects.types import AccountId, ContactId
from outrider.sending.types import Mailbox, MailboxId, Pacing

Span: TypeAlias = tuple[datetime, datetime]
"""A time that is open, in UTC; its end is closed."""


class Source(StrEnum):
    """What told us where a person is, the surest first."""

    EXPLICIT = "explicit"
    REGION = "region"
    PHONE = "phone"
    COUNTRY = "country"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is, as far as hours and holidays go."""

    zones: tuple[str, ...] = ()
    """One zone, or all those that the person may be in; none: nobody knows."""
    source: Source = Source.UNKNOWN
    country: str | None = None
    """ISO 3166-1 alpha-2; its holidays are kept."""
    part: str | None = None
    """ISO 3166-2 without the country, where it is known."""


class Why(StrEnum):
    """What a mail waits for."""

    TOUCH = "touch"
    CAP = "cap"
    RECIPIENT = "recipient"
    MAILBOX = "mailbox"
    GAP = "gap"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Wait:
    """A mail must wait: for what in words, and until when."""

    reason: str
    until: datetime
    why: Why = Why.GAP


@dataclass(frozen=True, slots=True)
class Ramp:
    """How a new mailbox grows: from which day on (1 is the first) how many mails a day."""

    name: str
    text: str
    steps: tuple[tuple[int, int], ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a mailbox must keep to."""

    mailbox_id: MailboxId
    address: str
    pacing: Pacing | None
    daily_cap: int
    factor: Decimal = Decimal(1)
    """Share of its cap that the mailbox's health leaves, 0 to 1."""

    @classmethod
    def of(cls, mailbox: Mailbox, factor: Decimal = Decimal(1)) -> Terms:
        """The terms of a mailbox."""
        return cls(mailbox.id, mailbox.address, mailbox.pacing, mailbox.daily_cap, factor)


@dataclass(frozen=True, slots=True)
class PaceFacts:
    """All that the decision on one mail's time rests on."""

    terms: Terms
    item: UUID
    """The mail's draft: what the mail's own jitter is made from, so that a preview tells the truth."""
    place: Place = field(default_factory=Place)
    used_today: int = 0
    """Mails of the mailbox that left or may have left on its own day of now."""
    last_at: datetime | None = None
    """The mailbox's latest hand-off."""
    touch: Wait | None = None
    """What the touches of this person and account ask for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A mail that has its time in a mailbox's diary, or left at it; `item` is its draft."""

    item: UUID
    at: datetime
    has_left: bool = False
    account_id: AccountId | None = None
    contact_id: ContactId | None = None


Factors: TypeAlias = Mapping[MailboxId, Decimal]
"""What health leaves of each mailbox's cap; a mailbox that is not in it has all of it."""
