"""The SQL of the reviewers' tests. In: the open transaction. Out: frozen values. Never: a row, a commit."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from outrider.drafts.review import tables
from outrider.drafts.review.types import Frozen
from outrider.drafts.types import DraftId
from outrider.kernel.database.tx import Tx
from outrider.kernel.ids import PersonId


class Fresh(Frozen):
    """A draft that might get a test beside it."""

    id: DraftId
    campaign_id: UUID
    content_hash: str


async def add(tx: Tx, draft_id: UUID, source_id: UUID, fault: str) -> bool:
    """Insert a test; False when its source has one."""
    statement = (
        insert(tables.seeds)
        .values(
            workspace_id=tx.workspace,
            id=tx.new_id(),
            draft_id=draft_id,
            source_id=source_id,
            fault=fault,
            created_at=tx.now,
        )
        .on_conflict_do_nothing()
        .returning(tables.seeds.c.id)
    )
    return await tx.row(statement) is not None


async def is_wanted(tx: Tx) -> bool:
    """Whether any policy in force asks for tests."""
    row = await tx.row(
        "select 1 from outrider.policies where ended_at is null"
        " and cast(policy->'guard'->>'seeded' as numeric) > 0 limit 1"
    )
    return row is not None


async def unplanted(tx: Tx, since: datetime) -> list[Fresh]:
    """Pending drafts made since then that are no test and have none, oldest first."""
    rows = await tx.rows(
        "select d.id, d.campaign_id, d.content_hash from outrider.drafts d"
        " where d.status = 'pending' and not d.is_seed and d.created_at >= :since"
        " and not exists (select 1 from outrider.seeds s where s.source_id = d.id)"
        " order by d.number limit 1000",
        {"since": since},
    )
    return [Fresh.model_validate(dict(row)) for row in rows]


async def lock(tx: Tx, source_id: UUID) -> bool:
    """Hold a draft while a test is made of it; False when it has one, or is not pending any more."""
    row = await tx.row(
        "select id from outrider.drafts d where id = :id and status = 'pending' for update",
        {"id": source_id},
    )
    taken = await tx.row(
        "select 1 from outrider.seeds where source_id = :id limit 1", {"id": source_id}
    )
    return row is not None and taken is None


async def stale(tx: Tx, before: datetime) -> list[DraftId]:
    """Tests without an outcome that were made before then, or that can be decided no more."""
    rows = await tx.rows(
        "select s.draft_id from outrider.seeds s join outrider.drafts d on d.id = s.draft_id"
        " where s.outcome is null and (s.created_at < :before or d.status <> 'pending')"
        " order by s.id",
        {"before": before},
    )
    return [DraftId(row["draft_id"]) for row in rows]


async def fault_of(tx: Tx, draft_id: UUID) -> str:
    """What is wrong with a test, in words."""
    row = await tx.row("select fault from outrider.seeds where draft_id = :id", {"id": draft_id})
    return str(row["fault"]) if row else "one thing in it is wrong"


async def end(tx: Tx, draft_id: UUID, outcome: str, person_id: PersonId | None) -> None:
    """Set what came of a test that has no outcome yet."""
    await tx.run(
        "update outrider.seeds set outcome = :outcome, person_id = :person, ended_at = :now"
        " where draft_id = :id and outcome is null",
        {"id": draft_id, "outcome": outcome, "person": person_id, "now": tx.now},
    )
