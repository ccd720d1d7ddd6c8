"""Bands, domains and what is counted. In: nothing. Out: frozen values. Never: a row object."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class Purpose(StrEnum):
    """What a domain of ours is for (A-55). Only `outbound` may carry cold mail."""

    BRAND = "brand"
    TRANSACTIONAL = "transactional"
    OUTBOUND = "outbound"


class OwnDomain(Frozen):
    """A domain of ours."""

    name: str
    purpose: Purpose
    added_by: str
    created_at: datetime


class Band(StrEnum):
    """How a mailbox or a domain is received, best first. `pause` and `stop` send nothing."""

    GOOD = "good"
    WATCH = "watch"
    SLOW = "slow"
    PAUSE = "pause"
    STOP = "stop"

    @property
    def rank(self) -> int:
        """0 is the best."""
        return _RANKS[self]


_RANKS = {band: rank for rank, band in enumerate(Band)}


class Scope(StrEnum):
    """What a band is about."""

    MAILBOX = "mailbox"
    DOMAIN = "domain"


class Trouble(StrEnum):
    """What an answer or a bounce is about; only `address` speaks against the address."""

    ADDRESS = "address"
    COMPLAINT = "complaint"
    AUTHENTICATION = "authentication"
    BLOCKED = "blocked"
    SLOWED = "slowed"
    OTHER = "other"


class Tally(Frozen):
    """What happened to the mails of a mailbox or of a domain.

    A mail counts once for each kind, however many times it is told. Bounces and complaints belong
    to the day of their mail, the rest to the day when it was said.
    """

    sends: int = Field(default=0, description="Mails of the last 7 days")
    hard: int = Field(default=0, description="Of these, addresses that are dead")
    hard_among_last: int = Field(default=0, description="Of the last 20 mails")
    complaints: int = Field(default=0, description="Of the mails of the last 7 days")
    blocked: int = Field(default=0, description="Refused for our reputation in the last 24 h")
    unproven: int = Field(default=0, description="Refused for our authentication in the last 24 h")
    tried: int = Field(default=0, description="Mails that were handed over in the last 24 h")
    slowed: int = Field(default=0, description="Of these, put off because of us")
    since_change: int = Field(default=0, description="Mails taken since the band last changed")


class Verdict(Frozen):
    """What a tally says by itself, without what was before."""

    band: Band
    reason: str = ""
    is_passing: bool = Field(default=False, description="It ends by itself after a rest")


class Kept(Frozen):
    """The band as it is stored."""

    scope: Scope
    target: str = Field(description="A mailbox's id, or a domain")
    band: Band = Band.GOOD
    reason: str = ""
    since: datetime
    until: datetime | None = Field(default=None, description="When a pause ends by itself")
    evidence_from: datetime | None = Field(
        default=None, description="A person's release: what was before it counts no more"
    )


class Standing(Frozen):
    """What sending and planning read of a mailbox: the worse of its own and its domain's band."""

    band: Band = Band.GOOD
    factor: Decimal = Field(default=Decimal(1), description="Share of its cap that it may use")
    reason: str = ""
    until: datetime | None = None

    @property
    def may_send(self) -> bool:
        """Whether anything may leave at all."""
        return self.band.rank < Band.PAUSE.rank


class Noted(Frozen):
    """One event as it is stored."""

    provider: str
    event_id: str
    kind: str
    trouble: Trouble | None = None
    outbox_id: UUID | None = None
    mailbox_id: UUID | None = None
    message_id: str | None = None
    provider_message_id: str | None = None
    is_permanent: bool = False
    status: str | None = None
    detail: str = Field(default="", description="The other side's words, without addresses")
    happened_at: datetime
