"""What people answered, and what was said of each answer: for screens and the command line.

In: the open transaction. Out: typed lines, newest first. Never: a change, the whole text of a mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from outrider.kernel.database.tx import Tx

MOST_WORDS = 300
"""Characters of an answer in a line."""

READ = 2_000
"""Answers that are read through for those that wait; above that, a page ends and the next goes on."""

# First which answers, then what belongs to them: so few rows are joined, however many there are.
_LINES = (
    "with read as materialized (select u.id, u.thread_id, u.raw_sha256, u.kind from outrider.turns u"
    "  where u.direction = 'in' and u.kind in ('reply', 'opt_out', 'auto_reply')"
    "  and u.thread_id is not null and (cast(:after as uuid) is null or u.id < cast(:after as uuid))"
    "  and (cast(:turn as uuid) is null or u.id = cast(:turn as uuid))"
    "  order by u.id desc limit cast(:read as bigint)),"
    " page as materialized (select r.id, s.* from read r cross join lateral"
    "  (select t.contact_id, t.account_id, e.id as enrollment_id, e.campaign_id, e.status,"
    "   e.next_step, e.due_at, (select h.one from jsonb_array_elements(e.heard)"
    "    with ordinality as h(one, n) where h.one ->> 'reply_id' = r.raw_sha256"
    "    order by h.n desc limit 1) as heard from outrider.threads t"
    "   join outrider.enrollments e on e.id = t.enrollment_id where t.id = r.thread_id limit 1) s"
    "  where (cast(:contact as uuid) is null or s.contact_id = cast(:contact as uuid))"
    "  and (not :waiting or (s.heard is null and r.kind = 'reply'))"
    "  order by r.id desc limit :limit)"
    " select u.id, u.kind, u.received_at, left(u.text, :words) as words, c.email as contact,"
    " a.name as account, a.id as account_id, p.name as campaign, g.enrollment_id,"
    " case when g.status = 'paused' and g.due_at <= :now then 'active' else g.status end"
    " as sequence, g.next_step, g.due_at, g.heard ->> 'reply_class' as reply_class,"
    " cast(g.heard ->> 'at' as timestamptz) as said_at"
    " from page g join outrider.turns u on u.id = g.id join outrider.contacts c on c.id = g.contact_id"
    " join outrider.accounts a on a.id = g.account_id"
    " join outrider.campaigns p on p.id = g.campaign_id order by u.id desc"
)
# The last answer that a page read through.
_READ_TO = (
    "select u.id from outrider.turns u where u.direction = 'in'"
    " and u.kind in ('reply', 'opt_out', 'auto_reply') and u.thread_id is not null"
    " and (cast(:after as uuid) is null or u.id < cast(:after as uuid))"
    " order by u.id desc offset :read - 1 limit 1"
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
    next: UUID | None = Field(
        description="Give it as `after` for the page that follows, which a short page may have too"
    )


async def page(  # noqa: PLR0913 - one filter, each part of it by name
    tx: Tx,
    *,
    waiting: bool = False,
    contact: UUID | None = None,
    after: UUID | None = None,
    limit: int = 50,
    read: int | None = None,
) -> ReplyPage:
    """One page; with `waiting` only what people wrote and nobody has said the meaning of.

    Args:
        tx: the open transaction.
        waiting: only those without a class.
        contact: only those of this person.
        after: only those older than this one.
        limit: the most lines.
        read: the most answers that are read through for those that wait; None: all there are.
    """
    is_filtered = waiting or contact is not None
    asked = {"after": after, "contact": contact, "waiting": waiting}
    bound = read if is_filtered else limit + 1
    rows = await _lines(tx, {**asked, "limit": limit + 1, "read": bound})
    lines = rows[:limit]
    if len(rows) > limit:
        return ReplyPage(items=lines, next=lines[-1].id)
    if not is_filtered or read is None:
        return ReplyPage(items=lines, next=None)
    last = await tx.row(_READ_TO, {"after": after, "read": read})
    return ReplyPage(items=lines, next=last["id"] if last else None)


async def one(tx: Tx, turn_id: UUID, enrollment_id: UUID) -> ReplyLine:
    """The line of one answer of an enrollment."""
    line, *_ = await _lines(tx, {"turn": turn_id})
    assert line.enrollment_id == enrollment_id
    return line


async def _lines(tx: Tx, asked: Mapping[str, object]) -> list[ReplyLine]:
    everything = dict.fromkeys(("after", "turn", "contact", "read"))
    given = {**everything, "waiting": False, "limit": 1, "words": MOST_WORDS, "now": tx.now}
    rows = await tx.rows(_LINES, {**given, **asked})
    return [ReplyLine.model_validate(dict(row)) for row in rows]
