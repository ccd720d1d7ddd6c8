"""What follows from the class of a reply: a sequence stops, pauses, or goes on at the step it names.

In: an enrollment, what its reply means. Out: the enrollment after it. Never: a step while an answer is
unread, a word of the reply.
"""

from __future__ import annotations

from datetime import date

from outrider.campaigns import enrol, sequence_rules, store_enrol
from outrider.campaigns.states import Event, after
from outrider.campaigns.types import (
    Enrollment,
    EnrollmentId,
    EnrollmentStatus,
    Heard,
    ReplyClass,
    Step,
    StepChannel,
    StopReason,
    Way,
)
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.prospects import consent


async def reply(
    tx: Tx,
    enrollment_id: EnrollmentId,
    reply_class: ReplyClass,
    until: date | None = None,
    *,
    reply_id: str,
) -> Enrollment:
    """What follows from the class of a reply: stop, pause, or lead to the step that it names.

    An answer stops first and leads on afterwards, and only when no other answer is unread and none
    since the last step says stop. A meeting, an opt-out and a bounce stop the person in every
    campaign and close for good. The same reply twice changes nothing.

    Args:
        tx: the open transaction.
        enrollment_id: whose step was answered.
        reply_class: what the reply means.
        until: when the person is back or wants to hear again; the step is due a business day later.
        reply_id: names the reply, e.g. its turn.

    Raises:
        NotFound: there is no such enrollment.
    """
    contact_id = (await enrol.found(tx, enrollment_id, lock=False)).contact_id
    await store_enrol.lock(tx, contact_id=contact_id)
    before = await enrol.found(tx, enrollment_id, lock=True)
    if any(one.reply_id == reply_id for one in before.heard):
        return before
    heard = Heard(
        reply_id=reply_id, reply_class=reply_class, after_step=before.last_step, at=tx.now
    )
    if await _stops_first(tx, before, heard):
        before = await enrol.found(tx, enrollment_id, lock=True)
    noted = before.model_copy(update={"heard": (*before.heard, heard)})
    saved = await led_on(tx, noted, reply_class, until)
    await store_enrol.save(tx, saved)
    body = {"class": str(reply_class), "status": str(saved.status), "next_step": saved.next_step}
    await record(tx, "campaigns.reply", f"enrollment:{enrollment_id}", body)
    return saved


async def _stops_first(tx: Tx, before: Enrollment, heard: Heard) -> bool:
    """Stop before anything else, unless receiving the answer has done so; says whether it did."""
    final = sequence_rules.FINAL.get(heard.reply_class)
    if final is not None:
        # A meeting is an answer too, and must be counted as one.
        if final is StopReason.MEETING and _is_unnoted(before):
            await enrol.stop(tx, contact_id=before.contact_id, reason=StopReason.REPLIED)
        await enrol.stop(tx, contact_id=before.contact_id, reason=final)
        return True
    if not sequence_rules.is_answer(heard) or not _is_unnoted(before):
        return False
    await enrol.stop(tx, contact_id=before.contact_id, reason=StopReason.REPLIED)
    return True


def _is_unnoted(enrollment: Enrollment) -> bool:
    answers = sum(map(sequence_rules.is_answer, enrollment.heard))
    return len(enrollment.replies_at) <= answers


async def led_on(
    tx: Tx, noted: Enrollment, reply_class: ReplyClass, until: date | None
) -> Enrollment:
    """The enrollment after its newest reply, as the last step sent says; not saved."""
    if reply_class in sequence_rules.FINAL:
        return noted
    steps = (await enrol.sequence(tx, noted.sequence_id)).steps
    way = sequence_rules.way(steps, noted.last_step, reply_class)
    is_absence = reply_class is ReplyClass.OUT_OF_OFFICE
    under_way = noted.status in (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)
    if is_absence and not under_way:  # a machine's word leads on nothing that a person ended
        return noted
    if way is Way.STOP:
        return await _ended(tx, noted) if is_absence else noted
    if not is_absence and await why_no_further(tx, noted, steps) is not None:
        return noted
    if way is Way.PAUSE:
        return await paused(tx, noted, steps, reply_class, until)
    return await _at_step(tx, noted, steps, way)


async def why_no_further(tx: Tx, noted: Enrollment, steps: tuple[Step, ...]) -> str | None:
    """Why no class of reply leads this enrollment on, in plain words; None: one may."""
    # A pause may be what the person has just asked for, and the sequence waits for its end.
    may = await consent.may_write(tx, [noted.contact_id], ever=True)
    return may[noted.contact_id] or sequence_rules.why_no_further(noted, steps)


async def _ended(tx: Tx, noted: Enrollment) -> Enrollment:
    await enrol.stop(tx, [noted.id], reason=StopReason.CANCELED)
    changes = {
        "status": after(noted.status, Event.STOP),
        "stop_reason": StopReason.CANCELED,
        "due_at": None,
    }
    return noted.model_copy(update=changes)


async def paused(
    tx: Tx,
    noted: Enrollment,
    steps: tuple[Step, ...],
    reply_class: ReplyClass,
    until: date | None,
) -> Enrollment:
    """The enrollment on hold until the day, or for as long as the class says; not saved."""
    if sequence_rules.step_of(steps, noted.next_step) is None:
        return noted
    is_absence = reply_class is ReplyClass.OUT_OF_OFFICE
    days = sequence_rules.AWAY_DAYS if is_absence else sequence_rules.NOT_NOW_DAYS
    resumes = sequence_rules.resumes(tx.now, until, days, await enrol.country_of(tx, noted))
    status = after(noted.status, Event.PAUSE)
    if status is not EnrollmentStatus.PAUSED:
        return noted
    changes = {
        "status": status,
        "stop_reason": None,
        "due_at": max(resumes, noted.due_at or resumes),
    }
    return noted.model_copy(update=changes)


async def _at_step(tx: Tx, noted: Enrollment, steps: tuple[Step, ...], number: int) -> Enrollment:
    step = sequence_rules.step_of(steps, number)
    if step is None or number <= noted.last_step:
        return noted
    changes = {
        "status": after(noted.status, Event.LEAD_ON),
        "stop_reason": None,
        "next_step": step.number,
        "next_channel": StepChannel(step.channel),
        "due_at": await enrol.due_after(tx, noted, tx.now, step),
    }
    return noted.model_copy(update=changes)
