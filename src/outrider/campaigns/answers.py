"""Answers that are no mail, as tasks: a person reads them.

In: whose answer it is, and its words. Out: an open task. Never: a step done, a touch, an answer sent.
"""

from __future__ import annotations

from collections.abc import Sequence

from outrider.campaigns import enrol, store_tasks
from outrider.campaigns.task_types import ANSWER, OutreachTask, TaskId, TaskStatus
from outrider.campaigns.tasks import content_hash
from outrider.campaigns.types import Enrollment, StepChannel
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.prospects import read as prospects
from outrider.prospects.types import ContactId


async def latest(tx: Tx, contact_ids: Sequence[ContactId]) -> Enrollment | None:
    """The enrollment that a text message answers: the one texted last, else the newest one."""
    if not contact_ids:
        return None
    found = await store_tasks.texted_last(tx, contact_ids)
    return None if found is None else await enrol.find(tx, found)


async def to_read(tx: Tx, enrollment: Enrollment, words: str) -> OutreachTask:
    """Make a task of an answer; while one of the same sequence is open, it grows by the words."""
    contact = await prospects.contact(tx, enrollment.contact_id)
    task = OutreachTask(
        id=TaskId(tx.new_id()),
        number=0,
        campaign_id=enrollment.campaign_id,
        enrollment_id=enrollment.id,
        account_id=enrollment.account_id,
        contact_id=contact.id,
        step=ANSWER,
        channel=StepChannel.SMS,
        text=words,
        content_hash=content_hash(StepChannel.SMS, contact, words),
        status=TaskStatus.OPEN,
        due_at=tx.now,
    )
    if await store_tasks.grow(tx, enrollment.id, words):
        kept = await store_tasks.of_step(tx, enrollment.id, ANSWER)
    else:
        (kept,) = await store_tasks.add(tx, [task])
    assert kept is not None
    body = {"task": kept.number, "channel": str(kept.channel)}
    await record(tx, "campaigns.answer_to_read", f"enrollment:{enrollment.id}", body)
    return kept
