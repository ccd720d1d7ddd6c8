"""Many enrollments at once, one step on: what a sender records after a batch of mails.

In: steps that left. Out: the enrollments that moved. Never: a move that `enrol.advance` would refuse;
a step that is no longer the next one is passed over, for somebody stopped or moved its enrollment
while the mail was at the wire.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from outrider.campaigns import enrol, sequence_rules, store_onward
from outrider.campaigns.rules import add_business_days
from outrider.campaigns.states import Event, after
from outrider.campaigns.types import (
    Enrollment,
    EnrollmentId,
    EnrollmentStatus,
    SentStep,
    Step,
    StepChannel,
)
from outrider.kernel.audit.append_many import Happening, record_all
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import IllegalTransition
from outrider.prospects import clues
from outrider.prospects.clues_types import Clues
from outrider.prospects.types import ContactId

_ON_THE_WAY = (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Gone:
    """A step whose mail left."""

    enrollment_id: EnrollmentId
    step: int
    message_id: str
    """As the recipient sees it: the thread goes on from there."""
    subject: str


async def lock(tx: Tx, enrollment_ids: Sequence[EnrollmentId]) -> dict[EnrollmentId, Enrollment]:
    """These enrollments, held until the transaction ends; always in one order, against rings."""
    found = await store_onward.locked(tx, enrollment_ids)
    return {one.id: one for one in found}


async def advance_all(
    tx: Tx, held: Mapping[EnrollmentId, Enrollment], gone: Sequence[Gone]
) -> list[Enrollment]:
    """Record that these steps were sent: the next ones fall due, or enrollments are finished.

    What holds for one holds for each (`enrol.advance`): the same message twice changes nothing, and
    whoever stopped or paused stays so, with the mail added to the thread.

    Args:
        tx: the open transaction.
        held: their enrollments, from `lock` in this transaction.
        gone: what was sent, one step an enrollment.
    """
    ids = {one.sequence_id for one in held.values()}
    steps = {id_: (await enrol.sequence(tx, id_)).steps for id_ in sorted(ids)}
    places = await clues.of_contacts(tx, [one.contact_id for one in held.values()])
    moved: list[Enrollment] = []
    events: list[Happening] = []
    for one in gone:
        before = held.get(one.enrollment_id)
        if before is None:
            continue
        changed = _moved(before, one, steps[before.sequence_id], _Now(tx.now, places))
        if changed is None:
            continue
        moved.append(changed)
        body = {"step": one.step, "status": str(changed.status)}
        events.append(Happening("campaigns.advance", f"enrollment:{changed.id}", body))
    await store_onward.save(tx, moved)
    await record_all(tx, events)
    return moved


@dataclass(frozen=True, slots=True)
class _Now:
    """When the mails left, and where their readers are."""

    at: datetime
    places: Mapping[ContactId, Clues]

    def due(self, before: Enrollment, step: Step) -> datetime:
        """When a step is due by the business days of the person's country, else the account's."""
        place = self.places.get(before.contact_id, Clues())
        country = place.country or place.account_country
        due_at = add_business_days(self.at, step.delay_business_days, country)
        if before.status is EnrollmentStatus.PAUSED and before.due_at is not None:
            return max(due_at, before.due_at)
        return due_at


def _moved(before: Enrollment, gone: Gone, steps: Sequence[Step], now: _Now) -> Enrollment | None:
    """The enrollment after a step was sent; None when the step moves nothing."""
    if gone.message_id in before.thread_message_ids or gone.step != before.next_step:
        return None
    following = sequence_rules.after(steps, gone.step)
    try:
        status = after(before.status, Event.SENT if following else Event.LAST_SENT)
    except IllegalTransition:
        return None
    goes_on = following is not None and status in _ON_THE_WAY
    return before.model_copy(
        update={
            "status": status,
            "next_step": following.number if following else gone.step + 1,
            "next_channel": StepChannel(following.channel) if following else StepChannel.EMAIL,
            "due_at": now.due(before, following) if following and goes_on else None,
            "steps_sent": (*before.steps_sent, SentStep(number=gone.step, at=now.at)),
            "thread_message_ids": (*before.thread_message_ids, gone.message_id),
            "thread_subject": before.thread_subject or gone.subject,
        }
    )
