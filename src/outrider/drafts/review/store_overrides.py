"""The SQL of overrides: labelled pairs of what an agent wrote and what a person let go.

In: the open transaction. Out: pairs of words. Never: a row, a commit.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from outrider.drafts.review import tables
from outrider.drafts.review.types import Frozen
from outrider.drafts.types import Decision
from outrider.kernel.database.tx import Tx


class Words(Frozen):
    """Subject and body of one version."""

    subject: str
    body: str


class Pair(Frozen):
    """What was written, and what a person put in its place, where that is known."""

    kind: str
    agent: Words
    human: Words | None = None
    distance: int | None = None


async def add(tx: Tx, decision: Decision, pair: Pair) -> None:
    """Insert one pair."""
    await tx.run(
        insert(tables.overrides).values(
            workspace_id=tx.workspace,
            id=tx.new_id(),
            draft_id=decision.draft_id,
            decision_id=decision.id,
            kind=pair.kind,
            category=decision.category,
            agent_output=pair.agent.model_dump(),
            human_output=pair.human.model_dump() if pair.human else None,
            reason=decision.note or "",
            distance=pair.distance,
            created_at=tx.now,
        )
    )


async def waiting(tx: Tx, lineage_id: UUID) -> list[tuple[UUID, Words]]:
    """The pairs of one mail whose human side is not known yet."""
    rows = await tx.rows(
        "select o.id, o.agent_output from outrider.overrides o"
        " join outrider.drafts d on d.id = o.draft_id"
        " where d.lineage_id = :lineage and jsonb_typeof(coalesce(o.human_output, 'null')) = 'null'"
        " order by o.id",
        {"lineage": lineage_id},
    )
    return [(row["id"], Words.model_validate(row["agent_output"])) for row in rows]


async def fill(tx: Tx, override_id: UUID, after: Words, distance: int) -> None:
    """Set the human side of one pair."""
    await tx.run(
        "update outrider.overrides set human_output = cast(:after as jsonb), distance = :distance"
        " where id = :id",
        {"id": override_id, "after": after.model_dump_json(), "distance": distance},
    )
