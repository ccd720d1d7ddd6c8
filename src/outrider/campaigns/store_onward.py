"""The SQL of moving many enrollments one step on.

In: the open transaction. Out: enrollments. Never: a move of a row that was not locked before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from outrider.campaigns.enrol_types import Held, Onward
from outrider.campaigns.store_enrol import STATUS
from outrider.campaigns.types import EnrollmentId, EnrollmentStatus, SentStep, SequenceId
from outrider.kernel.database.tx import Tx
from outrider.prospects.types import ContactId


async def locked(tx: Tx, enrollment_ids: Sequence[EnrollmentId]) -> list[Held]:
    """Several enrollments by id, in the order of their ids, locked against another change."""
    rows = await tx.rows(
        f"select id, sequence_id, contact_id, {STATUS} as status, next_step, due_at"
        " from outrider.enrollments where id = any(:ids) order by id for update",
        {"ids": list(enrollment_ids), "now": tx.now},
    )
    return [
        Held(
            EnrollmentId(row["id"]),
            SequenceId(row["sequence_id"]),
            ContactId(row["contact_id"]),
            EnrollmentStatus(row["status"]),
            row["next_step"],
            row["due_at"],
        )
        for row in rows
    ]


async def save(tx: Tx, moved: Sequence[Onward]) -> set[EnrollmentId]:
    """Write what sending a step changed; their rows must be locked.

    Returns:
        Those that moved; a message that is in the thread already moves nothing.
    """
    if not moved:
        return set()
    numbers = {one.gone.step for one in moved}
    sent = {n: SentStep(number=n, at=tx.now).model_dump(mode="json") for n in numbers}
    rows = [
        {
            "id": str(one.gone.enrollment_id),
            "status": str(one.status),
            "next_step": one.next_step,
            "next_channel": str(one.next_channel),
            "due_at": one.due_at.isoformat() if one.due_at else None,
            "message_id": one.gone.message_id,
            "subject": one.gone.subject,
            "sent": sent[one.gone.step],
        }
        for one in moved
    ]
    found = await tx.rows(
        "update outrider.enrollments e set status = n.status, next_step = n.next_step,"
        " next_channel = n.next_channel, due_at = n.due_at,"
        " thread_message_ids = e.thread_message_ids || to_jsonb(n.message_id),"
        " thread_subject = coalesce(nullif(e.thread_subject, ''), n.subject),"
        " steps_sent = e.steps_sent || n.sent, updated_at = :now"
        " from json_to_recordset(cast(:moved as json)) as n(id uuid, status text, next_step int,"
        " next_channel text, due_at timestamptz, message_id text, subject text, sent jsonb)"
        " where e.id = n.id and not e.thread_message_ids ? n.message_id returning e.id",
        {"moved": json.dumps(rows), "now": tx.now},
    )
    return {EnrollmentId(row["id"]) for row in found}
