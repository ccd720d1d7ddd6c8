"""Many enrollments at once, one step on: what a sender records after a batch of mails.

In: steps that left. Out: the enrollments that moved. Never: a move that `enrol.advance` would refuse;
a step that is no longer the next one is passed over, for somebody stopped or moved its enrollment
while the mail was at the wire.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from outrider.campaigns import enrol, sequence_rules, store_onward
from outrider.campaigns.enrol_types import Gone, Held, Onward
from outrider.campaigns.rules import add_business_days
from outrider.campaigns.states import Event, after
from outrider.campaigns.types import EnrollmentId, EnrollmentStatus, Step, StepChannel
from outrider.kernel.audit.append_many import Happening, record_all
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import IllegalTransition
from outrider.prospects import clues
from outrider.prospects.clues_types import Clues
from outrider.prospects.types import ContactId

_ON_THE_WAY = (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)


async def lock(tx: Tx, enrollment_ids: Sequence[EnrollmentId]) -> dict[EnrollmentId, Held]:
    """These enrollments, held until the transaction ends; always in one order, against rings."""
    found = await store_onward.locked(tx, enrollment_ids)
    return {one.id: one for one in found}


async def advance_all(
    tx: Tx, held: Mapping[EnrollmentId, Held], gone: Sequence[Gone]
) -> list[EnrollmentId]:
    """Record that these steps were sent: the next ones fall due, or enrollments are finished.

    What holds for one holds for each (`enrol.advance`): the same message twice changes nothing, and
    whoever stopped or paused stays so, with the mail added to the thread.

    Args:
        tx: the open transaction.
        held: their enrollments, from `lock` in this transaction.
        gone: what was sent, one step an enrollment.

    Returns:
        Those that moved.
    """
    ids = {one.sequence_id for one in held.values()}
    steps = {id_: (await enrol.sequence(tx, id_)).steps for id_ in sorted(ids)}
    places = await clues.of_contacts(tx, [one.contact_id for one in held.values()])
    now = _Now(tx.now, places)
    several: list[Onward] = []
    for one in gone:
        before = held.get(one.enrollment_id)
        after_it = before and _onward(before, one, steps[before.sequence_id], now)
        if after_it:
            several.append(after_it)
    saved = await store_onward.save(tx, several)
    moved = [one for one in several if one.gone.enrollment_id in saved]
    events = [
        Happening(
            "campaigns.advance",
            f"enrollment:{one.gone.enrollment_id}",
            {"step": one.gone.step, "status": str(one.status)},
        )
        for one in moved
    ]
    await record_all(tx, events)
    return [one.gone.enrollment_id for one in moved]


@dataclass(frozen=True, slots=True)
class _Now:
    """When the mails left, and where their readers are."""

    at: datetime
    places: Mapping[ContactId, Clues]
    known: dict[tuple[int, str | None], datetime] = field(default_factory=dict)
    """When a pause of so many business days is over in a country."""

    def due(self, before: Held, step: Step) -> datetime:
        """When a step is due by the business days of the person's country, else the account's."""
        place = self.places.get(before.contact_id, Clues())
        pause = step.delay_business_days, place.country or place.account_country
        if pause not in self.known:
            self.known[pause] = add_business_days(self.at, *pause)
        due_at = self.known[pause]
        if before.status is EnrollmentStatus.PAUSED and before.due_at is not None:
            return max(due_at, before.due_at)
        return due_at


def _onward(before: Held, gone: Gone, steps: Sequence[Step], now: _Now) -> Onward | None:
    """The enrollment after a step was sent; None when the step moves nothing."""
    if gone.step != before.next_step:
        return None
    following = sequence_rules.after(steps, gone.step)
    try:
        status = after(before.status, Event.SENT if following else Event.LAST_SENT)
    except IllegalTransition:
        return None
    goes_on = following is not None and status in _ON_THE_WAY
    return Onward(
        gone,
        status,
        following.number if following else gone.step + 1,
        StepChannel(following.channel) if following else StepChannel.EMAIL,
        now.due(before, following) if following and goes_on else None,
    )
