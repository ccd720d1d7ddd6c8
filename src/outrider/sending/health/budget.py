"""Reputation is a budget that planning reads (X-8).

In: a mailbox. Out: how many first touches may still be planned today, and why no more.
Never: a send; what is planned still waits for a person and for every check before the wire.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from outrider.kernel.database.tx import Tx
from outrider.sending.health import bands, store
from outrider.sending.health.rules import may_be_planned
from outrider.sending.health.types import Band
from outrider.sending.rules import day_of
from outrider.sending.types import Mailbox


class Budget(BaseModel):
    """What is left of a mailbox's day."""

    model_config = ConfigDict(frozen=True)

    first_touches: int = Field(description="That may still be planned today")
    band: Band
    reason: str = Field(default="", description="Why it is not more; empty: the cap is all there")


async def budget(tx: Tx, mailbox: Mailbox, *, cap: int | None = None) -> Budget:
    """How many first touches may still be planned for this mailbox today (UTC).

    Args:
        tx: the open transaction.
        mailbox: whose.
        cap: what its ramp allows today; None: its daily cap.
    """
    standing = (await bands.standing(tx, [mailbox.id]))[mailbox.id]
    start, end = day_of(tx.now)
    used, waiting = await store.due_today(tx, mailbox.id, start, end)
    allowed = mailbox.daily_cap if cap is None else min(cap, mailbox.daily_cap)
    left = may_be_planned(allowed, standing.factor, used, waiting)
    if mailbox.status != "active":
        return Budget(first_touches=0, band=standing.band, reason="the mailbox is paused")
    return Budget(
        first_touches=left,
        band=standing.band,
        reason=standing.reason or _why(mailbox, allowed, used + waiting),
    )


def _why(mailbox: Mailbox, allowed: int, taken: int) -> str:
    """What bounds a mailbox that is well: its ramp, its cap, what is planned already."""
    if mailbox.daily_cap == 0:
        return f"the daily cap of {mailbox.address} is 0, so it may send nothing"
    if allowed == mailbox.daily_cap and not taken:
        return ""
    ramp = ", as its ramp says" if allowed < mailbox.daily_cap else ""
    planned = f", and {taken} of them left or are due" if taken else ""
    return f"{mailbox.address} may send {allowed} mails today{ramp}{planned}"
