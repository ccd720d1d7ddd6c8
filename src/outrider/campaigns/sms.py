"""Text messages: released by a person, sent once, and only to those who agreed to get them.

In: tasks of the channel `sms`, a provider. Out: tasks done, failed or unknown. Never: a message
without the person's consent, without an approval of exactly these words to exactly this number, at
night, or twice: what a provider leaves in doubt is for a person to settle.

The hours are those in which US law allows telephone solicitation: 8 a.m. to 9 p.m. where the called
person is (47 CFR 64.1200(c)(1)). Consent is asked for by the same rules and by ePrivacy, art. 13.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outrider.campaigns import create, enrol, store_tasks
from outrider.campaigns.ports import TextMessages
from outrider.campaigns.task_states import TaskEvent, after
from outrider.campaigns.task_types import (
    OutreachTask,
    SmsDelivery,
    SmsResult,
    TaskId,
    TaskStatus,
)
from outrider.campaigns.tasks import content_hash, find, finish, locked
from outrider.campaigns.types import CampaignStatus, EnrollmentStatus, StepChannel
from outrider.kernel import access
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import About, Tx
from outrider.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from outrider.kernel.ids import PersonId
from outrider.kernel.switches import halted
from outrider.prospects import consent, touch, touch_rules
from outrider.prospects import read as prospects
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import Contact, ContactId

FIRST_HOUR, LAST_HOUR = 8, 21
LOST_AFTER = timedelta(minutes=15)
"""A hand-off without an answer for so long has no sender any more: it is unknown."""
LONGEST_SOURCE = 200
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")

Begin = Callable[[], AbstractAsyncContextManager[Tx]]


@dataclass(frozen=True)
class Ready:
    """One message that may leave now, marked as handed off."""

    task: OutreachTask
    to: str


@dataclass(frozen=True)
class SmsReport:
    """What a round of sending did."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    put_off: int = 0
    waiting: tuple[tuple[int, str], ...] = ()
    """Numbers of approved tasks that stay, and why."""
    trouble: str = ""
    """What the provider said when it took no more; the rest was not tried."""


async def agree(tx: Tx, contact_id: ContactId, source: str) -> bool:
    """Note that a person agreed to text messages, and where; a consent that holds stays as it is.

    Returns:
        Whether anything changed; the same again is not logged: it is no second consent.

    Raises:
        InvalidInput: the source is empty or too long.
        NotFound: there is no such contact.
    """
    proof = _proof(source)
    if len(proof) > LONGEST_SOURCE:
        raise InvalidInput(
            f"The source has {len(proof)} characters: say in {LONGEST_SOURCE} at most where and "
            "when the person agreed."
        )
    contact = await prospects.contact(tx, contact_id)
    changed = await store_tasks.give_sms_consent(tx, contact.id, proof)
    if changed:
        # The proof is in a person's words, and may name whom it is of.
        about = About(contact.id, contact.email, {"source": proof})
        await record(tx, "campaigns.sms_consent", f"contact:{contact.id}", about=about)
    return changed


async def withdraw(tx: Tx, contact_id: ContactId, source: str) -> bool:
    """Note that a person wants no more text messages; mail is not touched by it.

    However long the source is: a wish to stop is never turned away for its words.

    Returns:
        Whether there was a consent to withdraw.

    Raises:
        InvalidInput: the source is empty.
    """
    proof = _proof(source)
    changed = await store_tasks.revoke_sms_consent(tx, contact_id)
    if changed:
        about = About(contact_id, facts={"source": proof})
        await record(tx, "campaigns.sms_no_more", f"contact:{contact_id}", about=about)
    return changed


def _proof(source: str) -> str:
    if not source.strip():
        raise InvalidInput("The source is empty: say where and when the person said so.")
    return source.strip()


async def approve(tx: Tx, number: int, person_id: PersonId) -> OutreachTask:
    """Release the words of a task to its number; it is sent in the next round.

    Raises:
        NotFound: there is no such task.
        NotAllowed: the person may not decide on drafts.
        InvalidInput: it is no text message.
        Refused: there is no consent, no number, no time zone, or the contact has changed.
        IllegalTransition: it is approved, sent, skipped or void.
    """
    task = await find(tx, number)
    if task.is_answer:
        raise InvalidInput(f"Task {number} is an answer to read: read it, then `tasks done`.")
    if task.channel is not StepChannel.SMS:
        raise InvalidInput(f"Task {number} is done by hand: do it, then tell it with `tasks done`.")
    if not await access.may_decide(tx, person_id):
        raise NotAllowed("You may not release text messages: ask an approver.")
    task = await locked(tx, task)
    why_not = await why_never(tx, task)
    if why_not is not None:
        raise Refused(f"Task {number} cannot be sent: {why_not}.")
    approved = task.model_copy(
        update={
            "status": after(task.status, TaskEvent.APPROVE),
            "approved_hash": task.content_hash,
            "approved_by": str(person_id),
            "reason": None,
        }
    )
    await store_tasks.save(tx, approved)
    body = {"task": number, "content_hash": approved.content_hash}
    await record(tx, "campaigns.sms_approve", f"enrollment:{task.enrollment_id}", body)
    return approved


async def is_any_under_way(tx: Tx) -> bool:
    """Whether a message is released and waits to leave, or was handed off and has no answer."""
    return await store_tasks.is_any_under_way(tx)


async def send_all(
    begin: Begin, provider: TextMessages, suppressor: Suppressor, limit: int = 100
) -> SmsReport:
    """Send what is approved and may leave now, one after the other; never two tries for one.

    At most `limit` are handed over; those that must wait do not count, and stand before nobody. A provider
    that takes no message, or leaves one in doubt, gets no other in this round.
    """
    async with begin() as tx:
        lost = await give_up_lost(tx)
        candidates = await store_tasks.approved(tx)
    counts = dict.fromkeys(SmsDelivery, 0)
    waiting: list[tuple[int, str]] = []
    failed, trouble = 0, ""
    for task_id in candidates:
        if trouble or sum(counts.values()) == limit:
            break
        async with begin() as tx:
            ready = await claim(tx, task_id, suppressor)
        if isinstance(ready, OutreachTask):
            failed += ready.status is TaskStatus.FAILED
            if ready.status is TaskStatus.APPROVED:
                waiting.append((ready.number, ready.reason or ""))
            continue
        result = await provider.send(ready.to, ready.task.text)
        async with begin() as tx:
            await settle(tx, task_id, result)
        counts[result.delivery] += 1
        if result.delivery in (SmsDelivery.TRY_LATER, SmsDelivery.UNKNOWN):
            trouble = result.answer
    return SmsReport(
        sent=counts[SmsDelivery.ACCEPTED],
        failed=counts[SmsDelivery.REFUSED] + failed,
        unknown=counts[SmsDelivery.UNKNOWN] + lost,
        put_off=counts[SmsDelivery.TRY_LATER],
        waiting=tuple(waiting),
        trouble=trouble,
    )


async def claim(tx: Tx, task_id: TaskId, suppressor: Suppressor) -> Ready | OutreachTask:
    """Look at everything again and mark one message as handed off, before anything leaves.

    Returns:
        What to send; or the task as it stands: failed for a reason that lasts, approved and waiting
        for one that passes.
    """
    task = await _locked(tx, task_id)
    if task.status is not TaskStatus.APPROVED:
        return task
    lasting = await why_never(tx, task) or await _stopped(tx, task, suppressor)
    lasting = lasting or await _gone(tx, task)
    if lasting is not None:
        failed = task.model_copy(update={"status": TaskStatus.FAILED, "reason": lasting})
        await store_tasks.save(tx, failed)
        return failed
    contact = await prospects.contact(tx, task.contact_id)
    passing = await _passing(tx, task, contact)
    update: dict[str, object] = {"reason": passing}
    if passing is None:
        update = {"status": after(task.status, TaskEvent.CLAIM), "handed_off_at": tx.now}
    moved = task.model_copy(update=update)
    await store_tasks.save(tx, moved)
    return Ready(moved, _number(contact) or "") if passing is None else moved


async def settle(tx: Tx, task_id: TaskId, result: SmsResult) -> OutreachTask:
    """Write down what the provider said; only an accepted message is a touch."""
    task = await _locked(tx, task_id)
    if result.is_opted_out:
        await withdraw(tx, task.contact_id, "the provider of text messages")
    if result.delivery is SmsDelivery.ACCEPTED:
        return await finish(tx, task, TaskEvent.ACCEPT, "", result.provider_id)
    event = {
        SmsDelivery.REFUSED: TaskEvent.REFUSE,
        SmsDelivery.TRY_LATER: TaskEvent.RETRY,
        SmsDelivery.UNKNOWN: TaskEvent.DOUBT,
    }[result.delivery]
    settled = task.model_copy(update={"status": after(task.status, event), "reason": result.answer})
    await store_tasks.save(tx, settled)
    await record(
        tx,
        f"campaigns.sms_{settled.status}",
        f"enrollment:{task.enrollment_id}",
        {"task": task.number},
    )
    return settled


async def lost(tx: Tx, number: int) -> OutreachTask:
    """A person says that an unknown message did not arrive; it may be approved again.

    Raises:
        NotFound: there is no such task.
        IllegalTransition: it is not unknown.
    """
    task = await locked(tx, await find(tx, number))
    if task.status is not TaskStatus.UNKNOWN:
        raise Refused(f"Task {number} is {task.status}: only an unknown one can be told lost.")
    told = task.model_copy(
        update={
            "status": after(task.status, TaskEvent.REFUSE),
            "reason": "a person says that it did not arrive",
        }
    )
    await store_tasks.save(tx, told)
    await record(
        tx, "campaigns.sms_lost", f"enrollment:{task.enrollment_id}", {"task": task.number}
    )
    return told


async def give_up_lost(tx: Tx) -> int:
    """Hand-offs whose sender died become unknown; returns how many did."""
    count = 0
    for one in await store_tasks.at_the_wire(tx, tx.now - LOST_AFTER):
        task = await locked(tx, one)
        if task.status is not TaskStatus.SENDING:  # its sender came back, or another was first
            continue
        result = SmsResult(
            delivery=SmsDelivery.UNKNOWN, answer="the sender ended before an answer came"
        )
        await settle(tx, task.id, result)
        count += 1
    return count


async def _locked(tx: Tx, task_id: TaskId) -> OutreachTask:
    task = await store_tasks.by_id(tx, task_id)
    if task is None:
        raise NotFound(f"There is no task {task_id} in this workspace.")
    return await locked(tx, task)


async def why_never(tx: Tx, task: OutreachTask) -> str | None:
    """Why this message must never leave as it is; None when a person may release it."""
    why_not = (await consent.may_write(tx, [task.contact_id]))[task.contact_id]
    if why_not is not None:
        return why_not
    contact = await prospects.contact(tx, task.contact_id)
    if _number(contact) is None:
        return "the contact has no phone number with its country code (+1…)"
    if task.contact_id not in await store_tasks.has_sms_consent(tx, [task.contact_id]):
        return "the person has not agreed to text messages; note a consent, or skip the task"
    if _zone(contact) is None:
        return "the contact has no time zone, so nobody knows when it is night there"
    if content_hash(task.channel, contact, task.text) != task.content_hash:
        return "the contact is not what it was when the task was made; skip it"
    return None


async def _stopped(tx: Tx, task: OutreachTask, suppressor: Suppressor) -> str | None:
    """Whether somebody at this number asked to stop, under whatever name."""
    number = _number(await prospects.contact(tx, task.contact_id)) or ""
    if await consent.is_phone_suppressed(tx, suppressor, number):
        return "somebody at this number asked for no more text messages"
    return None


async def _gone(tx: Tx, task: OutreachTask) -> str | None:
    """Why the sequence has no use for it any more."""
    enrollment = await enrol.find(tx, task.enrollment_id)
    ended = enrollment.status in (EnrollmentStatus.STOPPED, EnrollmentStatus.FINISHED)
    if ended or enrollment.next_step != task.step:
        return f"its sequence is {enrollment.status} at step {enrollment.next_step}"
    if (await create.find(tx, str(task.campaign_id))).status is CampaignStatus.CANCELED:
        return "its campaign was canceled"
    return None


async def _passing(tx: Tx, task: OutreachTask, contact: Contact) -> str | None:
    """Why it must not leave just now."""
    switch = await halted(tx, [("campaign", str(task.campaign_id))])
    if switch is not None:
        return switch.sentence()
    if (await create.find(tx, str(task.campaign_id))).status is not CampaignStatus.ACTIVE:
        return "its campaign is paused"
    enrollment = await enrol.find(tx, task.enrollment_id)
    if enrollment.status is EnrollmentStatus.PAUSED:
        return f"its sequence is paused until {enrollment.due_at:%Y-%m-%d}"
    zone = _zone(contact)
    if zone is None or not FIRST_HOUR <= tx.now.astimezone(zone).hour < LAST_HOUR:
        return f"it is not between {FIRST_HOUR}:00 and {LAST_HOUR}:00 where the person is"
    since = tx.now - timedelta(days=touch_rules.LOOK_BACK_DAYS)
    touches = await touch.of_account(tx, task.account_id, since)
    steps = await enrol.sequence(tx, enrollment.sequence_id)
    wait = touch_rules.may_touch(
        touches,
        contact.id,
        tx.now.astimezone(zone),
        touch_rules.policy(steps.pacing),
        await enrol.country_of(tx, enrollment),
    )
    return wait.reason if wait else None


def _number(contact: Contact) -> str | None:
    digits = re.sub(r"[\s().\-/]", "", contact.phone or "")
    return digits if _E164.fullmatch(digits) else None


def _zone(contact: Contact) -> ZoneInfo | None:
    try:
        return ZoneInfo(contact.timezone) if contact.timezone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
