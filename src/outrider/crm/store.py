"""All SQL of the room. In: the open transaction. Out: `types`. Never: a row, a commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from outrider.crm.tables import crm_activities
from outrider.crm.types import Activity, ActivityId, ActivityKind, ActivityStatus
from outrider.kernel.database.tx import Tx
from outrider.prospects.types import ContactId

OVERLAP = 1000

_COLUMNS = (
    "id, kind, reference, account_id, contact_id, payload, status, crm_id, error, staged_at,"
    " pushed_at"
)


def _activity(row: Mapping[str, Any]) -> Activity:
    return Activity(**row)


async def add(tx: Tx, activities: Sequence[Activity]) -> int:
    """Stage activities; one that is known by kind and reference is left as it is."""
    if not activities:
        return 0
    statement = insert(crm_activities).on_conflict_do_nothing(
        index_elements=["workspace_id", "kind", "reference"]
    )
    rows = [{"workspace_id": tx.workspace, **item.model_dump(mode="python")} for item in activities]
    found = await tx.run(statement.values(rows).returning(crm_activities.c.id))
    return len(found.all())


async def by_reference(tx: Tx, kind: ActivityKind, reference: str) -> Activity:
    """The activity that is known by this kind and reference."""
    row = await tx.row(
        f"select {_COLUMNS} from outrider.crm_activities where kind = :kind"
        " and reference = :reference",
        {"kind": kind, "reference": reference},
    )
    assert row is not None
    return _activity(row)


async def resume_at(tx: Tx, kind: ActivityKind) -> UUID | None:
    """The source of the thousandth newest activity of a kind: reading again starts behind it."""
    row = await tx.row(
        "select cast(payload ->> 'source_id' as uuid) as source from outrider.crm_activities"
        " where kind = :kind order by payload ->> 'at' desc, id desc offset :overlap limit 1",
        {"kind": kind, "overlap": OVERLAP},
    )
    return None if row is None else row["source"]


async def claim(tx: Tx, limit: int) -> list[Activity]:
    """Take staged activities, oldest first; what another process takes now is passed over."""
    rows = await tx.rows(
        "update outrider.crm_activities set status = 'pushing' where id in ("
        " select id from outrider.crm_activities where status = 'staged'"
        " order by id limit :limit for update skip locked)"
        f" returning {_COLUMNS}",
        {"limit": limit},
    )
    return sorted((_activity(row) for row in rows), key=lambda item: item.id)


async def interrupted(tx: Tx, limit: int) -> list[Activity]:
    """Activities whose push began and never ended; locked, so that one process mends each."""
    rows = await tx.rows(
        f"select {_COLUMNS} from outrider.crm_activities where status = 'pushing'"
        " order by id limit :limit for update skip locked",
        {"limit": limit},
    )
    return [_activity(row) for row in rows]


async def move(
    tx: Tx,
    activity: ActivityId,
    status: ActivityStatus,
    *,
    crm_id: str | None = None,
    error: str | None = None,
) -> bool:
    """Record what became of a push; False when another process was first."""
    pushed_at: datetime | None = tx.now if status is ActivityStatus.PUSHED else None
    result = await tx.run(
        "update outrider.crm_activities set status = :status, crm_id = coalesce(:crm_id, crm_id),"
        " error = :error, pushed_at = :pushed_at where id = :id and status = 'pushing'",
        {
            "id": activity,
            "status": status,
            "crm_id": crm_id,
            "error": error,
            "pushed_at": pushed_at,
        },
    )
    return result.rowcount == 1


async def of_contact(tx: Tx, contact: ContactId, limit: int) -> list[Activity]:
    """What is logged about one person, newest first."""
    rows = await tx.rows(
        f"select {_COLUMNS} from outrider.crm_activities where contact_id = :contact"
        " order by id desc limit :limit",
        {"contact": contact, "limit": limit},
    )
    return [_activity(row) for row in rows]
