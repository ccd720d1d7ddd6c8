"""The SQL of reviews: where each draft is on its way to a decision.

In: the open transaction. Out: `Review`. Never: a row, a commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from outrider.drafts.review import tables
from outrider.drafts.review.types import Review, Verdict
from outrider.kernel.database.tx import Tx

_COLUMNS = (
    "id, draft_id, policy_id, action, rule, reason, to_whom, approvals, risk, segment, confidence,"
    " on_timeout, opened_at, due_at, remind_at, notified_at, reminded, level, assigned,"
    " snoozed_until, snoozed_by, timed_out_at, closed_at"
)
_REVIEWS = f"select {_COLUMNS} from outrider.reviews"


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
