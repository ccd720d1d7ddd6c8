"""All SQL on enrollments.

In: values and the open transaction. Out: the room's types. Never: a commit, a row object.

A paused enrollment whose `due_at` has come is read as active: nothing has to wake it up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from outrider.campaigns import store, tables
from outrider.campaigns.enrol_types import Progress
from outrider.campaigns.types import (
    Campaign,
    CampaignId,
    Enrollment,
    EnrollmentId,
    EnrollmentStatus,
    SequenceId,
    StopReason,
)
from outrider.kernel.database.tx import Tx
from outrider.prospects import touch_rules
from outrider.prospects.touch_rules import TouchPolicy
from outrider.prospects.types import ContactId

STATUS = "case when status = 'paused' and due_at <= :now then 'active' else status end"
_COLUMNS = (
    "id, campaign_id, sequence_id, account_id, contact_id, mailbox_id,"
    f" {STATUS} as status,"
    " stop_reason, closed_reason, next_step, next_channel, due_at, thread_message_ids,"
    " thread_subject, steps_sent, replies_at, heard, arms"
)
_IS_DUE = (
    "e.status in ('active','paused')"
    " and (e.due_at <= :now or (e.status = 'active' and e.next_step = 1))"
    " and exists (select 1 from campaigns c where c.id = e.campaign_id and c.status = 'active')"
)
_LISTS = {"thread_message_ids", "steps_sent", "replies_at", "heard", "arms"}


async def add(tx: Tx, enrollments: Sequence[Enrollment]) -> list[Enrollment]:
    """Keep new enrollments; returns those whose contact was not in the campaign yet."""
    if not enrollments:
        return []
    table = tables.enrollments
    rows = [
        one.model_dump(exclude=_LISTS)
        | {
            "workspace_id": tx.workspace,
            "status": str(one.status),
            "next_channel": str(one.next_channel),
            "thread_message_ids": [],
            "arms": one.arms,
            "created_at": tx.now,
            "updated_at": tx.now,
        }
        for one in enrollments
    ]
    statement = insert(table).values(rows).on_conflict_do_nothing().returning(table.c.id)
    kept = {row["id"] for row in await tx.rows(statement)}
    return [one for one in enrollments if one.id in kept]


async def find(tx: Tx, enrollment_id: EnrollmentId, *, lock: bool) -> Enrollment | None:
    """One enrollment; `lock` keeps others from changing it until the transaction ends."""
    sql = f"select {_COLUMNS} from enrollments where id = :id" + (" for update" if lock else "")
    row = await tx.row(sql, {"id": enrollment_id, "now": tx.now})
    return None if row is None else Enrollment.model_validate(dict(row))


async def with_campaign(tx: Tx, enrollment_id: UUID) -> tuple[Enrollment, Campaign] | None:
    """One enrollment and its campaign; who decides on a draft waits once for both."""
    sql = f"""
        select {_COLUMNS},
          (select to_jsonb(c) from (select {store.CAMPAIGN} from campaigns
             where id = e.campaign_id) c) as of_campaign
        from enrollments e where id = :id"""
    row = await tx.row(sql, {"id": enrollment_id, "now": tx.now})
    if row is None:
        return None
    values = dict(row)
    campaign = Campaign.model_validate(values.pop("of_campaign"))
    return Enrollment.model_validate(values), campaign


async def lock(
    tx: Tx, enrollment_id: EnrollmentId | None = None, contact_id: ContactId | None = None
) -> None:
    """Keep others from changing one enrollment, or all of a contact, in the order that `stop` has.

    Whoever will lock a task locks its enrollment first; whoever may stop a contact locks them all.
    """
    sql = """select 1 from enrollments
             where id = cast(:id as uuid) or contact_id = cast(:contact as uuid)
             order by id for update"""
    await tx.run(sql, {"id": enrollment_id, "contact": contact_id})


async def by_ids(tx: Tx, enrollment_ids: Sequence[UUID]) -> list[Enrollment]:
    """Several enrollments in one query."""
    sql = f"select {_COLUMNS} from enrollments where id = any(:ids)"
    return _all(await tx.rows(sql, {"ids": list(enrollment_ids), "now": tx.now}))


async def due(tx: Tx, campaign_id: CampaignId, limit: int) -> list[Enrollment]:
    """Those of an active campaign whose next mail is due, follow-ups before first touches."""
    sql = f"""
        select {_COLUMNS} from enrollments e
        where campaign_id = :campaign and next_channel = 'email' and {_IS_DUE}
        order by next_step = 1, due_at, id limit :limit"""
    return _all(await tx.rows(sql, {"campaign": campaign_id, "now": tx.now, "limit": limit}))


async def due_by_hand(tx: Tx, limit: int, after: Enrollment | None = None) -> list[Enrollment]:
    """Those of active campaigns whose next step is due, is no mail, and has no task yet.

    The longest due first; only those that come after `after`, when given.
    """
    sql = f"""
        select {_COLUMNS} from enrollments e
        where next_channel <> 'email' and {_IS_DUE} and not exists (
          select 1 from tasks t where t.enrollment_id = e.id and t.step = e.next_step
            and t.status <> 'void')
          and (cast(:after as uuid) is null
            or (coalesce(due_at, 'infinity'), id) > (cast(:due as timestamptz), :after))
        order by coalesce(due_at, 'infinity'), id limit :limit"""
    due = after.due_at.isoformat() if after and after.due_at else "infinity"
    values = {"now": tx.now, "limit": limit, "after": after.id if after else None, "due": due}
    return _all(await tx.rows(sql, values))


async def sent(tx: Tx, before: Enrollment, after: Enrollment) -> Enrollment | None:
    """Write what sending a step changed; None when the row is no longer as `before` says."""
    sql = f"""
        update enrollments set status = :status, next_step = :next_step,
          next_channel = :next_channel, due_at = :due_at,
          thread_message_ids = cast(:thread as jsonb), thread_subject = :subject,
          steps_sent = cast(:sent as jsonb), updated_at = :now
        where id = :id and next_step = :step and :expected =
          case when status = 'paused' and due_at <= :now then 'active' else status end
        returning {_COLUMNS}"""
    values = {
        "id": before.id,
        "expected": str(before.status),
        "step": before.next_step,
        "status": str(after.status),
        "next_step": after.next_step,
        "next_channel": str(after.next_channel),
        "due_at": after.due_at,
        "thread": json.dumps(list(after.thread_message_ids)),
        "sent": json.dumps([one.model_dump(mode="json") for one in after.steps_sent]),
        "subject": after.thread_subject,
        "now": tx.now,
    }
    row = await tx.row(sql, values)
    return None if row is None else Enrollment.model_validate(dict(row))


async def save(tx: Tx, after: Enrollment) -> None:
    """Write what a reply or an edit of the sequence changed; its row must be locked."""
    sql = """
        update enrollments set status = :status, stop_reason = :stop_reason,
          sequence_id = :sequence, next_step = :next_step, next_channel = :next_channel,
          due_at = :due_at, heard = cast(:heard as jsonb), arms = cast(:arms as jsonb),
          updated_at = :now
        where id = :id"""
    values = {
        "id": after.id,
        "status": str(after.status),
        "stop_reason": None if after.stop_reason is None else str(after.stop_reason),
        "sequence": after.sequence_id,
        "next_step": after.next_step,
        "next_channel": str(after.next_channel),
        "due_at": after.due_at,
        "heard": json.dumps([one.model_dump(mode="json") for one in after.heard]),
        "arms": json.dumps(after.arms),
        "now": tx.now,
    }
    await tx.run(sql, values)


async def restate(tx: Tx, after: Enrollment) -> None:
    """Write which answers an enrollment has, and what is said of them; its row must be locked."""
    sql = """update enrollments set heard = cast(:heard as jsonb),
               replies_at = cast(:answers as jsonb), updated_at = :now where id = :id"""
    values = {
        "id": after.id,
        "heard": json.dumps([one.model_dump(mode="json") for one in after.heard]),
        "answers": json.dumps([at.isoformat() for at in after.replies_at]),
        "now": tx.now,
    }
    await tx.run(sql, values)


async def unclose(tx: Tx, contact: ContactId, reason: StopReason) -> list[EnrollmentId]:
    """Let a person's enrollments be led on again that this class closed, when no answer says it any more.

    They stay stopped, as after any answer.
    """
    sql = """
        update enrollments set closed_reason = null, updated_at = :now,
          stop_reason = case when stop_reason = :reason then 'replied' else stop_reason end
        where contact_id = :contact and closed_reason = :reason and not exists (
          select 1 from enrollments e, jsonb_array_elements(e.heard) h
          where e.contact_id = :contact and h ->> 'reply_class' = :reason)
        returning id"""
    values = {"contact": contact, "reason": str(reason), "now": tx.now}
    return [EnrollmentId(row["id"]) for row in await tx.rows(sql, values)]


async def stop(
    tx: Tx, enrollments: Sequence[EnrollmentId], contact: ContactId | None, reason: StopReason
) -> list[Enrollment]:
    """Stop those under way, by id or by contact; returns the ones that this call stopped.

    An answer is noted, and a reason that is no answer closes, whatever the status: what ended
    already must not be led on by an answer that came before.
    """
    is_answer = reason is StopReason.REPLIED
    sql = f"""
        with before as (
          select id as known, status as was from enrollments
          where id = any(:ids) or contact_id = cast(:contact as uuid)
          order by id for update
        ), changed as (
          update enrollments set
            status = case when was in ('active','paused') then 'stopped' else status end,
            stop_reason = case when was in ('active','paused') then :reason else stop_reason end,
            due_at = case when was in ('active','paused') then null else due_at end,
            closed_reason = coalesce(closed_reason, cast(:closed as text)),
            replies_at = replies_at || cast(:answers as jsonb),
            updated_at = :now
          from before
          where id = known and (was in ('active','paused') or cast(:is_answer as boolean)
            or closed_reason is null)
          returning enrollments.*, was
        )
        select {_COLUMNS} from changed where was in ('active','paused')"""
    values = {
        "ids": list(enrollments),
        "contact": contact,
        "reason": str(reason),
        "closed": None if is_answer else str(reason),
        "answers": json.dumps([tx.now.isoformat()] if is_answer else []),
        "is_answer": is_answer,
        "now": tx.now,
    }
    return _all(await tx.rows(sql, values))


async def of_campaign(tx: Tx, campaign_id: CampaignId) -> list[Enrollment]:
    """Every enrollment of a campaign, oldest first."""
    sql = f"""select {_COLUMNS} from enrollments where campaign_id = :campaign
              order by created_at, id"""
    return _all(await tx.rows(sql, {"campaign": campaign_id, "now": tx.now}))


async def under_way(
    tx: Tx, campaign_id: CampaignId, but: SequenceId, *, lock: bool
) -> list[Enrollment]:
    """Active and paused ones that follow another version than this one, oldest first."""
    sql = f"""
        select {_COLUMNS} from enrollments
        where campaign_id = :campaign and sequence_id <> :sequence
          and status in ('active','paused')
        order by id""" + (" for update" if lock else "")
    return _all(await tx.rows(sql, {"campaign": campaign_id, "sequence": but, "now": tx.now}))


async def progress(tx: Tx, enrollment_ids: Sequence[UUID]) -> dict[EnrollmentId, Progress]:
    """How far each enrollment is, with the pacing of its steps; one query."""
    sql = f"""select e.id, {STATUS} as status, stop_reason, next_step, cast(s.pacing as text)
              from enrollments e join sequences s on s.id = e.sequence_id where e.id = any(:ids)"""
    rows = await tx.rows(sql, {"ids": list(enrollment_ids), "now": tx.now})
    return {
        EnrollmentId(row["id"]): Progress(
            EnrollmentStatus(row["status"]),
            StopReason(row["stop_reason"]) if row["stop_reason"] else None,
            row["next_step"],
            _policy(row["pacing"]),
        )
        for row in rows
    }


@lru_cache(maxsize=64)
def _policy(pacing: str) -> TouchPolicy:
    return touch_rules.policy(json.loads(pacing))


async def pacing(
    tx: Tx, enrollment_ids: Sequence[UUID]
) -> list[tuple[dict[str, int], list[EnrollmentId]]]:
    """What the steps say of pacing, and for which of these enrollments; one query."""
    sql = """select s.pacing, array_agg(e.id) as ids from enrollments e
             join sequences s on s.id = e.sequence_id where e.id = any(:ids) group by s.id"""
    rows = await tx.rows(sql, {"ids": list(enrollment_ids)})
    return [(row["pacing"], row["ids"]) for row in rows]


async def counts(tx: Tx, campaign_id: CampaignId) -> dict[tuple[SequenceId, str], int]:
    """How many enrollments each version of the steps has, by status."""
    sql = """
        select sequence_id, case when status = 'paused' and due_at <= :now then 'active'
          else status end as state, count(*) as n
        from enrollments where campaign_id = :campaign group by 1, 2"""
    rows = await tx.rows(sql, {"campaign": campaign_id, "now": tx.now})
    return {(SequenceId(row["sequence_id"]), row["state"]): row["n"] for row in rows}


def _all(rows: Sequence[Mapping[str, Any]]) -> list[Enrollment]:
    return [Enrollment.model_validate(dict(row)) for row in rows]
