"""Money is set aside before a request and put right after it (A-10, C-44); nothing is estimated away.

In: limits, what was spent, what a request may cost at most. Out: the sentence that forbids it.
Never: a request whose price is not known, a limit that two runs can pass together.

What counts is the sum over the steps themselves: there is no second ledger that could differ. The
sum is taken under a lock of the workspace, in the transaction that writes the next intent.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from outrider.agents.store_steps import Spent
from outrider.agents.types import Phase


class AtLimit(StrEnum):
    """What happens when the next request does not fit any more."""

    STOP = "stop"
    CHEAPER = "cheaper"
    ESCALATE = "escalate"


class Limits(BaseModel):
    """What may be spent beyond the budget of the run itself; None: no such limit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day_usd: Decimal | None = Field(default=None, ge=0, description="All agents, a UTC day")
    workspace_usd: Decimal | None = Field(default=None, ge=0, description="A UTC calendar month")
    lead_usd: Decimal | None = Field(default=None, ge=0, description="One lead, for ever")
    lead_tokens: int | None = Field(default=None, ge=0, description="One lead, for ever (C-44)")
    research_tokens: int | None = Field(default=None, ge=0, description="Of a lead's tokens")
    outreach_tokens: int | None = Field(default=None, ge=0, description="Of a lead's tokens")
    crm_tokens: int | None = Field(default=None, ge=0, description="Of a lead's tokens")
    at_limit: AtLimit = AtLimit.STOP

    @property
    def are_shared(self) -> bool:
        """Whether a limit is set that other runs count against, too."""
        return any(getattr(self, name) is not None for name in _SHARED)

    def tokens_of(self, phase: Phase | None) -> int | None:
        """The limit of one phase."""
        return None if phase is None else getattr(self, f"{phase.value}_tokens")


_SHARED = (
    "day_usd",
    "workspace_usd",
    "lead_usd",
    "lead_tokens",
    "research_tokens",
    "outreach_tokens",
    "crm_tokens",
)


class Reserve(BaseModel):
    """What one request may take at most."""

    model_config = ConfigDict(frozen=True)

    usd: Decimal = Decimal(0)
    tokens: int = 0


def broken_limit(
    limits: Limits, spent: Spent, reserve: Reserve, *, phase: Phase | None, has_lead: bool
) -> str | None:
    """The first limit that the request would pass, as a sentence; None when it fits all."""
    money = (
        ("today's limit", spent.day, limits.day_usd),
        ("this month's limit of the workspace", spent.workspace, limits.workspace_usd),
        ("the lead's limit", spent.lead, limits.lead_usd if has_lead else None),
    )
    for what, used, limit in money:
        if limit is not None and used + reserve.usd > limit:
            return (
                f"{what} of ${limit} does not cover it: ${used:f} is spent or set aside, and "
                f"${reserve.usd:f} would be reserved"
            )
    if not has_lead:
        return None
    tokens = (
        ("the lead", spent.lead_tokens, limits.lead_tokens),
        (f"{phase} of the lead", spent.phase_tokens, limits.tokens_of(phase)),
    )
    for what, counted, most in tokens:
        if most is not None and counted + reserve.tokens > most:
            return (
                f"the limit of {most} tokens for {what} does not cover it: {counted} are used and "
                f"{reserve.tokens} might be"
            )
    return None


def periods(now: datetime) -> tuple[datetime, datetime]:
    """The beginning of the day and of the month of `now`, in its zone (UTC)."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return day, day.replace(day=1)
