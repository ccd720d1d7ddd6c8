"""Steps that are no mail: each becomes a task when it is due, for a person to do or to release.

In: what is due, and what people say they did. Out: tasks; enrollments that go on. Never: a task
before pacing allows the touch, two for one step, a touch told twice, a message sent from here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outrider.campaigns import enrol, sequence_rules, store, store_enrol, store_tasks
from outrider.campaigns.rules import add_business_days
from outrider.campaigns.task_states import TaskEvent, after
from outrider.campaigns.task_types import OutreachTask, TaskId, TaskStatus
from outrider.campaigns.types import Enrollment, SequenceId, Step, StepChannel
from outrider.campaigns.types import Sequence as Steps
from outrider.kernel import switches
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotFound
from outrider.prospects import consent, touch, touch_rules
from outrider.prospects import read as prospects
from outrider.prospects.touch_rules import Wait
from outrider.prospects.types import (
    Account,
    AccountId,
    Channel,
    Contact,
    ContactId,
    Direction,
    Touch,
)

LONGEST_NOTE = 500
MISSED_AFTER_DAYS = 2
"""Business days after which a task that nobody did is told as missed."""
TO_DO = (TaskStatus.OPEN, TaskStatus.APPROVED, TaskStatus.UNKNOWN, TaskStatus.FAILED)
"""States in which somebody still has something to do."""


@dataclass(frozen=True)
class Opened:
    """What became of the steps that were due."""

    tasks: tuple[OutreachTask, ...]
    waiting: tuple[tuple[Enrollment, Wait], ...]
    """Due, but somebody was in touch too recently; asked again the next time."""
    last: Enrollment | None = None
    """The last one that was looked at; None when it was the last one of all."""


async def open_due(tx: Tx, limit: int = 200, after: Enrollment | None = None) -> Opened:
    """Make tasks of the steps that are due and no mail; a kill switch or a wish for silence holds them.

    However many are due, it asks as often; each task that is made writes its event. Of more than `limit`
    the rest is looked at with `after`, so that those who must wait do not stand before those who need not.
    """
    due = await store_enrol.due_by_hand(tx, limit, after)
    if not due or await switches.halted(tx) is not None:
        return Opened((), ())
    last = due[-1] if len(due) == limit else None
    may = await consent.may_write(tx, [one.contact_id for one in due])
    off = await _campaigns_off(tx)
    willing = [
        one for one in due if may[one.contact_id] is None and not off & {"", str(one.campaign_id)}
    ]
    if not willing:
        return Opened((), (), last)
    fresh: list[OutreachTask] = []
    waiting: list[tuple[Enrollment, Wait]] = []
    people = await _People.load(tx, willing)
    for enrollment in willing:
        wait = people.wait(tx, enrollment)
        if wait is not None:
            waiting.append((enrollment, wait))
            continue
        task = _task(tx, enrollment, people)
        fresh += [task] if task else []
        people.count(tx, enrollment)
    kept = await store_tasks.add(tx, fresh)
    for task in kept:
        body = {"task": task.number, "step": task.step, "channel": str(task.channel)}
        await record(tx, "campaigns.task", f"enrollment:{task.enrollment_id}", body)
    return Opened(tuple(kept), tuple(waiting), last)


async def tell_missed(tx: Tx) -> list[OutreachTask]:
    """Note which tasks nobody did within `MISSED_AFTER_DAYS`; each is told once.

    Nothing is passed over: the sequence waits for the person who does the task or skips it.
    """
    # The weekend there counts for nobody's delay; the holidays of a country do not move this.
    late = await store_tasks.waiting_since(tx, tx.now - timedelta(days=MISSED_AFTER_DAYS))
    found = [one for one in late if add_business_days(one.due_at, MISSED_AFTER_DAYS) < tx.now]
    await store_tasks.missed(tx, [one.id for one in found])
    for task in found:
        await _audit(tx, "campaigns.task_missed", task)
    return found


async def _campaigns_off(tx: Tx) -> set[str]:
    """Ids of campaigns whose switch is on; an empty one stands for all of them."""
    moved = await switches.listing(tx)
    return {one.target for one in moved if one.is_on and one.scope == "campaign"}


def local_now(tx: Tx, contact: Contact) -> datetime:
    """The present in the person's own zone, whose days count; UTC where nobody knows it."""
    try:
        return tx.now.astimezone(ZoneInfo(contact.timezone or "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return tx.now


@dataclass(frozen=True)
class _People:
    """What pacing and templates need of everybody concerned, read at once."""

    contacts: dict[ContactId, Contact]
    accounts: dict[AccountId, Account]
    touches: dict[AccountId, list[Touch]]
    sequences: dict[SequenceId, Steps]

    @classmethod
    async def load(cls, tx: Tx, enrollments: Sequence[Enrollment]) -> _People:
        contacts = await prospects.contacts_by_id(tx, [one.contact_id for one in enrollments])
        account_ids = list(dict.fromkeys(one.account_id for one in enrollments))
        accounts = await prospects.accounts_by_id(tx, account_ids)
        since = tx.now - timedelta(days=touch_rules.LOOK_BACK_DAYS)
        versions = list(dict.fromkeys(one.sequence_id for one in enrollments))
        sequences = await store.sequences_by_id(tx, versions)
        touches = await touch.of_accounts(tx, account_ids, since)
        for planned in await store_tasks.planned(tx, account_ids, since):
            touches[planned.account_id].append(planned)
        return cls(
            {one.id: one for one in contacts},
            {one.id: one for one in accounts},
            touches,
            {one.id: one for one in sequences},
        )

    def wait(self, tx: Tx, enrollment: Enrollment) -> Wait | None:
        """Whether somebody was in touch with the person or the account too recently."""
        contact = self.contacts[enrollment.contact_id]
        return touch_rules.may_touch(
            self.touches[enrollment.account_id],
            contact.id,
            local_now(tx, contact),
            touch_rules.policy(self.sequences[enrollment.sequence_id].pacing),
            contact.country or self.accounts[enrollment.account_id].country,
        )

    def step(self, enrollment: Enrollment) -> Step | None:
        """The next step as this person gets it; None: the sequence has no such step."""
        steps = self.sequences[enrollment.sequence_id].steps
        step = sequence_rules.step_of(steps, enrollment.next_step)
        return None if step is None else sequence_rules.resolved(step, enrollment.arms)

    def count(self, tx: Tx, enrollment: Enrollment) -> None:
        """A task that is made is a touch for those that come after it."""
        self.touches[enrollment.account_id].append(
            Touch(
                account_id=enrollment.account_id,
                contact_id=enrollment.contact_id,
                channel=Channel(enrollment.next_channel.value),
                direction=Direction.OUT,
                reference="planned",
                at=tx.now,
            )
        )


def _task(tx: Tx, enrollment: Enrollment, people: _People) -> OutreachTask | None:
    step = people.step(enrollment)
    if step is None:
        return None
    contact = people.contacts[enrollment.contact_id]
    company = people.accounts[enrollment.account_id].name
    text = _filled(step.template, contact, company)
    channel = StepChannel(step.channel)
    return OutreachTask(
        id=TaskId(tx.new_id()),
        number=0,
        campaign_id=enrollment.campaign_id,
        enrollment_id=enrollment.id,
        account_id=enrollment.account_id,
        contact_id=contact.id,
        step=step.number,
        channel=channel,
        text=text,
        content_hash=content_hash(channel, contact, text),
        status=TaskStatus.OPEN,
        due_at=enrollment.due_at or tx.now,
    )


def _filled(template: str, contact: Contact, company: str) -> str:
    """The template with its places filled, in one pass: a name with braces in it fills nothing."""
    values = {"first_name": contact.first_name or "there", "company": company}
    return re.sub(r"\{(first_name|company)\}", lambda place: values[place[1]], template)


def content_hash(channel: StepChannel, contact: Contact, text: str) -> str:
    """SHA-256 of what a person approves: the channel, to whom, at which number, and the words."""
    told = "\0".join((str(channel), str(contact.id), contact.phone or "", text))
    return hashlib.sha256(told.encode()).hexdigest()


async def find(tx: Tx, number: int) -> OutreachTask:
    """One task.

    Raises:
        NotFound: there is none of this number.
    """
    return _known(await store_tasks.find(tx, number), number)


async def locked(tx: Tx, task: OutreachTask) -> OutreachTask:
    """The task as it is, with its enrollment, kept from others until the transaction ends."""
    await store_enrol.lock(tx, task.enrollment_id)
    return _known(await store_tasks.find(tx, task.number, lock=True), task.number)


async def listing(tx: Tx, *, everything: bool = False, limit: int = 200) -> list[OutreachTask]:
    """Tasks with something left to do, or all of them, the longest due first."""
    return await store_tasks.listing(tx, tuple(TaskStatus) if everything else TO_DO, limit)


async def done(tx: Tx, number: int, note: str = "") -> OutreachTask:
    """A person did it: the touch is noted and the sequence goes on. The same again changes nothing.

    A call that was made after its sequence had stopped is noted too, and the sequence stays stopped.

    Raises:
        NotFound: there is no such task.
        InvalidInput: it is a text message that nobody released, or the note is too long.
        IllegalTransition: it was skipped, failed, or is at the provider.
    """
    task = await locked(tx, await find(tx, number))
    if task.status is TaskStatus.DONE:
        return task
    if task.is_answer:
        return await _closed(tx, task, TaskEvent.DONE, _checked(note))
    if task.channel is StepChannel.SMS and task.status is not TaskStatus.UNKNOWN:
        raise InvalidInput(
            f"Task {number} is a text message: approve it, and Outrider sends it; or skip it."
        )
    return await finish(tx, task, TaskEvent.DONE, _checked(note))


async def skip(tx: Tx, number: int, note: str = "") -> OutreachTask:
    """Nobody does it: the sequence goes on without a touch. The same again changes nothing.

    Raises:
        NotFound: there is no such task.
        InvalidInput: the note is too long.
        IllegalTransition: it was done, is void, or is at the provider.
    """
    task = await locked(tx, await find(tx, number))
    if task.status is TaskStatus.SKIPPED:
        return task
    if task.is_answer:
        return await _closed(tx, task, TaskEvent.SKIP, _checked(note))
    update = {"status": after(task.status, TaskEvent.SKIP), "done_at": tx.now}
    skipped = task.model_copy(update={**update, "note": _checked(note)})
    await store_tasks.save(tx, skipped)
    await _go_on(tx, skipped, is_skipped=True)
    await _audit(tx, "campaigns.task_skipped", skipped)
    return skipped


async def _closed(tx: Tx, task: OutreachTask, event: TaskEvent, note: str) -> OutreachTask:
    """An answer was read: no step is done by it, and nothing went to the person."""
    update = {"status": after(task.status, event), "done_at": tx.now, "note": note}
    closed = task.model_copy(update=update)
    await store_tasks.save(tx, closed)
    await _audit(tx, "campaigns.answer_read", closed)
    return closed


async def finish(
    tx: Tx, task: OutreachTask, event: TaskEvent, note: str, provider_id: str | None = None
) -> OutreachTask:
    """The task reached its person: save it, note the touch once, let the sequence go on."""
    finished = task.model_copy(
        update={
            "status": after(task.status, event),
            "done_at": tx.now,
            "note": note,
            "reason": None,
            "provider_id": provider_id or task.provider_id,
        }
    )
    await store_tasks.save(tx, finished)
    at = task.handed_off_at or tx.now
    reached = Touch(
        account_id=task.account_id,
        contact_id=task.contact_id,
        channel=Channel(task.channel.value),
        direction=Direction.OUT,
        reference=f"task {task.id}",
        at=at,
    )
    await touch.record(tx, [reached])
    await _go_on(tx, finished, is_skipped=False)
    await _audit(tx, "campaigns.task_done", finished)
    return finished


async def _go_on(tx: Tx, task: OutreachTask, *, is_skipped: bool) -> None:
    try:
        await enrol.step_done(tx, task.enrollment_id, task.step, tx.now, is_skipped=is_skipped)
    except Conflict:
        # The sequence went elsewhere meanwhile, or is over: what was done was done.
        return


async def _audit(tx: Tx, action: str, task: OutreachTask) -> None:
    body = {"task": task.number, "step": task.step, "channel": str(task.channel)}
    await record(tx, action, f"enrollment:{task.enrollment_id}", body)


def _known(task: OutreachTask | None, number: int) -> OutreachTask:
    if task is None:
        raise NotFound(f"There is no task {number} in this workspace: list them first.")
    return task


def _checked(note: str) -> str:
    if len(note) > LONGEST_NOTE or "\0" in note:
        raise InvalidInput(f"The note has {len(note)} characters: give {LONGEST_NOTE} at most.")
    return note.strip()
