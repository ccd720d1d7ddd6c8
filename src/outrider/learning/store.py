"""All SQL of the room. In: the open transaction. Out: `types`. Never: a row, a commit."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert

from outrider.drafts.types import DecisionId
from outrider.kernel.database.tx import Tx
from outrider.learning.tables import observations
from outrider.learning.types import Observation


async def newest(tx: Tx) -> DecisionId | None:
    """The newest decision that was observed; ids of decisions grow with time."""
    row = await tx.row("select max(decision_id::text)::uuid as id from outrider.observations")
    return None if row is None or row["id"] is None else DecisionId(row["id"])


async def add(tx: Tx, found: Sequence[Observation]) -> int:
    """Keep observations; a decision that was observed before is left as it is."""
    if not found:
        return 0
    rows = [{"workspace_id": tx.workspace, **item.model_dump(mode="python")} for item in found]
    statement = (
        insert(observations)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["workspace_id", "decision_id"])
        .returning(observations.c.id)
    )
    return len((await tx.run(statement)).all())


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
        " subject_after, body_after, edit_distance, created_at, expires_at from outrider.observations"
        " order by created_at desc, id desc limit :limit",
        {"limit": limit},
    )
    return [Observation(**row) for row in rows]
