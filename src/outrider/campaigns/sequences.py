"""Versions of a campaign's steps: set, looked at, and brought to those who are in flight.

In: steps, and for whom they hold. Out: versions, and for each enrollment what changes. Never: an
enrollment moved that nobody asked to move, a sent step changed, a version overwritten.

A new version holds for whoever is enrolled from then on. Those in flight move only when asked: what
was sent stays as it was, the number of the next step stays, its due time is counted again from the
last step sent, and whose next step is gone is finished.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from outrider.campaigns import enrol, sequence_rules, store, store_enrol, store_tasks
from outrider.campaigns.rules import add_business_days
from outrider.campaigns.states import Event, after
from outrider.campaigns.types import (
    Campaign,
    CampaignId,
    Enrollment,
    EnrollmentId,
    EnrollmentStatus,
    Frozen,
    SequenceId,
    Step,
    StepChannel,
)
from outrider.campaigns.types import Sequence as Steps
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput, NotFound
from outrider.prospects import touch_rules
from outrider.prospects.touch_rules import TouchPolicy
from outrider.prospects.types import ContactId

LONGEST_NOTE = 500


class Move(Frozen):
    """What a version changes for one enrollment in flight."""

    enrollment_id: EnrollmentId
    contact_id: ContactId
    status: EnrollmentStatus
    from_version: int
    step_now: Step | None
    step_then: Step | None
    """None: the next step is gone, and the enrollment is finished."""
    due_now: datetime | None
    due_then: datetime | None
    is_void: bool
    """What was written for the next step does not fit any more and must be taken back."""

    @property
    def is_same(self) -> bool:
        """Nothing that a person would notice changes."""
        return not self.is_void and self.due_now == self.due_then


class Adopted(Frozen):
    """A version in force, and who moved to it."""

    sequence: Steps
    is_new: bool
    moves: tuple[Move, ...] = ()


async def newest(tx: Tx, campaign: Campaign) -> Steps:
    """The version that holds for whoever is enrolled now.

    Raises:
        NotFound: the campaign has none.
    """
    found = await store.newest_sequence(tx, campaign.id)
    if found is None:
        raise NotFound(f"The campaign {campaign.name} has no sequence of steps.")
    return found


async def history(tx: Tx, campaign: Campaign) -> list[Steps]:
    """Every version, newest first."""
    return await store.sequences(tx, campaign.id)


async def standing(tx: Tx, campaign: Campaign) -> dict[tuple[SequenceId, str], int]:
    """How many enrollments each version has, by status."""
    return await store_enrol.counts(tx, campaign.id)


async def touch_policies(
    tx: Tx, enrollment_ids: Sequence[EnrollmentId]
) -> dict[EnrollmentId, TouchPolicy]:
    """How closely touches may follow each other for each enrollment; one query for a batch."""
    policies: dict[EnrollmentId, TouchPolicy] = {}
    for overrides, ids in await store_enrol.pacing(tx, enrollment_ids):
        policies |= dict.fromkeys(ids, touch_rules.policy(overrides))
    return policies


async def preview(
    tx: Tx, campaign: Campaign, steps: Sequence[Step], pacing: Mapping[str, int]
) -> list[Move]:
    """What moving everybody in flight to these steps would change; nothing is stored.

    Raises:
        InvalidInput: the steps or the pacing cannot be used.
    """
    planned = await _planned(tx, campaign.id, steps, pacing)
    return await _moves(tx, planned, lock=False)


async def adopt(  # noqa: PLR0913 - a version, and for whom
    tx: Tx,
    campaign: Campaign,
    steps: Sequence[Step],
    pacing: Mapping[str, int],
    *,
    in_flight: bool = False,
    note: str = "",
) -> Adopted:
    """Put steps in force as the next version; the same steps again are no new one.

    Args:
        tx: the open transaction.
        campaign: whose steps.
        steps: in any order.
        pacing: what differs from the table of `touch_rules`.
        in_flight: move those who are under way as well. The caller takes back their drafts of the
            steps that are void.
        note: what the change is for.

    Raises:
        InvalidInput: the steps, the pacing or the note cannot be used, or an experiment has other
            arms than before under its old name.
    """
    if len(note) > LONGEST_NOTE or not (note.isprintable() or not note):
        raise InvalidInput(
            f"The note has {len(note)} characters: give {LONGEST_NOTE} at most, in one line."
        )
    await store.lock_campaign(tx, campaign.id)
    planned = await _planned(tx, campaign.id, steps, pacing)
    before = await store.newest_sequence(tx, campaign.id)
    is_new = before is None or (before.steps, before.pacing) != (planned.steps, planned.pacing)
    held = planned.model_copy(update={"note": note.strip(), "made_by": str(tx.actor)})
    if is_new:
        await store.add_sequence(tx, held)
        body: dict[str, object] = {"sequence": str(held.id), "version": held.version}
        await record(tx, "campaigns.sequence", f"campaign:{campaign.id}", body)
    elif before is not None:
        held = before
    moves = await _apply(tx, held) if in_flight else []
    return Adopted(sequence=held, is_new=is_new, moves=tuple(moves))


async def _planned(
    tx: Tx, campaign_id: CampaignId, steps: Sequence[Step], pacing: Mapping[str, int]
) -> Steps:
    ordered = sequence_rules.checked(steps)
    touch_rules.policy(pacing)
    versions = await store.sequences(tx, campaign_id)
    _same_arms(ordered, versions)
    return Steps(
        id=SequenceId(tx.new_id()),
        campaign_id=campaign_id,
        version=1 + max((one.version for one in versions), default=0),
        steps=ordered,
        pacing=dict(pacing),
        created_at=tx.now,
    )


def _same_arms(steps: Sequence[Step], versions: Sequence[Steps]) -> None:
    """An experiment whose arms change would compare things that were never the same."""
    known = {
        step.experiment.name: step.experiment
        for version in versions
        for step in version.steps
        if step.experiment is not None
    }
    for step in steps:
        test = step.experiment
        if test is not None and known.get(test.name, test) != test:
            raise InvalidInput(
                f"The experiment {test.name} of step {step.number} had other arms before: give the "
                "new one another name, so that their results are not mixed."
            )


async def _moves(tx: Tx, to: Steps, *, lock: bool) -> list[Move]:
    moving = await store_enrol.under_way(tx, to.campaign_id, to.id, lock=lock)
    versions = {one.id: one for one in await store.sequences(tx, to.campaign_id)}
    return [await _move(tx, one, versions[one.sequence_id], to) for one in moving]


async def _move(tx: Tx, one: Enrollment, before: Steps, to: Steps) -> Move:
    arms = sequence_rules.arms_of(to.campaign_id, one.contact_id, to.steps, one.arms)
    now = sequence_rules.step_of(before.steps, one.next_step)
    then = sequence_rules.step_of(to.steps, one.next_step)
    now = sequence_rules.resolved(now, one.arms) if now else None
    then = sequence_rules.resolved(then, arms) if then else None
    return Move(
        enrollment_id=one.id,
        contact_id=one.contact_id,
        status=one.status,
        from_version=before.version,
        step_now=now,
        step_then=then,
        due_now=one.due_at,
        due_then=await _due(tx, one, now, then),
        is_void=now is None or then is None or _content(now) != _content(then),
    )


async def _due(tx: Tx, one: Enrollment, now: Step | None, then: Step | None) -> datetime | None:
    if then is None:
        return None
    is_same = now is not None and now.delay_business_days == then.delay_business_days
    if is_same or not one.steps_sent:
        return one.due_at
    country = await enrol.country_of(tx, one)
    due = add_business_days(one.steps_sent[-1].at, then.delay_business_days, country)
    is_paused = one.status is EnrollmentStatus.PAUSED and one.due_at is not None
    return max(due, one.due_at or due) if is_paused else due


def _content(step: Step) -> tuple[str, ...]:
    """What a draft or a task of the step rests on."""
    return (step.channel, step.purpose, step.template, step.angle, step.subject_style)


async def _apply(tx: Tx, to: Steps) -> list[Move]:
    moves = await _moves(tx, to, lock=True)
    found = await enrol.find_all(tx, [move.enrollment_id for move in moves])
    for move in moves:
        one = found[move.enrollment_id]
        arms = sequence_rules.arms_of(to.campaign_id, one.contact_id, to.steps, one.arms)
        update: dict[str, object] = {"sequence_id": to.id, "arms": arms, "due_at": move.due_then}
        if move.step_then is None:
            update["status"] = after(one.status, Event.STEP_GONE)
        else:
            update["next_channel"] = StepChannel(move.step_then.channel)
        await store_enrol.save(tx, one.model_copy(update=update))
        body: dict[str, object] = {"version": to.version, "is_void": move.is_void}
        await record(tx, "campaigns.move", f"enrollment:{one.id}", body)
    void = [move.enrollment_id for move in moves if move.is_void]
    await store_tasks.void(tx, void, f"its sequence is version {to.version} now")
    return moves
