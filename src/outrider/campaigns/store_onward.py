"""The SQL of moving many enrollments one step on.

In: the open transaction. Out: enrollments. Never: a move of a row that was not locked before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from outrider.campaigns.store_enrol import _COLUMNS as COLUMNS
from outrider.campaigns.types import Enrollment, EnrollmentId
from outrider.kernel.database.tx import Tx


async def locked(tx: Tx, enrollment_ids: Sequence[EnrollmentId]) -> list[Enrollment]:
    """Several enrollments by id, in the order of their ids, locked against another change."""
    sql = f"select {COLUMNS} from outrider.enrollments where id = any(:ids) order by id for update"
    rows = await tx.rows(sql, {"ids": list(enrollment_ids), "now": tx.now})
    return [Enrollment.model_validate(dict(row)) for row in rows]


async def save(tx: Tx, moved: Sequence[Enrollment]) -> None:
    """Write what sending a step changed; their rows must be locked."""
    if not moved:
        return
    rows = [
        one.model_dump(
            mode="json",
            include={
                "id",
                "status",
                "next_step",
                "next_channel",
                "due_at",
                "thread_message_ids",
                "thread_subject",
                "steps_sent",
            },
        )
        for one in moved
    ]
    await tx.rows(
        "update outrider.enrollments e set status = n.status, next_step = n.next_step,"
        " next_channel = n.next_channel, due_at = n.due_at,"
        " thread_message_ids = n.thread_message_ids, thread_subject = n.thread_subject,"
        " steps_sent = n.steps_sent, updated_at = :now"
        " from json_to_recordset(cast(:moved as json)) as n(id uuid, status text, next_step int,"
        " next_channel text, due_at timestamptz, thread_message_ids jsonb, thread_subject text,"
        " steps_sent jsonb) where e.id = n.id returning 1",
        {"moved": json.dumps(rows), "now": tx.now},
    )
