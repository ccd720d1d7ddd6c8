"""The SQL of scores: what judges thought of drafts, and what people then said.

In: the open transaction. Out: `Scores`, pairs of scores and decisions. Never: a row, a commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from outrider.drafts.review import tables
from outrider.drafts.review.types import Scores
from outrider.drafts.types import DecisionKind, DraftId
from outrider.kernel.database.tx import Tx

_SCORES = "select draft_id, by, scores, cost_usd, scored_at from outrider.draft_scores"


async def add(tx: Tx, scores: Scores) -> bool:
    """Insert what one judge thinks of a draft; False when that judge has said it already."""
    values = {
        "workspace_id": tx.workspace,
        "id": tx.new_id(),
        **scores.model_dump(exclude={"scores"}),
        **scores.model_dump(mode="json", include={"scores"}),
    }
    statement = (
        insert(tables.draft_scores)
        .values(values)
        .on_conflict_do_nothing()
        .returning(tables.draft_scores.c.id)
    )
    return await tx.row(statement) is not None


async def add_cost(tx: Tx, draft_id: UUID, by: str, cost_usd: Decimal) -> None:
    """Add what another answer of the same judge cost; its scores stay the first ones."""
    await tx.run(
        "update outrider.draft_scores set cost_usd = cost_usd + :cost"
        " where draft_id = :id and by = :by",
        {"id": draft_id, "by": by, "cost": cost_usd},
    )


async def of_draft(tx: Tx, draft_id: UUID) -> Scores | None:
    """What the last judge of this draft thinks of it."""
    row = await tx.row(
        f"{_SCORES} where draft_id = :id order by scored_at desc, id desc limit 1", {"id": draft_id}
    )
    return _scores(row) if row else None


async def of_drafts(tx: Tx, draft_ids: Sequence[UUID]) -> dict[DraftId, Scores]:
    """The same for many drafts; those that nobody judged are left out."""
    rows = await tx.rows(
        "select distinct on (draft_id) draft_id, by, scores, cost_usd, scored_at"
        " from outrider.draft_scores where draft_id = any(:ids)"
        " order by draft_id, scored_at desc, id desc",
        {"ids": list(draft_ids)},
    )
    return {DraftId(row["draft_id"]): _scores(row) for row in rows}


async def beside_decisions(tx: Tx, since: datetime) -> list[tuple[Scores, DecisionKind]]:
    """The last scores of each draft that a person decided since then, with what was said.

    Tests of the reviewers are left out, and so are versions that a person wrote: nobody rejects his
    own words.
    """
    rows = await tx.rows(
        "select distinct on (s.draft_id) s.draft_id, s.by, s.scores, s.cost_usd, s.scored_at, x.kind"
        " from outrider.draft_scores s"
        " join outrider.decisions x on x.draft_id = s.draft_id and x.by = 'person'"
        " join outrider.drafts d on d.id = s.draft_id"
        " where x.decided_at >= :since and s.scored_at <= x.decided_at and not d.is_seed"
        " and d.writer not like 'person:%'"
        " order by s.draft_id, s.scored_at desc, s.id desc",
        {"since": since},
    )
    return [(_scores(row), DecisionKind(row["kind"])) for row in rows]


def _scores(row: Mapping[str, Any]) -> Scores:
    return Scores.model_validate({name: row[name] for name in Scores.model_fields})
