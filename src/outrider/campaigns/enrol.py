"""Who is in which sequence: enrol, what is due, advance, stop.

In: contacts, and what happened to them. Out: enrollments. Never: a draft, a send, a second
enrollment of a contact in the same campaign.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from outrider.campaigns import create, store, store_enrol
from outrider.campaigns.rules import add_business_days
from outrider.campaigns.states import Event, after
from outrider.campaigns.types import (
    CampaignId,
    Enrollment,
    EnrollmentId,
    EnrollmentStatus,
    SequenceId,
    StopReason,
)
from outrider.campaigns.types import Sequence as Steps
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotFound
from outrider.prospects import read as prospects
from outrider.prospects.types import ContactId


async def enrol(
    tx: Tx, campaign_id: CampaignId, contacts: Sequence[ContactId], mailbox_id: UUID
) -> list[Enrollment]:
    """Put contacts into the newest sequence of a campaign, first step due now.

    A contact that was ever enrolled in the campaign is passed over, whatever came of it.

    Returns:
        The new enrollments only.

    Raises:
        NotFound: there is no such campaign, or no such contact.
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
    fresh = [
        Enrollment(
            id=EnrollmentId(tx.new_id()),
            campaign_id=campaign.id,
            sequence_id=sequence.id,
            account_id=known[contact_id].account_id,
            contact_id=contact_id,
            mailbox_id=mailbox_id,
            status=EnrollmentStatus.ACTIVE,
            next_step=1,
            due_at=tx.now,
        )
        for contact_id in wanted
    ]
    kept = await store_enrol.add(tx, fresh)
    for one in kept:
        body = {"campaign": str(campaign.id), "contact": str(one.contact_id)}
        await record(tx, "campaigns.enrol", f"enrollment:{one.id}", body)
    return kept


async def due(tx: Tx, campaign_id: CampaignId, limit: int) -> list[Enrollment]:
    """Active enrollments of an active campaign whose next step is due; follow-ups come first.

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
    return await _found(tx, enrollment_id, lock=False)


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
    is added to the thread, and the enrollment stays stopped.

    Raises:
        NotFound: there is no such enrollment.
        Conflict: another step than the next one was sent.
        IllegalTransition: the enrollment is finished.
    """
    before = await _found(tx, enrollment_id, lock=True)
    if message_id in before.thread_message_ids:
        return before
    steps = (await sequence(tx, before.sequence_id)).steps
    event = Event.LAST_SENT if step >= len(steps) else Event.SENT
    status = after(before.status, event)
    if step != before.next_step:
        raise Conflict(
            f"Step {step} of the enrollment {enrollment_id} was sent, but step {before.next_step} "
            "is next: somebody else was first."
        )
    following = next((one for one in steps if one.number == step + 1), None)
    goes_on = following is not None and status is EnrollmentStatus.ACTIVE
    changed = before.model_copy(
        update={
            "status": status,
            "next_step": step + 1,
            "due_at": add_business_days(sent_at, following.delay_business_days)
            if following is not None and goes_on
            else None,
            "thread_message_ids": (*before.thread_message_ids, message_id),
            "thread_subject": before.thread_subject or sent_subject,
        }
    )
    saved = await store_enrol.sent(tx, before, changed)
    if saved is None:
        raise Conflict(f"The enrollment {enrollment_id} was changed by somebody else: try again.")
    body = {"step": step, "status": str(status)}
    await record(tx, "campaigns.advance", f"enrollment:{enrollment_id}", body)
    return saved


async def stop(
    tx: Tx,
    enrollments: Sequence[EnrollmentId] = (),
    *,
    contact_id: ContactId | None = None,
    reason: StopReason,
) -> list[Enrollment]:
    """Stop enrollments by id, and all of a contact in every campaign.

    Twice is once; finished ones stay finished.

    Returns:
        Those that this call stopped.
    """
    stopped = await store_enrol.stop(tx, enrollments, contact_id, reason)
    for one in stopped:
        body = {"reason": str(reason)}
        await record(tx, "campaigns.stop", f"enrollment:{one.id}", body)
    return stopped


async def _found(tx: Tx, enrollment_id: EnrollmentId, *, lock: bool) -> Enrollment:
    found = await store_enrol.find(tx, enrollment_id, lock=lock)
    if found is None:
        raise NotFound(f"There is no enrollment {enrollment_id} in this workspace.")
    return found
