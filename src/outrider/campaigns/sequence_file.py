"""A sequence as people write it: TOML. Read, written, and an example.

In: text. Out: steps and pacing, or their text. Never: a file, a sequence that is stored.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from outrider.campaigns import sequence_rules
from outrider.campaigns.types import Arm, Experiment, Step
from outrider.kernel.errors import InvalidInput
from outrider.prospects import touch_rules

LONGEST = 200_000
"""Characters of a file."""

EXAMPLE = """\
# The steps of a campaign. Look at what a change would do with
# `outrider sequence set FILE --campaign NAME --preview`, then set it without --preview.
# It holds for whoever is enrolled from then on; --apply in-flight moves the others too.

[[steps]]
number = 1
purpose = "first_touch"

# Two variants of one step. Who gets which follows from the person alone and never changes.
# An arm may set purpose, template, angle and subject_style (question or statement).
[steps.experiment]
name = "subject_form"
arms = [
    { name = "statement", subject_style = "statement" },
    { name = "question", subject_style = "question" },
]

[[steps]]
number = 2
purpose = "follow_up"
delay = 3                     # business days after the step before, without the holidays there

# What a reply to this step means: the number of a later step, "stop" or "pause". Without a line a
# reply stops and an absence pauses until the return. meeting, opted_out and bounce always stop.
[steps.on]
objection = 5
not_now = "pause"

# Steps that are no mail become tasks: outrider tasks list. The template says what to do.
[[steps]]
number = 3
channel = "linkedin"
purpose = "follow_up"
delay = 2
template = "Ask {first_name} of {company} to connect; no pitch."

[[steps]]
number = 4
purpose = "break_up"
delay = 4
then = "end"                  # without it the next number follows

[[steps]]
number = 5
purpose = "follow_up"
delay = 1
then = "end"

# How closely touches may follow each other, whoever made them. Left out: the standard numbers.
[pacing]
person_touches = 1            # touches of one person, on any channel, in person_days
person_days = 2               # business days, like all days here
gap_days = 1                  # at least between two touches of one person
account_people = 3            # people of one account reached in account_days
account_touches = 6           # touches of all of them together in account_days
account_days = 5
"""


@dataclass(frozen=True)
class Written:
    """What a file says."""

    steps: tuple[Step, ...]
    pacing: dict[str, int] = field(default_factory=dict)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Arm(_Part):
    name: str
    purpose: str = ""
    template: str = ""
    angle: str = ""
    subject_style: str = ""


class _Experiment(_Part):
    name: str
    arms: list[_Arm]


class _Step(_Part):
    number: int
    channel: str = "email"
    purpose: str
    delay: int = 0
    template: str = ""
    angle: str = ""
    subject_style: str = ""
    then: int | str | None = None
    on: dict[str, int | str] = Field(default_factory=dict)
    experiment: _Experiment | None = None


class _File(_Part):
    steps: list[_Step] = Field(default_factory=list)
    pacing: dict[str, int] = Field(default_factory=dict)


def read(text: str) -> Written:
    """What a file says, checked.

    Raises:
        InvalidInput: it is no TOML, has a field that nobody knows, or makes no sequence.
    """
    if len(text) > LONGEST:
        raise InvalidInput(f"The sequence file has {len(text)} characters: {LONGEST} is the most.")
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(f"The sequence file is no TOML: {_line(error)}.") from None
    return of_values(values)


def of_values(values: Mapping[str, Any]) -> Written:
    """The same from values, as JSON has them.

    Raises:
        InvalidInput: as for `read`.
    """
    try:
        found = _File.model_validate(values)
    except ValidationError as error:
        raise InvalidInput(_told(error)) from None
    steps = sequence_rules.checked([_step(one) for one in found.steps])
    touch_rules.policy(found.pacing)
    return Written(steps, found.pacing)


def _step(one: _Step) -> Step:
    if one.number < 1:
        raise InvalidInput(f"A step has the number {one.number}: number them from 1.")
    if one.delay < 0:
        raise InvalidInput(
            f"Step {one.number} has a delay of {one.delay} business days: give 0 or more."
        )
    if isinstance(one.then, str) and one.then != "end":
        raise InvalidInput(
            f'Step {one.number} has then = {one.then!r}: give a later step\'s number or "end".'
        )
    if one.then == 0 and not isinstance(one.then, str):
        raise InvalidInput(f'Step {one.number} has then = 0: write "end" for the end.')
    test = one.experiment
    return Step(
        number=one.number,
        channel=one.channel,
        delay_business_days=one.delay,
        purpose=one.purpose,
        template=one.template,
        angle=one.angle,
        subject_style=one.subject_style,
        then=sequence_rules.ENDS if isinstance(one.then, str) else one.then,
        branches=one.on,
        experiment=Experiment(
            name=test.name, arms=tuple(Arm(**arm.model_dump()) for arm in test.arms)
        )
        if test
        else None,
    )


def write(steps: Sequence[Step], pacing: Mapping[str, int]) -> str:
    """A file that reads back as the same."""
    return "\n".join([*(_written(step) for step in steps), *_pacing(pacing)])


def _written(step: Step) -> str:
    lines = ["[[steps]]", f"number = {step.number}"]
    if step.channel != "email":
        lines.append(f"channel = {_text(step.channel)}")
    lines.append(f"purpose = {_text(step.purpose)}")
    lines.append(f"delay = {step.delay_business_days}")
    for name in ("template", "angle", "subject_style"):
        if getattr(step, name):
            lines.append(f"{name} = {_text(getattr(step, name))}")
    if step.then is not None:
        lines.append(f"then = {step.then or _text('end')}")
    if step.branches:
        lines += ["", "[steps.on]"]
        lines += [f"{name} = {_value(target)}" for name, target in step.branches.items()]
    if step.experiment:
        lines += ["", "[steps.experiment]", f"name = {_text(step.experiment.name)}", "arms = ["]
        lines += [f"    {{ {_arm(arm)} }}," for arm in step.experiment.arms]
        lines.append("]")
    return "\n".join([*lines, ""])


def _arm(arm: Arm) -> str:
    return ", ".join(
        f"{name} = {_text(value)}" for name, value in arm.model_dump().items() if value
    )


def _pacing(pacing: Mapping[str, int]) -> list[str]:
    lines = [f"{name} = {value}" for name, value in pacing.items()]
    return ["[pacing]", *lines, ""] if lines else []


def _value(target: int | str) -> str:
    return _text(target) if isinstance(target, str) else str(target)


def _text(value: str) -> str:
    # JSON's strings are TOML's, but for the one control character that JSON leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")


def _told(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(
        str(part + 1) if isinstance(part, int) else part
        for part in first["loc"]
        if part not in ("int", "str")
    )
    if first["type"] == "extra_forbidden":
        return f"The sequence has a field {place}, which nobody knows: take it out."
    given = str(first.get("input"))[:60]
    return f"The sequence has {place} = {given!r}: {first['msg'].lower()}."
