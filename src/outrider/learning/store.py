"""All SQL of the room. In: the open transaction. Out: `types`. Never: a row, a commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from outrider.drafts.types import DecisionId
from outrider.kernel.database.tx import Tx
from outrider.learning.rules import KEPT_FOR
from outrider.learning.tables import observations
from outrider.learning.types import Observation


async def newest(tx: Tx) -> datetime | None:
    """When the newest decision that was observed was made."""
    row = await tx.row("select max(expires_at) as expires_at from outrider.observations")
    return None if row is None or row["expires_at"] is None else row["expires_at"] - KEPT_FOR


async def add(tx: Tx, found: Sequence[Observation]) -> set[DecisionId]:
    """Keep observations; a decision that was observed before is left as it is.

    Returns the decisions that were new.
    """
    if not found:
        return set()
    rows = [{"workspace_id": tx.workspace, **item.model_dump(mode="python")} for item in found]
    statement = (
        insert(observations)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["workspace_id", "decision_id"])
        .returning(observations.c.decision_id)
    )
    return {DecisionId(row.decision_id) for row in (await tx.run(statement)).all()}


async def rejection_notes(tx: Tx) -> list[str]:
    """The notes of rejections that have not expired, newest first."""
    rows = await tx.rows(
        "select note from outrider.observations where action = 'reject' and note is not null"
        " and expires_at > :now order by created_at desc, id desc",
        {"now": tx.now},
    )
    return [row["note"] for row in rows]


async def listing(tx: Tx, limit: int) -> list[Observation]:
    """The newest observations first."""
    rows = await tx.rows(
        "select id, decision_id, draft_id, action, category, note, subject_before, body_before,"
        " subject_after, body_after, edit_distance, created_at, expires_at from"
        " outrider.observations"
        " order by created_at desc, id desc limit :limit",
        {"limit": limit},
    )
    return [Observation(**row) for row in rows]
