"""A person says that a reply means something else: what its first class did is taken back.

In: an enrollment, one of its replies that has a class, what it means instead. Out: the enrollment
before and after, and what cannot be taken back. Never: a sequence that starts again unless the caller
asks for it by name, a closure lifted that an opt-out or a dead address made, a step unsent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from outrider.campaigns import enrol, heed, sequence_rules, store_enrol, store_tasks
from outrider.campaigns.states import Event, after
from outrider.campaigns.types import (
    Enrollment,
    EnrollmentId,
    EnrollmentStatus,
    Heard,
    ReplyClass,
    SentStep,
    Step,
    StopReason,
    Way,
)
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput
from outrider.prospects import consent

_UNDER_WAY = (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Meant:
    """What one reply means instead; `goes_on` lets a stopped sequence do what its step says of that."""

    reply_id: str
    reply_class: ReplyClass
    until: date | None = None
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction did."""

    old: Heard
    before: Enrollment
    after: Enrollment
    stopped: tuple[EnrollmentId, ...] = ()
    """Sequences of the person, in any campaign, that were under way until now."""
    reopened: int = 0
    """Sequences that only this reply had closed for good; they stay stopped."""
    why_not: str | None = None
    """Why the sequence did not go on though that was asked for."""
    is_held: bool = False
    """It would go on if that was asked for."""

    @property
    def is_moved(self) -> bool:
        """Whether what was planned for this sequence is planned no longer."""
        was_planned = self.before.status in _UNDER_WAY
        plans = [(one.status, one.next_step) for one in (self.before, self.after)]
        return was_planned and plans[0] != plans[1]

    @property
    def sent_since(self) -> tuple[SentStep, ...]:
        """Steps that reached the person because of the first class; nothing takes them back."""
        return tuple(
            one
            for one in self.before.steps_sent
            if one.number > self.old.after_step and not one.is_skipped
        )


@dataclass(frozen=True, slots=True)
class _Way:
    """Where the new class has the sequence, not saved."""

    enrollment: Enrollment
    why_not: str | None = None
    is_held: bool = False


async def correct(tx: Tx, enrollment_id: EnrollmentId, meant: Meant) -> Corrected:
    """Put another class in the place of the one that a reply was given, and follow it quietly.

    A sequence that is under way stops, pauses or goes where the new class leads. One that has
    stopped, paused or ended is not started again, unless `goes_on` asks for it and nothing stands
    against it. A meeting that was none closes the person's other sequences no longer. The same
    class again changes nothing.

    Raises:
        NotFound: there is no such enrollment.
        InvalidInput: nobody has said yet what this reply means.
    """
    contact_id = (await enrol.find(tx, enrollment_id)).contact_id
    await store_enrol.lock(tx, contact_id=contact_id)
    before = await enrol.find(tx, enrollment_id)
    old = next((one for one in before.heard if one.reply_id == meant.reply_id), None)
    if old is None:
        raise InvalidInput(
            "Nobody has said yet what this reply means: say it with outrider replies class."
        )
    if old.reply_class is meant.reply_class:
        return Corrected(old, before, before)
    stopped = await _restated(tx, before, old, meant.reply_class)
    reopened = await _reopened(tx, before, old)
    noted = await enrol.find(tx, enrollment_id)
    way = await _followed(tx, noted, old, meant)
    changed = way.enrollment
    if changed != noted:
        await store_enrol.save(tx, changed)
    if changed.status is EnrollmentStatus.STOPPED and noted.status in _UNDER_WAY:
        stopped.append(changed.id)
        await record(tx, "campaigns.stop", f"enrollment:{changed.id}", {"reason": "replied"})
    done = Corrected(
        old, before, changed, tuple(stopped), reopened, way.why_not, is_held=way.is_held
    )
    if done.is_moved:
        await store_tasks.void(tx, [changed.id], "the class of a reply was corrected")
    body = {"from": str(old.reply_class), "to": str(meant.reply_class)}
    body |= {"status": str(changed.status), "next_step": str(changed.next_step)}
    await record(tx, "campaigns.correct", f"enrollment:{enrollment_id}", body)
    return done


async def _restated(
    tx: Tx, before: Enrollment, old: Heard, reply_class: ReplyClass
) -> list[EnrollmentId]:
    """Note the class, and whether it is an answer at all; returns the sequences that this stopped."""
    new = old.model_copy(update={"reply_class": reply_class})
    answers = list(before.replies_at)
    was, is_now = sequence_rules.is_answer(old), sequence_rules.is_answer(new)
    known = sum(map(sequence_rules.is_answer, before.heard))
    if was and not is_now and answers:
        answers.remove(max((at for at in answers if at <= old.at), default=answers[-1]))
    heard = tuple(new if one is old else one for one in before.heard)
    changes = {"heard": heard, "replies_at": tuple(answers)}
    await store_enrol.restate(tx, before.model_copy(update=changes))
    reasons = []
    if is_now and not was and len(before.replies_at) <= known:
        reasons.append(StopReason.REPLIED)  # a person wrote what was taken for a machine's word
    if (final := sequence_rules.FINAL.get(reply_class)) is not None:
        reasons.append(final)
    stopped: list[EnrollmentId] = []
    for reason in reasons:
        found = await enrol.stop(tx, contact_id=before.contact_id, reason=reason)
        stopped += [one.id for one in found]
    return stopped


async def _reopened(tx: Tx, before: Enrollment, old: Heard) -> int:
    if sequence_rules.FINAL.get(old.reply_class) is not StopReason.MEETING:
        return 0
    may = await consent.may_write(tx, [before.contact_id], ever=True)
    if may[before.contact_id] is not None:
        return 0
    return len(await store_enrol.unclose(tx, before.contact_id, StopReason.MEETING))


async def _followed(tx: Tx, noted: Enrollment, old: Heard, meant: Meant) -> _Way:
    """What the new class makes of the sequence; one that has stopped goes on only when asked to."""
    if meant.reply_class in sequence_rules.FINAL:
        return _Way(noted)
    steps = (await enrol.sequence(tx, noted.sequence_id)).steps
    way = sequence_rules.way(steps, old.after_step, meant.reply_class)
    if noted.status in _UNDER_WAY:
        return await _quieter(tx, noted, way, meant, steps)
    if way is Way.STOP:
        return _Way(noted)
    why_not = await heed.why_no_further(tx, noted, steps)
    if why_not is not None or not meant.goes_on:
        return _Way(noted, why_not if meant.goes_on else None, is_held=why_not is None)
    if meant.reply_class is ReplyClass.OUT_OF_OFFICE:
        return _Way(await heed.paused(tx, noted, steps, meant.reply_class, meant.until))
    return _Way(await heed.led_on(tx, noted, meant.reply_class, meant.until))


async def _quieter(
    tx: Tx, noted: Enrollment, way: int | Way, meant: Meant, steps: tuple[Step, ...]
) -> _Way:
    """One under way: it may always stop or wait longer; a pause ends early only when asked for."""
    if way is Way.PAUSE:
        return _Way(await heed.paused(tx, noted, steps, meant.reply_class, meant.until))
    if noted.status is EnrollmentStatus.PAUSED and way is not Way.STOP and not meant.goes_on:
        return _Way(noted, is_held=True)
    if way is not Way.STOP:
        changed = await heed.led_on(tx, noted, meant.reply_class, meant.until)
        if changed != noted or way == noted.next_step:
            return _Way(changed)
    # The new class leads nowhere from here, so what the first one began ends.
    status = after(noted.status, Event.STOP)
    changes = {"status": status, "stop_reason": StopReason.REPLIED, "due_at": None}
    return _Way(noted.model_copy(update=changes))
