"""All SQL on tasks and on consent to text messages.

In: values and the open transaction. Out: the room's types. Never: a commit, a row object.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from outrider.campaigns.task_types import OutreachTask, TaskId, TaskStatus
from outrider.campaigns.types import EnrollmentId
from outrider.kernel.database.tx import Tx
from outrider.prospects.types import AccountId, ContactId, Touch

_COLUMNS = (
    "id, number, campaign_id, enrollment_id, account_id, contact_id, step, channel, text,"
    " content_hash, approved_hash, approved_by, status, due_at, reason, note, provider_id,"
    " handed_off_at, done_at, missed_at"
)

_MADE = {
    *("id", "campaign_id", "enrollment_id", "account_id", "contact_id"),
    *("step", "channel", "text", "content_hash", "status", "due_at"),
}
# A step that has a task takes no number: there is no gap.
_ADD = """
    with made as (
      select n.*, t.number as had, row_number() over (partition by t.number is null order by place)
        + (select coalesce(max(number), 0) from tasks) as fresh
      from jsonb_array_elements(cast(:made as jsonb)) with ordinality as e(task, place),
        jsonb_to_record(e.task) as n(id uuid, campaign_id uuid, enrollment_id uuid, account_id uuid,
          contact_id uuid, step int, channel text, text text, content_hash text, status text,
          due_at timestamptz)
      left join tasks t on t.enrollment_id = n.enrollment_id and t.step = n.step)
    insert into tasks (workspace_id, id, number, campaign_id, enrollment_id, account_id,
      contact_id, step, channel, text, content_hash, status, note, due_at, created_at)
    select :workspace, id, coalesce(had, fresh), campaign_id, enrollment_id, account_id,
      contact_id, step, channel, text, content_hash, status, '', due_at, :now
    from made
    on conflict (workspace_id, enrollment_id, step) do update
      set channel = excluded.channel, text = excluded.text, status = excluded.status,
        content_hash = excluded.content_hash, due_at = excluded.due_at, reason = null,
        approved_hash = null, approved_by = null, missed_at = null
      where tasks.status = 'void' and tasks.done_at is null
    returning id, number, enrollment_id, step"""


async def add(tx: Tx, tasks: Sequence[OutreachTask]) -> list[OutreachTask]:
    """Keep new tasks, numbered on; one step of an enrollment has one task, and a void one reopens."""
    if not tasks:
        return []
    # A statement sees what was there when it began: only the one after the lock may count on.
    lock = "select pg_advisory_xact_lock(hashtextextended(:key, 0))"
    await tx.run(lock, {"key": f"campaigns.tasks:{tx.workspace}"})
    made = json.dumps([task.model_dump(mode="json", include=_MADE) for task in tasks])
    rows = await tx.rows(_ADD, {"workspace": tx.workspace, "now": tx.now, "made": made})
    kept = {(row["enrollment_id"], row["step"]): row for row in rows}
    return [
        task.model_copy(update={"id": row["id"], "number": row["number"]})
        for task in tasks
        if (row := kept.get((task.enrollment_id, task.step))) is not None
    ]


async def find(tx: Tx, number: int, *, lock: bool = False) -> OutreachTask | None:
    """One task by its number; `lock` keeps others from changing it."""
    sql = f"select {_COLUMNS} from tasks where number = :number" + (" for update" if lock else "")
    return _task(await tx.row(sql, {"number": number}))


async def by_id(tx: Tx, task_id: TaskId) -> OutreachTask | None:
    """One task by its id."""
    sql = f"select {_COLUMNS} from tasks where id = :id"
    return _task(await tx.row(sql, {"id": task_id}))


async def listing(tx: Tx, statuses: Sequence[TaskStatus], limit: int) -> list[OutreachTask]:
    """Tasks of these states, the longest due first."""
    sql = f"""select {_COLUMNS} from tasks where status = any(:statuses)
              order by due_at, number limit :limit"""
    rows = await tx.rows(sql, {"statuses": [str(one) for one in statuses], "limit": limit})
    return [OutreachTask.model_validate(dict(row)) for row in rows]


async def of_step(tx: Tx, enrollment_id: EnrollmentId, step: int) -> OutreachTask | None:
    """The task of one step of an enrollment."""
    sql = f"select {_COLUMNS} from tasks where enrollment_id = :id and step = :step"
    return _task(await tx.row(sql, {"id": enrollment_id, "step": step}))


async def planned(tx: Tx, account_ids: Sequence[AccountId], since: datetime) -> list[Touch]:
    """Touches that are to come of tasks that were made since an instant, as of when they were made."""
    sql = """select account_id, contact_id, channel, 'out' as direction, 'planned' as reference,
               greatest(created_at, due_at) as at
             from tasks where account_id = any(:ids) and step > 0
               and status in ('open','approved','sending','unknown','failed')
               and greatest(created_at, due_at) >= :since"""
    rows = await tx.rows(sql, {"ids": list(account_ids), "since": since})
    return [Touch.model_validate(dict(row)) for row in rows]


async def grow(tx: Tx, enrollment_id: EnrollmentId, words: str) -> bool:
    """Add words to the answer of an enrollment, to be read (again); False when it has none."""
    sql = """update tasks set text = case when status = 'open' then text || E'\n' || :words
               else :words end, status = 'open', due_at = :now, done_at = null, reason = null
             where enrollment_id = :id and step = 0"""
    values = {"id": enrollment_id, "words": words, "now": tx.now}
    return (await tx.run(sql, values)).rowcount == 1


async def texted_last(tx: Tx, contact_ids: Sequence[ContactId]) -> EnrollmentId | None:
    """The enrollment of one of these people that was texted last, else their newest one."""
    sql = """select e.id from enrollments e left join tasks t on t.enrollment_id = e.id
               and t.channel = 'sms' and t.handed_off_at is not null
             where e.contact_id = any(:ids)
             order by t.handed_off_at desc nulls last, e.created_at desc, e.id desc limit 1"""
    row = await tx.row(sql, {"ids": list(contact_ids)})
    return None if row is None else EnrollmentId(row["id"])


async def waiting_since(tx: Tx, before: datetime) -> list[OutreachTask]:
    """Tasks that were due before an instant, are not done, and are not told missed yet; locked."""
    sql = f"""select {_COLUMNS} from tasks where status in ('open','failed','unknown')
                and due_at < :before and missed_at is null
              order by number for update skip locked"""
    rows = await tx.rows(sql, {"before": before})
    return [OutreachTask.model_validate(dict(row)) for row in rows]


async def missed(tx: Tx, ids: Sequence[TaskId]) -> None:
    """Note that nobody did these tasks in time."""
    await tx.run("update tasks set missed_at = :now where id = any(:ids)",
                 {"ids": list(ids), "now": tx.now})  # fmt: skip


async def save(tx: Tx, task: OutreachTask) -> None:
    """Write how a task stands; its row must be locked."""
    sql = """
        update tasks set status = :status, reason = :reason, note = :note,
          approved_hash = :approved_hash, approved_by = :approved_by,
          provider_id = :provider_id, handed_off_at = :handed_off_at, done_at = :done_at
        where id = :id"""
    await tx.run(sql, task.model_dump() | {"status": str(task.status)})


async def void(tx: Tx, enrollment_ids: Sequence[EnrollmentId], reason: str) -> int:
    """Take back what nobody has begun of these enrollments."""
    if not enrollment_ids:
        return 0
    sql = """update tasks set status = 'void', reason = :reason
             where enrollment_id = any(:ids) and status in ('open','approved','failed')"""
    return (await tx.run(sql, {"ids": list(enrollment_ids), "reason": reason})).rowcount


async def approved(tx: Tx) -> list[TaskId]:
    """Approved text messages, oldest first."""
    sql = """select id from tasks where status = 'approved' and channel = 'sms'
             order by due_at, number"""
    return [TaskId(row["id"]) for row in await tx.rows(sql)]


async def is_any_under_way(tx: Tx) -> bool:
    """Whether there is a text message that is approved, or at the wire."""
    sql = """select 1 from tasks where status in ('approved', 'sending') and channel = 'sms' limit 1"""
    return await tx.row(sql) is not None


async def at_the_wire(tx: Tx, before: datetime) -> list[OutreachTask]:
    """Text messages that were handed off before an instant and have no answer."""
    sql = f"""select {_COLUMNS} from tasks where status = 'sending' and handed_off_at < :before
              order by number"""
    rows = await tx.rows(sql, {"before": before})
    return [OutreachTask.model_validate(dict(row)) for row in rows]


async def give_sms_consent(tx: Tx, contact_id: ContactId, source: str) -> bool:
    """Note that a person agreed to text messages, again after a withdrawal; False when it holds already."""
    sql = """
        insert into sms_consents (workspace_id, id, contact_id, source, given_at)
        values (:workspace, :id, :contact, :source, :now)
        on conflict (workspace_id, contact_id) do update
          set source = :source, given_at = :now, revoked_at = null
          where sms_consents.revoked_at is not null"""
    values = {"workspace": tx.workspace, "id": tx.new_id(), "contact": contact_id}
    return (await tx.run(sql, values | {"source": source, "now": tx.now})).rowcount == 1


async def revoke_sms_consent(tx: Tx, contact_id: ContactId) -> bool:
    """Note that a person withdrew it; False when there was none."""
    sql = """update sms_consents set revoked_at = :now
             where contact_id = :contact and revoked_at is null"""
    return (await tx.run(sql, {"contact": contact_id, "now": tx.now})).rowcount == 1


async def has_sms_consent(tx: Tx, contact_ids: Sequence[UUID]) -> set[UUID]:
    """Who of these agreed and did not withdraw."""
    sql = """select contact_id from sms_consents
             where contact_id = any(:ids) and revoked_at is null"""
    return {row["contact_id"] for row in await tx.rows(sql, {"ids": list(contact_ids)})}


def _task(row: Mapping[str, Any] | None) -> OutreachTask | None:
    return None if row is None else OutreachTask.model_validate(dict(row))
