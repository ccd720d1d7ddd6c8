"""Who is in which sequence: enrol, what is due, advance, stop.

In: contacts, and what happened to them. Out: enrollments. Never: a draft, a send, a second
enrollment of a contact in the same campaign, a step sent twice, a step while an answer is unread.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from outrider.campaigns import create, sequence_rules, store, store_enrol, store_tasks
from outrider.campaigns.enrol_types import Progress
from outrider.campaigns.rules import add_business_days
from outrider.campaigns.states import Event, after
from outrider.campaigns.types import (
    Campaign,
    CampaignId,
    Enrollment,
    EnrollmentId,
    EnrollmentStatus,
    SentStep,
    SequenceId,
    Step,
    StepChannel,
    StopReason,
)
from outrider.campaigns.types import Sequence as Steps
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from outrider.prospects import read as prospects
from outrider.prospects.types import Contact, ContactId


async def enrol(
    tx: Tx, campaign_id: CampaignId, contacts: Sequence[ContactId], mailbox_id: UUID
) -> list[Enrollment]:
    """Put contacts into the newest sequence of a campaign, first step due now, arms drawn for good.

    A contact that was ever enrolled in the campaign is passed over, whatever came of it.

    Returns:
        The new enrollments only.

    Raises:
        NotFound: there is no such campaign, or no such contact.
        Refused: one of them asked for a pause that is not over.
    """
    campaign = await create.find(tx, str(campaign_id))
    sequence = await store.newest_sequence(tx, campaign.id)
    if sequence is None:
        raise NotFound(f"The campaign {campaign.name} has no sequence of steps.")
    wanted = list(dict.fromkeys(contacts))
    known = {contact.id: contact for contact in await prospects.contacts_by_id(tx, wanted)}
    for contact_id in wanted:
        if contact_id not in known:
            raise NotFound(f"There is no contact {contact_id} in this workspace: import it first.")
        _require_no_pause(tx, known[contact_id])
    fresh = [_fresh(tx, sequence, known[contact_id], mailbox_id) for contact_id in wanted]
    kept = await store_enrol.add(tx, fresh)
    for one in kept:
        body = {"campaign": str(campaign.id), "contact": str(one.contact_id)}
        await record(tx, "campaigns.enrol", f"enrollment:{one.id}", body)
    return kept


def _require_no_pause(tx: Tx, contact: Contact) -> None:
    until = contact.quiet_until
    if until is not None and tx.now.date() <= until:
        raise Refused(
            f"The contact {contact.id} asked for a pause until {until:%Y-%m-%d}: enrol them "
            "afterwards."
        )


def _fresh(tx: Tx, sequence: Steps, contact: Contact, mailbox_id: UUID) -> Enrollment:
    first = sequence.steps[0]
    return Enrollment(
        id=EnrollmentId(tx.new_id()),
        campaign_id=sequence.campaign_id,
        sequence_id=sequence.id,
        account_id=contact.account_id,
        contact_id=contact.id,
        mailbox_id=mailbox_id,
        status=EnrollmentStatus.ACTIVE,
        next_step=first.number,
        next_channel=StepChannel(first.channel),
        due_at=tx.now,
        arms=sequence_rules.arms_of(sequence.campaign_id, contact.id, sequence.steps, {}),
    )


async def due(tx: Tx, campaign_id: CampaignId, limit: int) -> list[Enrollment]:
    """Enrollments of an active campaign whose next step is a mail and due; follow-ups come first.

    Raises:
        InvalidInput: the limit is less than one.
    """
    if limit < 1:
        raise InvalidInput(f"The limit is {limit}: give 1 or more.")
    return await store_enrol.due(tx, campaign_id, limit)


async def find(tx: Tx, enrollment_id: EnrollmentId) -> Enrollment:
    """One enrollment.

    Raises:
        NotFound: there is none in this workspace.
    """
    return await found(tx, enrollment_id, lock=False)


async def with_campaign(tx: Tx, enrollment_id: EnrollmentId) -> tuple[Enrollment, Campaign]:
    """One enrollment and the campaign that it is in.

    Raises:
        NotFound: there is none in this workspace.
    """
    found = await store_enrol.with_campaign(tx, enrollment_id)
    if found is None:
        raise _none(enrollment_id)
    return found


async def find_all(
    tx: Tx, enrollment_ids: Sequence[EnrollmentId]
) -> dict[EnrollmentId, Enrollment]:
    """Several enrollments in one query; one that does not exist is left out."""
    return {one.id: one for one in await store_enrol.by_ids(tx, enrollment_ids)}


async def progress(tx: Tx, enrollment_ids: Sequence[EnrollmentId]) -> dict[EnrollmentId, Progress]:
    """How far several enrollments are, in one query; one that does not exist is left out."""
    return await store_enrol.progress(tx, enrollment_ids)


async def of_campaign(tx: Tx, campaign_id: CampaignId) -> list[Enrollment]:
    """Every enrollment of a campaign, oldest first, whatever came of it."""
    return await store_enrol.of_campaign(tx, campaign_id)


async def sequence(tx: Tx, sequence_id: SequenceId) -> Steps:
    """The steps that an enrollment goes through.

    Raises:
        NotFound: there are none of this id.
    """
    found = await store.sequence(tx, sequence_id)
    if found is None:
        raise NotFound(f"There is no sequence {sequence_id} in this workspace.")
    return found


async def step_for(tx: Tx, enrollment: Enrollment, number: int | None = None) -> Step | None:
    """A step as this lead gets it, with its arm's variant; without a number the next one.

    None: the sequence has no such step.
    """
    steps = (await sequence(tx, enrollment.sequence_id)).steps
    step = sequence_rules.step_of(steps, number or enrollment.next_step)
    return None if step is None else sequence_rules.resolved(step, enrollment.arms)


async def advance(  # noqa: PLR0913 - what the sender knows of a sent step, nothing less
    tx: Tx,
    enrollment_id: EnrollmentId,
    step: int,
    message_id: str,
    sent_subject: str,
    sent_at: datetime,
) -> Enrollment:
    """Record that a step was sent: the next one falls due, or the enrollment is finished.

    The same message twice changes nothing. A mail that was on the wire when its enrollment stopped
    is added to the thread, and the enrollment stays stopped; one that paused stays paused, and one
    that a reply led on meanwhile goes on where it was led.

    Raises:
        NotFound: there is no such enrollment.
        Conflict: another step than the next one was sent.
        IllegalTransition: the enrollment is finished.
    """
    before = await found(tx, enrollment_id, lock=True)
    if message_id in before.thread_message_ids:
        return before
    thread: dict[str, object] = {
        "thread_message_ids": (*before.thread_message_ids, message_id),
        "thread_subject": before.thread_subject or sent_subject,
    }
    return await _moved_on(tx, before, SentStep(number=step, at=sent_at), thread)


async def step_done(
    tx: Tx,
    enrollment_id: EnrollmentId,
    step: int,
    done_at: datetime,
    *,
    is_skipped: bool = False,
) -> Enrollment:
    """Record that a step which is no mail was done, or skipped; like `advance`, without a thread.

    The same step twice changes nothing.

    Raises:
        NotFound, Conflict, IllegalTransition: as for `advance`.
    """
    before = await found(tx, enrollment_id, lock=True)
    if before.steps_sent_of(step) is not None:
        return before
    done = SentStep(number=step, at=done_at, is_skipped=is_skipped)
    return await _moved_on(tx, before, done, {})


async def _moved_on(
    tx: Tx, before: Enrollment, done: SentStep, thread: dict[str, object]
) -> Enrollment:
    steps = (await sequence(tx, before.sequence_id)).steps
    following = sequence_rules.after(steps, done.number)
    if done.number < before.next_step and before.steps_sent_of(done.number) is None:
        return await _late(tx, before, done, thread)
    status = after(before.status, Event.SENT if following else Event.LAST_SENT)
    if done.number != before.next_step:
        raise Conflict(
            f"Step {done.number} of the enrollment {before.id} was sent, but step "
            f"{before.next_step} is next: somebody else was first."
        )
    due_at = None
    if following is not None and status in (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED):
        due_at = await due_after(tx, before, done.at, following)
        if status is EnrollmentStatus.PAUSED and before.due_at is not None:
            due_at = max(due_at, before.due_at)
    changed = before.model_copy(
        update={
            **thread,
            "status": status,
            "next_step": following.number if following else done.number + 1,
            "next_channel": StepChannel(following.channel) if following else StepChannel.EMAIL,
            "due_at": due_at,
            "steps_sent": (*before.steps_sent, done),
        }
    )
    return await _save_sent(tx, before, changed, done.number)


async def _late(
    tx: Tx, before: Enrollment, done: SentStep, thread: dict[str, object]
) -> Enrollment:
    """A step that was at the wire while a reply led the sequence past it."""
    sent = sorted((*before.steps_sent, done), key=lambda one: one.number)
    changed = before.model_copy(update={**thread, "steps_sent": tuple(sent)})
    return await _save_sent(tx, before, changed, done.number)


async def _save_sent(tx: Tx, before: Enrollment, changed: Enrollment, step: int) -> Enrollment:
    saved = await store_enrol.sent(tx, before, changed)
    if saved is None:
        raise Conflict(f"The enrollment {before.id} was changed by somebody else: try again.")
    body = {"step": step, "status": str(saved.status)}
    await record(tx, "campaigns.advance", f"enrollment:{before.id}", body)
    return saved


async def due_after(tx: Tx, enrollment: Enrollment, since: datetime, step: Step) -> datetime:
    """When a step is due, in business days of where the person is."""
    country = await country_of(tx, enrollment)
    return add_business_days(since, step.delay_business_days, country)


async def country_of(tx: Tx, enrollment: Enrollment) -> str | None:
    """The person's country, else the account's: whose holidays count."""
    contact = await prospects.contact(tx, enrollment.contact_id)
    return contact.country or (await prospects.account(tx, enrollment.account_id)).country


async def stop(
    tx: Tx,
    enrollments: Sequence[EnrollmentId] = (),
    *,
    contact_id: ContactId | None = None,
    reason: StopReason,
) -> list[Enrollment]:
    """Stop enrollments by id, and all of a contact in every campaign; their open tasks are void.

    Twice is once; finished ones stay finished. Every answer is noted on all of them, and any other
    reason closes them for good.

    Returns:
        Those that this call stopped.
    """
    stopped = await store_enrol.stop(tx, enrollments, contact_id, reason)
    for one in stopped:
        body = {"reason": str(reason)}
        await record(tx, "campaigns.stop", f"enrollment:{one.id}", body)
    await store_tasks.void(tx, [one.id for one in stopped], f"its sequence stopped: {reason}")
    return stopped


async def found(tx: Tx, enrollment_id: EnrollmentId, *, lock: bool) -> Enrollment:
    """The enrollment, on request locked until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    enrollment = await store_enrol.find(tx, enrollment_id, lock=lock)
    if enrollment is None:
        raise _none(enrollment_id)
    return enrollment


def _none(enrollment_id: EnrollmentId) -> NotFound:
    return NotFound(f"There is no enrollment {enrollment_id} in this workspace.")
