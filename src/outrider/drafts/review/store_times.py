"""The SQL of reviewers' time: their hours, and who stands in for whom.

In: the open transaction. Out: `WorkingTime`, `Delegation`. Never: a row, a commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from outrider.drafts.review import tables
from outrider.drafts.review.types import Delegation, WorkingTime
from outrider.kernel.database.tx import Tx
from outrider.kernel.ids import PersonId

_DELEGATIONS = "select person_id, delegate_id, starts_at, ends_at from outrider.delegations"


async def keep_working_time(tx: Tx, person_id: PersonId, working: WorkingTime) -> None:
    """Store a person's hours in place of those before."""
    values = {
        "workspace_id": tx.workspace,
        "id": tx.new_id(),
        "person_id": person_id,
        "hours": working.model_dump(mode="json"),
        "changed_at": tx.now,
    }
    statement = insert(tables.working_times).values(values)
    await tx.run(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "person_id"],
            set_={"hours": values["hours"], "changed_at": tx.now},
        )
    )


async def working_times(tx: Tx, people: Sequence[PersonId]) -> dict[PersonId, WorkingTime]:
    """The hours of these people; who never set any is missing."""
    rows = await tx.rows(
        "select person_id, hours from outrider.working_times where person_id = any(:people)",
        {"people": list(people)},
    )
    return {PersonId(row["person_id"]): WorkingTime.model_validate(row["hours"]) for row in rows}


async def add_delegation(tx: Tx, delegation: Delegation) -> None:
    """Store that somebody decides in another's place for a time."""
    await tx.run(
        insert(tables.delegations).values(
            workspace_id=tx.workspace,
            id=tx.new_id(),
            created_at=tx.now,
            **delegation.model_dump(),
        )
    )


async def delegations(tx: Tx, start: datetime, end: datetime) -> list[Delegation]:
    """Delegations of the workspace that count at some instant of this period, oldest made first."""
    rows = await tx.rows(
        f"{_DELEGATIONS} where starts_at < :end and ends_at > :start order by created_at, id",
        {"start": start, "end": end},
    )
    return [Delegation.model_validate(dict(row)) for row in rows]


async def end_delegations(tx: Tx, person_id: PersonId) -> int:
    """End what a person delegated, from now on; what has not begun is gone. Returns how many."""
    ended = await tx.run(
        "update outrider.delegations set ends_at = :now"
        " where person_id = :person and starts_at < :now and ends_at > :now",
        {"person": person_id, "now": tx.now},
    )
    gone = await tx.run(
        "delete from outrider.delegations where person_id = :person and starts_at >= :now",
        {"person": person_id, "now": tx.now},
    )
    return ended.rowcount + gone.rowcount


async def lock_delegations(tx: Tx) -> None:
    """Let one transaction at a time add delegations, so that two never make a circle."""
    await tx.run(
        "select pg_advisory_xact_lock(hashtextextended('delegations:' || :workspace, 0))",
        {"workspace": str(tx.workspace)},
    )
