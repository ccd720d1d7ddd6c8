"""The sending desk: mailboxes with room and health, what will leave when, what became of what left.

In: the open transaction. Out: typed lines. Never: a change, a lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from outrider.app.views import outbox
from outrider.app.views.schedule import next_ones
from outrider.kernel.database.tx import Tx
from outrider.sending import mailboxes
from outrider.sending.health import bands
from outrider.sending.pacing import rules
from outrider.sending.pacing.facts import day_of
from outrider.sending.pacing.types import Terms
from outrider.sending.types import Mailbox, MailboxId

MOST = 200
"""Lines of each list."""
MOST_COUNTED = 10_000
_COUNTS = (
    "select (select count(*) from outrider.outbox where workspace_id = :workspace"
    "  and status = 'unknown') as unknown,"
    " (select count(*) from (select from outrider.outbox where workspace_id = :workspace"
    "  and status in ('queued','deferred') union all select from outrider.drafts"
    "  where workspace_id = :workspace and status = 'approved' limit :most) w) as waiting"
)

_USED = (
    # Each mailbox has its own day; one after the other, by the index of hand-offs.
    "select x.id, u.used from unnest(cast(:ids as uuid[]), cast(:starts as timestamptz[]),"
    " cast(:ends as timestamptz[])) x(id, starts, ends), lateral (select count(*) as used"
    "  from outrider.outbox o where o.workspace_id = :workspace and o.mailbox_id = x.id"
    "  and o.handed_off_at is not null and o.status in ('sending','sent','unknown')"
    "  and o.handed_off_at >= x.starts and o.handed_off_at < x.ends) u"
)


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Box(Frozen):
    """One mailbox today."""

    address: str
    name: str
    transport: str
    status: str
    used: int = Field(description="Mails that left, or may have left, on its own day")
    cap: int = Field(description="Mails that may leave that day: cap, ramp and health together")
    daily_cap: int
    zone: str
    band: str = Field(description="good, watch, slow, pause or stop, by what receivers did")
    may_send: bool
    reason: str = Field(description="Why its band is not good; empty if it is")


class ToCome(Frozen):
    """One mail that has not left."""

    draft: int | None
    account: str | None
    contact: str | None
    subject: str | None
    status: str
    at: datetime
    local: str
    zone: str
    mailbox: str | None
    reason: str | None


class OutboxLine(Frozen):
    """One mail that was queued, and what became of it."""

    message_id: str
    status: str
    reason: str | None
    draft: int
    subject: str
    account: str
    contact: str
    mailbox: str
    queued_at: datetime
    sent_at: datetime | None
    provider_answer: str | None


class Desk(Frozen):
    """Everything about sending on one screen."""

    now: datetime
    mailboxes: list[Box]
    to_come: list[ToCome]
    waiting: int = Field(
        description="How many mails have not left; the list may be shorter, and 10000 means that or more"
    )
    outbox: list[OutboxLine]
    unknown: int = Field(description="Mails of which nobody can know whether they left")


async def desk(tx: Tx) -> Desk:
    """The desk as it stands now."""
    counted = await tx.row(_COUNTS, {"workspace": tx.workspace, "most": MOST_COUNTED})
    assert counted is not None
    return Desk(
        now=tx.now,
        mailboxes=await _boxes(tx, await mailboxes.listing(tx)),
        to_come=[ToCome.model_validate(item) for item in await next_ones(tx, MOST)],
        waiting=counted["waiting"],
        outbox=[OutboxLine.model_validate(line) for line in await outbox.listing(tx, limit=MOST)],
        unknown=counted["unknown"],
    )


async def _boxes(tx: Tx, found: Sequence[Mailbox]) -> list[Box]:
    standings = await bands.standing(tx, [box.id for box in found])
    used = await _used(tx, found)
    boxes = []
    for box in found:
        standing = standings[box.id]
        terms = Terms.of(box, standing.factor)
        boxes.append(
            Box(
                address=box.address,
                name=box.name,
                transport=str(box.transport),
                status=box.status,
                used=used[box.id],
                cap=rules.cap_on(terms, rules.local_day(terms, tx.now)),
                daily_cap=box.daily_cap,
                zone=rules.zone_of(terms),
                band=str(standing.band),
                may_send=standing.may_send,
                reason=standing.reason,
            )
        )
    return boxes


async def _used(tx: Tx, found: Sequence[Mailbox]) -> dict[MailboxId, int]:
    """The mails of each mailbox that left, or may have left, on its own day."""
    days = [day_of(box, tx.now) for box in found]
    rows = await tx.rows(
        _USED,
        {
            "workspace": tx.workspace,
            "ids": [box.id for box in found],
            "starts": [day[0] for day in days],
            "ends": [day[1] for day in days],
        },
    )
    return {MailboxId(row["id"]): int(row["used"]) for row in rows}
