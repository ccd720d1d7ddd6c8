"""What an interrupted run knew, read back from its steps; pure, so that replay uses it as well.

In: the steps of a run, in order. Out: its conversation, and what was under way. Never: a guess: a
request without its answer is asked again, an answer that is there never is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from outrider.agents.message_types import (
    Message,
    ModelReply,
    Speaker,
    Text,
    messages_of,
    reply_of,
)
from outrider.agents.toolbox.seam import outcome_of
from outrider.agents.toolbox.types import CallStatus, Effect, Outcome, Tool
from outrider.agents.types import Step, StepKind, StepStatus


@dataclass
class Recalled:
    """Where a run stands."""

    messages: list[Message]
    new_from: int = 0
    last: ModelReply | None = None
    turns: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    open_steps: dict[str, Step] = field(default_factory=dict)
    done: dict[str, Outcome] = field(default_factory=dict)
    said: dict[str, Outcome] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    model_key: str | None = None
    chained: str = ""


def recall(steps: Sequence[Step], task: str, tools: Mapping[str, Tool]) -> Recalled:
    """The run after its last step that ended."""
    known = Recalled([Message(Speaker.USER, (Text(task),))])
    for step in steps:
        if step.kind is StepKind.MODEL and step.status is StepStatus.DONE:
            _read_reply(known, step)
        elif step.kind is StepKind.TOOL:
            _read_use(known, step, tools)
    return known


def _read_reply(known: Recalled, step: Step) -> None:
    assert step.output is not None
    reply = reply_of({k: step.output[k] for k in ("parts", "stop", "usage", "model")})
    new = messages_of(step.input["new"])
    _count_failures(known)
    known.messages = [*known.messages[: known.new_from], *new]
    known.messages.append(Message(Speaker.ASSISTANT, reply.parts or (Text("(nothing)"),)))
    known.new_from = len(known.messages)
    known.last, known.turns = reply, known.turns + 1
    known.model_key, known.chained = step.output.get("key"), step.input_sha256
    known.open_steps.clear()


def _count_failures(known: Recalled) -> None:
    """The uses of the reply before are over; those of the last one are counted by the loop."""
    for use in known.last.uses if known.last else ():
        if use.id in known.done:
            known.failures[use.name] += known.done[use.id].is_error
    known.done.clear()


def _read_use(known: Recalled, step: Step, tools: Mapping[str, Tool]) -> None:
    use = str(step.input["use"])
    if step.status is StepStatus.INTENDED:
        known.open_steps[use] = step
        return
    tool = tools.get(step.name)
    if step.output is None:
        return
    outcome = outcome_of(step.output, tool)
    known.outcomes.append(outcome)
    known.done[use] = outcome
    if tool and tool.effect is not Effect.READ and outcome.status is CallStatus.OK:
        known.said[f"{step.name} {step.input_sha256}"] = outcome
