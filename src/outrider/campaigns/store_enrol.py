"""All SQL on enrollments.

In: values and the open transaction. Out: the room's types. Never: a commit, a row object.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from outrider.campaigns import tables
from outrider.campaigns.types import (
    CampaignId,
    Enrollment,
    EnrollmentId,
    StopReason,
)
from outrider.kernel.database.tx import Tx
from outrider.prospects.types import ContactId

_COLUMNS = (
    "id, campaign_id, sequence_id, account_id, contact_id, mailbox_id, status, stop_reason,"
    " next_step, due_at, thread_message_ids, thread_subject"
)


async def add(tx: Tx, enrollments: Sequence[Enrollment]) -> list[Enrollment]:
    """Keep new enrollments; returns those whose contact was not in the campaign yet."""
    if not enrollments:
        return []
    table = tables.enrollments
    rows = [
        one.model_dump(exclude={"thread_message_ids"})
        | {
            "workspace_id": tx.workspace,
            "status": str(one.status),
            "thread_message_ids": [],
            "created_at": tx.now,
            "updated_at": tx.now,
        }
        for one in enrollments
    ]
    statement = insert(table).values(rows).on_conflict_do_nothing().returning(table.c.id)
    kept = {row["id"] for row in await tx.rows(statement)}
    return [one for one in enrollments if one.id in kept]


async def find(tx: Tx, enrollment_id: EnrollmentId, *, lock: bool = False) -> Enrollment | None:
    """One enrollment; `lock` keeps others from changing it until the transaction ends."""
    sql = f"select {_COLUMNS} from enrollments where id = :id" + (" for update" if lock else "")
    return _enrollment(await tx.row(sql, {"id": enrollment_id}))


async def due(tx: Tx, campaign_id: CampaignId, limit: int) -> list[Enrollment]:
    """Active ones of an active campaign whose step is due, follow-ups before first touches."""
    sql = f"""
        select {_COLUMNS} from enrollments e
        where campaign_id = :campaign and status = 'active'
          and (due_at <= :now or next_step = 1)
          and exists (select 1 from campaigns c where c.id = e.campaign_id and c.status = 'active')
        order by next_step = 1, due_at, id limit :limit"""
    rows = await tx.rows(sql, {"campaign": campaign_id, "now": tx.now, "limit": limit})
    return [Enrollment.model_validate(dict(row)) for row in rows]


async def sent(tx: Tx, before: Enrollment, after: Enrollment) -> Enrollment | None:
    """Write what sending a step changed; None when the row is no longer as `before` says."""
    sql = f"""
        update enrollments set status = :status, next_step = :next_step, due_at = :due_at,
          thread_message_ids = cast(:thread as jsonb), thread_subject = :subject,
          updated_at = :now
        where id = :id and status = :expected and next_step = :step
        returning {_COLUMNS}"""
    values = {
        "id": before.id,
        "expected": str(before.status),
        "step": before.next_step,
        "status": str(after.status),
        "next_step": after.next_step,
        "due_at": after.due_at,
        "thread": json.dumps(list(after.thread_message_ids)),
        "subject": after.thread_subject,
        "now": tx.now,
    }
    return _enrollment(await tx.row(sql, values))


async def stop(
    tx: Tx, enrollments: Sequence[EnrollmentId], contact: ContactId | None, reason: StopReason
) -> list[Enrollment]:
    """Stop those that are active, by id or by contact; returns the ones that this call stopped."""
    sql = f"""
        update enrollments set status = 'stopped', stop_reason = :reason, due_at = null,
          updated_at = :now
        where status = 'active' and (id = any(:ids) or contact_id = cast(:contact as uuid))
        returning {_COLUMNS}"""
    values = {
        "ids": list(enrollments),
        "contact": contact,
        "reason": str(reason),
        "now": tx.now,
    }
    rows = await tx.rows(sql, values)
    return [Enrollment.model_validate(dict(row)) for row in rows]


async def of_campaign(tx: Tx, campaign_id: CampaignId) -> list[Enrollment]:
    """Every enrollment of a campaign, oldest first."""
    sql = f"""select {_COLUMNS} from enrollments where campaign_id = :campaign
              order by created_at, id"""
    rows = await tx.rows(sql, {"campaign": campaign_id})
    return [Enrollment.model_validate(dict(row)) for row in rows]


def _enrollment(row: Mapping[str, Any] | None) -> Enrollment | None:
    return None if row is None else Enrollment.model_validate(dict(row))
