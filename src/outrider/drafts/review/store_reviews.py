"""The SQL of reviews: where each draft is on its way to a decision.

In: the open transaction. Out: `Review`. Never: a row, a commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from outrider.campaigns.types import CampaignId
from outrider.drafts.review import tables
from outrider.drafts.review.types import Review, Verdict
from outrider.drafts.types import DraftId
from outrider.kernel.database.tx import Tx

_COLUMNS = (
    "id, draft_id, policy_id, action, rule, reason, to_whom, approvals, risk, segment, confidence,"
    " on_timeout, opened_at, due_at, remind_at, notified_at, reminded, level, assigned,"
    " snoozed_until, snoozed_by, timed_out_at, closed_at, notice"
)
AS_JSON = (
    "(select row_to_json(one) from (select "
    + _COLUMNS.replace(" confidence,", " cast(confidence as text) as confidence,")
    + " from outrider.reviews where draft_id = {draft}) one)"
)
"""The review of one draft as JSON; `{draft}` is the SQL of its id."""

_REVIEWS = f"select {_COLUMNS} from outrider.reviews"

_FALLEN = (
    "(r.due_at <= :now and r.timed_out_at is null) or (r.remind_at <= :now"
    " and (r.snoozed_until is null or r.snoozed_until <= :now))"
)
"""The clock has something to do: the time is over, or a reminder is due and nobody put it off."""


async def add(tx: Tx, review: Review) -> bool:
    """Insert a review; False when the draft has one."""
    verdict = review.verdict
    values = {
        "workspace_id": tx.workspace,
        **review.model_dump(exclude={"verdict"}),
        "action": verdict.action,
        "rule": verdict.rule,
        "reason": verdict.reason,
        "to_whom": verdict.to,
        "approvals": verdict.approvals,
        "risk": verdict.risk,
    }
    statement = (
        insert(tables.reviews)
        .values(values)
        .on_conflict_do_nothing()
        .returning(tables.reviews.c.id)
    )
    return await tx.row(statement) is not None


async def of_draft(tx: Tx, draft_id: UUID) -> Review | None:
    """The review of one draft."""
    row = await tx.row(f"{_REVIEWS} where draft_id = :id", {"id": draft_id})
    return review_of(row) if row else None


async def of_drafts(tx: Tx, draft_ids: Sequence[UUID]) -> list[Review]:
    """The reviews of these drafts."""
    rows = await tx.rows(f"{_REVIEWS} where draft_id = any(:ids)", {"ids": list(draft_ids)})
    return [review_of(row) for row in rows]


def review_of(row: Mapping[str, Any]) -> Review:
    """A row as a value."""
    verdict = Verdict(
        action=row["action"],
        rule=row["rule"],
        reason=row["reason"],
        to=row["to_whom"],
        approvals=row["approvals"],
        risk=row["risk"],
    )
    values = {name: row[name] for name in Review.model_fields if name != "verdict"}
    return Review.model_validate({**values, "verdict": verdict})


@dataclass(frozen=True)
class Due:
    """A review that the clock has something to do with, and the draft's names."""

    review: Review
    draft_number: int
    lineage_id: DraftId
    campaign_id: CampaignId


async def due(tx: Tx, limit: int) -> list[Due]:
    """Open reviews of pending drafts whose time is over or whose reminder is, oldest due first.

    Review and draft stay locked until the transaction ends; what others hold is left to them.
    """
    named = ", ".join(f"r.{name.strip()}" for name in _COLUMNS.split(","))
    rows = await tx.rows(
        f"select {named}, d.number as draft_number, d.lineage_id, d.campaign_id"
        " from outrider.reviews r join outrider.drafts d on d.id = r.draft_id"
        f" where d.status = 'pending' and r.closed_at is null and ({_FALLEN})"
        " order by least(r.due_at, r.remind_at), r.id limit :limit for update of r, d skip locked",
        {"now": tx.now, "limit": limit},
    )
    return [
        Due(
            review_of(row),
            int(row["draft_number"]),
            DraftId(row["lineage_id"]),
            CampaignId(row["campaign_id"]),
        )
        for row in rows
    ]


async def close_decided(tx: Tx) -> int:
    """Close the reviews that would fall due although their draft is pending no more."""
    closed = await tx.run(
        "update outrider.reviews set closed_at = :now where id in ("
        " select r.id from outrider.reviews r join outrider.drafts d on d.id = r.draft_id"
        f" where d.status <> 'pending' and r.closed_at is null and ({_FALLEN})"
        " for update of r skip locked)",
        {"now": tx.now},
    )
    return closed.rowcount


async def reminded(
    tx: Tx, review: Review, count: int, remind_at: datetime | None, notice: str
) -> bool:
    """Store that a reminder was given, unless another one was first."""
    moved = await tx.run(
        "update outrider.reviews set reminded = :count, remind_at = :next, notice = :notice"
        " where id = :id and level = :level and reminded = :expected and closed_at is null",
        {
            "id": review.id,
            "level": review.level,
            "expected": review.reminded,
            "count": count,
            "next": remind_at,
            "notice": notice,
        },
    )
    return moved.rowcount == 1


async def escalated(tx: Tx, before: Review, after: Review) -> bool:
    """Store whose turn it is now, unless somebody was first; the next one was not told yet."""
    moved = await tx.run(
        "update outrider.reviews set level = :level, assigned = :assigned, due_at = :due,"
        " remind_at = :remind, reminded = 0, notified_at = null, snoozed_until = null,"
        " snoozed_by = null, notice = :notice"
        " where id = :id and level = :expected and closed_at is null and timed_out_at is null",
        {
            "id": before.id,
            "expected": before.level,
            "level": after.level,
            "assigned": after.assigned,
            "due": after.due_at,
            "remind": after.remind_at,
            "notice": after.notice,
        },
    )
    return moved.rowcount == 1


async def timed_out(tx: Tx, review: Review, notice: str, *, closed: bool) -> bool:
    """Store that the clock of this review has ended, once."""
    moved = await tx.run(
        "update outrider.reviews set timed_out_at = :now, remind_at = null, notice = :notice,"
        " closed_at = case when :closed then coalesce(closed_at, :now) else closed_at end"
        " where id = :id and level = :level and timed_out_at is null",
        {
            "id": review.id,
            "level": review.level,
            "notice": notice,
            "closed": closed,
            "now": tx.now,
        },
    )
    return moved.rowcount == 1


async def notified(tx: Tx, draft_id: UUID) -> bool:
    """Store that who is responsible was told; False when they were before, or nothing is open."""
    told = await tx.run(
        "update outrider.reviews set notified_at = :now"
        " where draft_id = :draft and notified_at is null and closed_at is null",
        {"draft": draft_id, "now": tx.now},
    )
    return told.rowcount == 1
