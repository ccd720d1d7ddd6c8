"""Tasks as their screen shows them: the list with its filters, one task, and what may be done about it.

In: the open transaction, who looks. Out: typed values. Never: a change; a phone number to somebody who
may not use it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from outrider.app.views.contact_page import text_consent, touches
from outrider.app.views.inbox_types import May
from outrider.app.views.task_types import (
    TaskKind,
    TaskLine,
    TaskPage,
    TaskShelf,
    TaskShown,
    TasksWaiting,
)
from outrider.campaigns import enrol, sms, tasks
from outrider.campaigns.task_states import TABLE, TaskEvent
from outrider.campaigns.task_types import ANSWER, OutreachTask, TaskStatus
from outrider.campaigns.tasks import TO_DO
from outrider.campaigns.types import StepChannel
from outrider.kernel import access
from outrider.kernel.access import Member, Permission
from outrider.kernel.database.tx import Tx
from outrider.kernel.ids import PersonId
from outrider.prospects import read as prospects

MOST_COUNTED = 1000
MOST_TOUCHES = 6
_OVER = (TaskStatus.DONE, TaskStatus.SKIPPED, TaskStatus.VOID)
_STATUSES = {TaskShelf.WAITING: (*TO_DO, TaskStatus.SENDING), TaskShelf.OVER: _OVER}
_KIND = f"case when t.step = {ANSWER} then 'answer' else t.channel end"
# Whose mailbox the person hears from, or whose approval the last mails had: they know the thread.
_MINE = (
    "(exists (select 1 from outrider.enrollments e join outrider.mailboxes m on m.id = e.mailbox_id"
    "  where e.id = t.enrollment_id and lower(m.address) = lower(:email))"
    " or exists (select 1 from outrider.drafts d join outrider.decisions x on x.draft_id = d.id"
    "  where d.enrollment_id = t.enrollment_id and not d.is_seed and x.kind = 'approve'"
    "  and x.person_id = :person))"
)
_PAGE = (
    # Which tasks, before anything is joined to them.
    "with page as materialized (select t.* from outrider.tasks t"
    " where t.workspace_id = :workspace and {which}"
    f" and (cast(:kind as text) is null or {_KIND} = :kind) and (not :mine or {_MINE})"
    " order by {order} limit :limit)"
    f" select t.number, {_KIND} as kind, t.status, t.text, t.contact_id, c.title,"
    " coalesce(nullif(trim(c.first_name || ' ' || c.last_name), ''), c.email) as contact,"
    " a.name as account, t.account_id, k.name as campaign, t.campaign_id, t.step, t.due_at,"
    " t.missed_at, t.done_at, t.reason, t.note"
    " from page t join outrider.contacts c on c.id = t.contact_id"
    " join outrider.accounts a on a.id = t.account_id"
    " join outrider.campaigns k on k.id = t.campaign_id order by {order}"
)
_ORDER = {
    TaskShelf.WAITING: "t.due_at, t.number",
    TaskShelf.OVER: "coalesce(t.done_at, t.due_at) desc, t.number desc",
}


def _among(statuses: Sequence[TaskStatus]) -> str:
    # As words of the query: only so does the database know that an index holds just these.
    return "t.status in (" + ", ".join(f"'{status}'" for status in statuses) + ")"


_SHELF = {
    shelf: _PAGE.format(which=_among(statuses), order=_ORDER[shelf])
    for shelf, statuses in _STATUSES.items()
}
_ONE = _PAGE.format(which="t.number = :number", order=_ORDER[TaskShelf.WAITING])
_WAITING = (
    "select count(*) as waiting from (select 1 from outrider.tasks t where t.workspace_id = :workspace"
    " and t.status = any(:statuses) limit :most) w"
)


@dataclass(frozen=True)
class Asker:
    """Who looks, and what they may do."""

    member: Member
    permissions: frozenset[Permission]
    is_program: bool = False


@dataclass(frozen=True)
class Asked:
    """Which tasks somebody wants to see."""

    shelf: TaskShelf = TaskShelf.WAITING
    kind: TaskKind | None = None
    mine: bool = False
    limit: int = 200


async def page(tx: Tx, asked: Asked, member: Member) -> TaskPage:
    """The tasks of a shelf, the longest due first; those that are over, newest first."""
    rows = await tx.rows(
        _SHELF[asked.shelf],
        {
            **_filter(tx, member),
            "kind": asked.kind,
            "mine": asked.mine,
            "limit": asked.limit + 1,
        },
    )
    items = [TaskLine.model_validate(dict(row)) for row in rows[: asked.limit]]
    return TaskPage(items=items, more=len(rows) > asked.limit, now=tx.now)


async def waiting(tx: Tx) -> TasksWaiting:
    """How many tasks have something left to do."""
    statuses = [str(one) for one in TO_DO]
    row = await tx.row(
        _WAITING, {"workspace": tx.workspace, "statuses": statuses, "most": MOST_COUNTED}
    )
    return TasksWaiting(waiting=row["waiting"] if row else 0)


async def one(tx: Tx, number: int, asker: Asker) -> TaskShown:
    """One task, whole.

    Raises:
        NotFound: there is none of this number.
    """
    task = await tasks.find(tx, number)
    every = {**_filter(tx, asker.member), "kind": None, "mine": False, "limit": 1}
    row = await tx.row(_ONE, {**every, "number": number})
    assert row is not None  # it was found in the same transaction
    contact = await prospects.contact(tx, task.contact_id)
    is_text = task.channel is StepChannel.SMS and not task.is_answer
    return TaskShown(
        **dict(row),
        **await _place(tx, task),
        phone=contact.phone if _may_call(task, asker) else None,
        timezone=contact.timezone,
        touches=await touches(tx, task.contact_id, MOST_TOUCHES),
        consent=await text_consent(tx, task.contact_id) if is_text else None,
        approved_by=await _name(tx, task.approved_by),
        can=await allowed(tx, task, asker),
        now=tx.now,
    )


async def allowed(tx: Tx, task: OutreachTask, asker: Asker) -> dict[str, May]:
    """What this person may do about a task as it stands; if not, why not."""
    may_do = None if Permission.TASKS_DO in asker.permissions else "Your role may not do tasks."
    may_release = Permission.DRAFTS_DECIDE in asker.permissions and not asker.is_program
    is_text = task.channel is StepChannel.SMS and not task.is_answer
    is_open_text = is_text and task.status is not TaskStatus.UNKNOWN
    lost = None if is_text and task.status is TaskStatus.UNKNOWN else "It is in no doubt."
    approve = None if is_text else "Only a text message is released."
    approve = approve or _stands(task, TaskEvent.APPROVE)
    approve = approve or (None if may_release else "You may not release text messages.")
    if approve is None and (never := await sms.why_never(tx, task)):
        approve = f"{never[0].upper()}{never[1:]}."
    done = "Release it, and Outrider sends it; or skip it." if is_open_text else None
    return {
        "done": _may(may_do or _stands(task, TaskEvent.DONE) or done),
        "skip": _may(may_do or _stands(task, TaskEvent.SKIP)),
        "approve": _may(approve),
        "lost": _may(may_do or lost),
    }


def _may(why_not: str | None) -> May:
    return May(allowed=why_not is None, why_not=why_not)


def _stands(task: OutreachTask, event: TaskEvent) -> str | None:
    return None if (task.status, event) in TABLE else f"It is {task.status}."


def _may_call(task: OutreachTask, asker: Asker) -> bool:
    """Whoever calls, or releases words to a number, has to see the number; nobody else does."""
    if asker.is_program or task.status not in TO_DO or task.channel is StepChannel.LINKEDIN:
        return False
    return bool(asker.permissions & {Permission.TASKS_DO, Permission.DRAFTS_DECIDE})


async def _place(tx: Tx, task: OutreachTask) -> Mapping[str, Any]:
    """Where the task stands in its sequence."""
    enrollment = await enrol.find(tx, task.enrollment_id)
    steps = (await enrol.sequence(tx, enrollment.sequence_id)).steps
    purpose = next((step.purpose for step in steps if step.number == task.step), "")
    return {"sequence": str(enrollment.status), "steps": len(steps), "purpose": purpose}


async def _name(tx: Tx, person_id: str | None) -> str | None:
    if person_id is None:
        return None
    member = await access.member(tx, PersonId(UUID(person_id)))
    return member.name if member else "Somebody who left"


def _filter(tx: Tx, member: Member) -> dict[str, Any]:
    return {
        "workspace": tx.workspace,
        "email": member.email,
        "person": member.person_id,
    }
