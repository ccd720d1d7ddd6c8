"""Rules of a sequence: which one can be used, what follows a step, where a reply leads.

In: steps, classes of replies, enrollments. Out: steps, ways, moves. Never: a row, chance, the present.

A step leads only to later numbers, so no step can be sent twice and every sequence ends.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from outrider.campaigns.rules import add_business_days
from outrider.campaigns.types import (
    Arm,
    CampaignId,
    Enrollment,
    EnrollmentStatus,
    Experiment,
    Heard,
    ReplyClass,
    Step,
    StepChannel,
    StopReason,
    Way,
)
from outrider.kernel.errors import InvalidInput
from outrider.prospects.types import ContactId

MOST_STEPS = 20
LONGEST_DELAY = 120
"""Business days, half a year: whoever waits longer starts a new campaign."""
LONGEST_TEMPLATE = 2000
LONGEST_SMS = 480
"""Characters, three parts of an SMS: longer ones cost more and are read less."""
MOST_ARMS = 6
ENDS = 0
"""`then` of a step after which the sequence is over."""
AWAY_DAYS = 5
"""Business days of a pause when an absence names no return."""
NOT_NOW_DAYS = 60
"""Business days of a pause when "not now" names no time: a quarter."""

WAYS: Mapping[ReplyClass, Way] = {
    ReplyClass.INTERESTED: Way.STOP,
    ReplyClass.NOT_NOW: Way.STOP,
    ReplyClass.OBJECTION: Way.STOP,
    ReplyClass.MEETING: Way.STOP,
    ReplyClass.OPTED_OUT: Way.STOP,
    ReplyClass.BOUNCE: Way.STOP,
    ReplyClass.OUT_OF_OFFICE: Way.PAUSE,
}
"""What a class does where the step says nothing."""

FINAL: Mapping[ReplyClass, StopReason] = {
    ReplyClass.MEETING: StopReason.MEETING,
    ReplyClass.OPTED_OUT: StopReason.OPTED_OUT,
    ReplyClass.BOUNCE: StopReason.BOUNCED,
}
"""Classes after which no step of any campaign follows; a sequence cannot say otherwise."""

_MAY_PAUSE = frozenset({ReplyClass.NOT_NOW, ReplyClass.OUT_OF_OFFICE})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_STYLES = ("", "question", "statement")
_PLACES = frozenset({"first_name", "company"})


def checked(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps in order.

    Raises:
        InvalidInput: they cannot be used; the sentence says which step, and the way out.
    """
    if not steps:
        raise InvalidInput("The sequence has no steps: give at least one [[steps]].")
    if len(steps) > MOST_STEPS:
        raise InvalidInput(f"The sequence has {len(steps)} steps: give {MOST_STEPS} at most.")
    ordered = tuple(sorted(steps, key=lambda step: step.number))
    numbers = [step.number for step in ordered]
    if numbers != list(range(1, len(ordered) + 1)):
        raise InvalidInput(
            f"The steps are numbered {', '.join(map(str, numbers))}: number them 1 to "
            f"{len(ordered)} without a gap and each once."
        )
    for step in ordered:
        _check_step(step, len(ordered))
    _check_reach(ordered)
    _check_experiments(ordered)
    return ordered


def _check_step(step: Step, last: int) -> None:
    where = f"Step {step.number}"
    if step.channel not in tuple(StepChannel):
        raise InvalidInput(
            f"{where} has the channel {step.channel!r}: use {', '.join(StepChannel)}."
        )
    if not 0 <= step.delay_business_days <= LONGEST_DELAY:
        raise InvalidInput(
            f"{where} has a delay of {step.delay_business_days} business days: give 0 to "
            f"{LONGEST_DELAY}."
        )
    if step.then is not None and step.then != ENDS:
        _check_target(step, step.then, last, "then")
    for name, target in step.branches.items():
        _check_branch(step, name, target, last)
    _check_words(where, step.purpose, step.subject_style, step.angle)
    _check_template(where, StepChannel(step.channel), step.template)


def _check_target(step: Step, target: int, last: int, how: str) -> None:
    if not 1 <= target <= last:
        raise InvalidInput(
            f"Step {step.number} leads to step {target} ({how}), which is not there: the last step "
            f"is {last}."
        )
    if target <= step.number:
        raise InvalidInput(
            f"Step {step.number} leads back to step {target} ({how}), which would go round in a "
            "circle: lead to a later step."
        )


def _check_branch(step: Step, name: str, target: int | str, last: int) -> None:
    where = f"Step {step.number}"
    if name not in tuple(ReplyClass):
        raise InvalidInput(
            f"{where} branches on {name!r}, which is no class of replies: use "
            f"{', '.join(ReplyClass)}."
        )
    kind = ReplyClass(name)
    if isinstance(target, str) and target not in tuple(Way):
        raise InvalidInput(
            f"{where} does {target!r} on {name}: give the number of a later step, stop or pause."
        )
    if kind in FINAL and target != Way.STOP:
        raise InvalidInput(f"{where} goes on after {name}: that always stops; leave the line out.")
    if target == Way.PAUSE and kind not in _MAY_PAUSE:
        raise InvalidInput(
            f"{where} pauses on {name}: only {' and '.join(sorted(_MAY_PAUSE))} can pause; give "
            "stop or the number of a later step."
        )
    if kind is ReplyClass.OUT_OF_OFFICE and not isinstance(target, str):
        raise InvalidInput(
            f"{where} leads to step {target} on {name}: an absence is no answer; give pause or stop."
        )
    if not isinstance(target, str):
        _check_target(step, target, last, name)


def _check_words(where: str, purpose: str, style: str, angle: str) -> None:
    if not _NAME.fullmatch(purpose):
        raise InvalidInput(
            f"{where} has the purpose {purpose[:50]!r}: use small letters, digits and _, such as "
            "follow_up."
        )
    if angle and not _NAME.fullmatch(angle):
        raise InvalidInput(
            f"{where} has the angle {angle[:50]!r}: use small letters, digits and _, 40 at most."
        )
    if style not in _STYLES:
        raise InvalidInput(
            f"{where} has the subject style {style[:50]!r}: use question or statement, or leave it "
            "out."
        )


def _check_template(where: str, channel: StepChannel, template: str) -> None:
    longest = LONGEST_SMS if channel is StepChannel.SMS else LONGEST_TEMPLATE
    if len(template) > longest:
        raise InvalidInput(
            f"{where} has a template of {len(template)} characters: give {longest} at most."
        )
    if any(unicodedata.category(c) in ("Cc", "Cs") and c != "\n" for c in template):
        raise InvalidInput(f"{where} has a control character in its template: take it out.")
    if channel is not StepChannel.EMAIL and not template.strip():
        raise InvalidInput(f"{where} is by {channel} and has no template: say what shall be done.")
    for place in re.findall(r"\{([^{}]*)\}", template):
        if place not in _PLACES:
            raise InvalidInput(
                f"{where} has {{{place[:30]}}} in its template: use {{first_name}} or {{company}}."
            )


def _check_reach(steps: Sequence[Step]) -> None:
    """Every step can be reached from the first one."""
    reached = {1}
    for step in steps:
        if step.number not in reached:
            raise InvalidInput(
                f"Step {step.number} can never be reached: let a step before it lead to it, or take "
                "it out."
            )
        following = after(steps, step.number)
        reached |= {following.number} if following else set()
        reached |= {target for target in step.branches.values() if isinstance(target, int)}


def _check_experiments(steps: Sequence[Step]) -> None:
    seen: set[str] = set()
    for step in steps:
        test = step.experiment
        if test is None:
            continue
        where = f"The experiment {test.name[:50]!r} of step {step.number}"
        names = [arm.name for arm in test.arms]
        if not all(_NAME.fullmatch(name) for name in (test.name, *names)):
            raise InvalidInput(f"{where} has a name that is not small letters, digits and _.")
        if test.name in seen:
            raise InvalidInput(f"{where} has the name of another one: give each its own.")
        if not 2 <= len(names) <= MOST_ARMS or len(set(names)) != len(names):
            raise InvalidInput(f"{where} needs 2 to {MOST_ARMS} arms with different names.")
        seen.add(test.name)
        for arm in test.arms:
            _check_arm(f"{where}, arm {arm.name},", step, arm)


def _check_arm(where: str, step: Step, arm: Arm) -> None:
    _check_words(where, arm.purpose or step.purpose, arm.subject_style, arm.angle)
    _check_template(where, StepChannel(step.channel), arm.template or step.template)


def step_of(steps: Sequence[Step], number: int) -> Step | None:
    """The step of this number."""
    return next((step for step in steps if step.number == number), None)


def after(steps: Sequence[Step], number: int) -> Step | None:
    """The step that follows when nobody answers; None: the sequence is over."""
    step = step_of(steps, number)
    wanted = number + 1 if step is None or step.then is None else step.then
    return step_of(steps, wanted)


def way(steps: Sequence[Step], last_sent: int, reply_class: ReplyClass) -> int | Way:
    """Where a reply leads: a step's number, stop or pause. The last step sent decides."""
    if reply_class in FINAL:
        return Way.STOP
    step = step_of(steps, last_sent)
    target = step.branches.get(reply_class) if step else None
    if target is None:
        return WAYS[reply_class]
    return Way(target) if isinstance(target, str) else target


def is_answer(heard: Heard) -> bool:
    """Whether a person wrote it: an absence is a machine's word and a bounce a server's."""
    return heard.reply_class not in (ReplyClass.OUT_OF_OFFICE, ReplyClass.BOUNCE)


def why_no_further(enrollment: Enrollment, steps: Sequence[Step]) -> str | None:
    """Why the sequence must not go on after an answer; None: it may.

    It stays stopped while an answer is unread, and when any answer since the last step was one that
    stops: whoever said two things is a person's case.
    """
    if enrollment.closed_reason is not None:
        return f"the sequence is closed: {enrollment.closed_reason}"
    stopped = enrollment.status is EnrollmentStatus.STOPPED
    if stopped and enrollment.stop_reason is not StopReason.REPLIED:
        return f"the sequence was stopped: {enrollment.stop_reason}"
    answers = [one for one in enrollment.heard if is_answer(one)]
    if len(enrollment.replies_at) > len(answers):
        return "an answer has no class yet"
    since = [one for one in answers if one.after_step == enrollment.last_step]
    if any(way(steps, one.after_step, one.reply_class) is Way.STOP for one in since):
        return "another answer stops the sequence"
    return None


def resumes(now: datetime, until: date | None, days: int, country: str | None) -> datetime:
    """When a pause ends: a business day after the return, or so many from now when none is named.

    A return in the past counts as today.
    """
    if until is None:
        return add_business_days(now, days, country)
    back = max(datetime.combine(until, time(), tzinfo=now.tzinfo), _midnight(now))
    return add_business_days(back.replace(hour=now.hour, minute=now.minute), 1, country)


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def arm_of(campaign_id: CampaignId, contact_id: ContactId, experiment: Experiment) -> str:
    """The arm of a lead: by SHA-256 of lead, campaign and experiment, so it is the same for good."""
    told = f"{contact_id}/{campaign_id}/{experiment.name}"
    number = int.from_bytes(hashlib.sha256(told.encode()).digest()[:8], "big")
    return experiment.arms[number % len(experiment.arms)].name


def arms_of(
    campaign_id: CampaignId, contact_id: ContactId, steps: Sequence[Step], held: Mapping[str, str]
) -> dict[str, str]:
    """The arm of a lead in every experiment of the steps; one that it has already stays."""
    fresh = {
        step.experiment.name: arm_of(campaign_id, contact_id, step.experiment)
        for step in steps
        if step.experiment is not None
    }
    return {**fresh, **held}


def resolved(step: Step, arms: Mapping[str, str]) -> Step:
    """The step as this lead gets it: what its arm says stands in place of what the step says."""
    test = step.experiment
    arm = (
        next((one for one in test.arms if one.name == arms.get(test.name)), None) if test else None
    )
    if arm is None:
        return step
    said = arm.model_dump(exclude={"name"})
    return step.model_copy(update={name: value for name, value in said.items() if value})
