"""What people answered, and what was said of each answer: for screens and the command line.

In: the open transaction. Out: typed lines, newest first. Never: a change, the whole text of a mail.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.kernel.database.tx import Tx

MOST_WORDS = 300
"""Characters of an answer in a line."""

# The words are looked at for the lines of one page only: the inner query reads few rows.
_LINES = (
    "select u.id, u.kind, u.received_at, left(u.text, :words) as words, c.email as contact,"
    " a.name as account, a.id as account_id, p.name as campaign, e.id as enrollment_id,"
    " case when e.status = 'paused' and e.due_at <= :now then 'active' else e.status end"
    " as sequence, e.next_step, e.due_at, h.value ->> 'reply_class' as reply_class,"
    " cast(h.value ->> 'at' as timestamptz) as said_at"
    " from outrider.turns u join outrider.threads t on t.id = u.thread_id"
    " join outrider.enrollments e on e.id = t.enrollment_id"
    " join outrider.contacts c on c.id = t.contact_id"
    " join outrider.accounts a on a.id = t.account_id"
    " join outrider.campaigns p on p.id = e.campaign_id"
    " left join lateral (select value from jsonb_array_elements(e.heard)"
    "  where value ->> 'reply_id' = u.raw_sha256 limit 1) h on true"
    " where u.direction = 'in' and u.kind in ('reply', 'opt_out', 'auto_reply')"
    " and (cast(:after as uuid) is null or u.id < cast(:after as uuid))"
    " and (cast(:contact as uuid) is null or t.contact_id = cast(:contact as uuid))"
    " and (not :waiting or (h.value is null and u.kind = 'reply'))"
    " order by u.id desc limit :limit"
)


class ReplyLine(BaseModel):
    """One answer. Its words are a stranger's."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    kind: str = Field(description="reply, opt_out or auto_reply")
    received_at: datetime
    words: str = Field(description=f"The first {MOST_WORDS} characters that its author wrote")
    contact: str
    account: str
    account_id: UUID
    campaign: str
    enrollment_id: UUID
    sequence: str = Field(description="active, paused, stopped or finished, as it is now")
    next_step: int
    due_at: datetime | None
    reply_class: str | None = Field(description="What it means, once somebody said so")
    said_at: datetime | None


class ReplyPage(BaseModel):
    """One page of answers, newest first."""

    model_config = ConfigDict(frozen=True)

    items: list[ReplyLine]
    next: UUID | None = Field(description="Give it as `after` for the page that follows")


async def page(
    tx: Tx,
    *,
    waiting: bool = False,
    contact: UUID | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> ReplyPage:
    """One page; with `waiting` only what people wrote and nobody has said the meaning of."""
    rows = await tx.rows(
        _LINES,
        {
            "words": MOST_WORDS,
            "now": tx.now,
            "after": after,
            "contact": contact,
            "waiting": waiting,
            "limit": limit + 1,
        },
    )
    lines = [ReplyLine.model_validate(dict(row)) for row in rows[:limit]]
    return ReplyPage(items=lines, next=lines[-1].id if len(rows) > limit else None)


async def one(tx: Tx, turn_id: UUID, enrollment_id: UUID) -> ReplyLine:
    """The line of one answer of an enrollment."""
    rows = await tx.rows(
        _LINES.replace(" order by", " and u.id = :turn and e.id = :enrollment order by"),
        {
            "words": MOST_WORDS,
            "now": tx.now,
            "after": None,
            "contact": None,
            "waiting": False,
            "limit": 1,
            "turn": turn_id,
            "enrollment": enrollment_id,
        },
    )
    return ReplyLine.model_validate(dict(rows[0]))
