"""A run once more, from its records: same loop, no effect, no row, no request unless a model is named.

In: the steps of a run. Out: what would be different. Never: a tool used, a step written; a model is
asked only where the caller says which.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from pydantic import BaseModel

from outrider.agents.answering import ModelAsking
from outrider.agents.carry_out import LOOP, first_message, loop_for
from outrider.agents.desk import Brain
from outrider.agents.loop import End
from outrider.agents.message_types import (
    Message,
    ModelReply,
    ModelRequest,
    ToolUse,
    message_json,
    part_json,
    reply_of,
)
from outrider.agents.models import Models, ModelSpec, Price, Vendor
from outrider.agents.prompt import system_for, text
from outrider.agents.recall import Recalled
from outrider.agents.steps import digest
from outrider.agents.toolbox.seam import outcome_of
from outrider.agents.toolbox.types import CallStatus, Outcome, Tool
from outrider.agents.types import AgentSpec, Run, Step, StepKind, StepStatus
from outrider.kernel.asking import Task, Tier
from outrider.kernel.clock import Clock
from outrider.kernel.errors import InvalidInput, OutriderError

REPLY_KEYS = ("parts", "stop", "usage", "model")


@dataclass(frozen=True)
class Difference:
    """One place where the replay went another way; `step` is the number in the record."""

    step: int
    what: str
    before: str
    after: str

    def lines(self) -> list[str]:
        """The difference, line by line."""
        found = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), "recorded", "replayed", lineterm=""
        )
        return list(found)


@dataclass
class Replayed:
    """What a replay found."""

    steps: int = 0
    """Model requests and tool uses that were gone through."""
    differences: list[Difference] = field(default_factory=list)
    end: End | None = None
    cost_usd: Decimal = Decimal(0)
    """What the other model took; from the records nothing."""
    cost_before_usd: Decimal = Decimal(0)

    @property
    def is_same(self) -> bool:
        """Whether nothing differed."""
        return not self.differences


@dataclass(frozen=True)
class Otherwise:
    """What is to be different: the model, the prompt, or both."""

    models: Models | None = None
    model: ModelSpec | None = None
    prompt: str | None = None
    """A prompt id, or the whole text of a system prompt."""


async def replay(
    run: Run, steps: Sequence[Step], spec: AgentSpec, tasks: Mapping[str, Any], how: Replaying
) -> Replayed:
    """Go through a run again.

    Args:
        run: the run as it is on record.
        steps: its steps, in order.
        spec: the agent that ran.
        tasks: the tasks of the rooms by prompt id, for runs that asked them.
        how: tools, models, and what is to be different.

    Raises:
        InvalidInput: the run has nothing that could be replayed.
    """
    done = [step for step in steps if step.status is StepStatus.DONE]
    found = Replayed(cost_before_usd=sum((s.cost for s in done), Decimal(0)))
    if run.request.get("kind") == LOOP:
        await _loop(run, done, spec, how, found)
    else:
        await _tasks(done, tasks, how.otherwise, found)
    if not found.steps:
        raise InvalidInput(f"The run {run.id} has no step that ended: there is nothing to replay.")
    return found


@dataclass(frozen=True)
class Replaying:
    """What a replay goes by."""

    brain: Brain
    otherwise: Otherwise = Otherwise()


async def _loop(
    run: Run, done: Sequence[Step], spec: AgentSpec, how: Replaying, found: Replayed
) -> None:
    known = run.request.get("known")
    task = "\n\n".join(str(one) for one in (run.request["task"], known) if one)
    system = _system(spec, how.otherwise.prompt)
    desk = RecordedDesk(list(done), how.brain.tools, how.otherwise, found)
    loop = loop_for(spec, system, desk, how.brain, Recalled([first_message(task)]))
    try:
        found.end = await loop.run()
    except Unrecorded as stop:
        if stop.difference is not None:
            found.differences.append(stop.difference)


def _system(spec: AgentSpec, prompt: str | None) -> str:
    if prompt is None:
        return system_for(spec)
    if "\n" in prompt or "@" not in prompt:
        return prompt
    return system_for(spec.model_copy(update={"prompt": prompt}))


class Unrecorded(Exception):
    """The replay came to where the record ends."""

    def __init__(self, difference: Difference | None = None) -> None:
        """`difference` is None where the run itself ended here, too."""
        super().__init__("the record ends here")
        self.difference = difference


@dataclass
class RecordedDesk:
    """Answers from the record; with another model, that one thinks and the record acts."""

    steps: list[Step]
    tools: Mapping[str, Tool]
    otherwise: Otherwise
    found: Replayed
    at: int = 0

    async def think(self, request: ModelRequest, new: Sequence[Message]) -> ModelReply:
        """The recorded reply, or another model's beside it."""
        step = self._next(StepKind.MODEL)
        self.found.steps += 1
        if self.otherwise.model is not None:
            return await self._asked(request, step)
        if step is None:
            raise Unrecorded()
        self._compare(step, "request", step.input["new"], [message_json(one) for one in new])
        assert step.output is not None
        return reply_of({key: step.output[key] for key in REPLY_KEYS})

    async def _asked(self, request: ModelRequest, step: Step | None) -> ModelReply:
        spec, models = self.otherwise.model, self.otherwise.models
        assert spec is not None
        assert models is not None
        reply = await models.complete(spec, request)
        self.found.cost_usd += spec.price.of(reply.usage)
        before = step.output["parts"] if step and step.output else []
        self._compare(step, "reply", _without_ids(before), _without_ids(_parts(reply)))
        return reply

    async def act(self, uses: Sequence[ToolUse]) -> list[Outcome]:
        """What the same uses came to on record; one that is not there is told, and not made."""
        return [self._use(use) for use in uses]

    def _use(self, use: ToolUse) -> Outcome:
        self.found.steps += 1
        index = self._recorded(use)
        if index is not None:
            self.at = max(self.at, index + 1)
            output = self.steps[index].output
            assert output is not None
            return outcome_of(output, self.tools.get(use.name))
        would = json.dumps({use.name: dict(use.input)}, ensure_ascii=False, default=str)
        self.found.differences.append(Difference(self._number(), "tool", "", f"would call {would}"))
        told = {"message": f"Not on record: {use.name} would be called; in a replay nothing is."}
        return Outcome(CallStatus.DRY_RUN, told)

    def _recorded(self, use: ToolUse) -> int | None:
        """Where the same use is on record: this very one, else the next like it, else the last."""
        sha256 = digest(use.input)
        alike = [
            index
            for index, step in enumerate(self.steps)
            if step.kind is StepKind.TOOL
            and (step.name, step.input_sha256) == (use.name, sha256)
            and step.output is not None
        ]
        same = [i for i in alike if self.steps[i].input.get("use") == use.id]
        later = [i for i in alike if i >= self.at]
        found = same if self.otherwise.model is None else []
        return next(iter(found or later or alike[-1:]), None)

    def _next(self, kind: StepKind) -> Step | None:
        while self.at < len(self.steps):
            step = self.steps[self.at]
            self.at += 1
            if step.kind is kind:
                return step
        return None

    def _number(self) -> int:
        return self.steps[min(self.at, len(self.steps)) - 1].number if self.steps else 0

    def _compare(self, step: Step | None, what: str, before: Any, after: Any) -> None:
        if before == after:
            return
        number = step.number if step else self._number()
        self.found.differences.append(Difference(number, what, _pretty(before), _pretty(after)))


async def _tasks(
    done: Sequence[Step], tasks: Mapping[str, Any], otherwise: Otherwise, found: Replayed
) -> None:
    """The tasks that a run asked, one by one: read again, or asked of another model."""
    for step in done:
        task = tasks.get(step.name)
        if step.kind is not StepKind.MODEL or task is None or step.output is None:
            continue
        found.steps += 1
        try:
            before = task.gives.model_validate(step.output).model_dump(mode="json")
            question = task.takes.model_validate(step.input)
        except ValueError as error:
            what = f"no longer what {step.name} takes and gives"
            found.differences.append(Difference(step.number, what, "", str(error)[:500]))
            continue
        after = await _answer(task, question, otherwise, found)
        if after is not None and after != before:
            found.differences.append(
                Difference(step.number, "answer", _pretty(before), _pretty(after))
            )


async def _answer(
    task: Task[Any, Any], question: BaseModel, otherwise: Otherwise, found: Replayed
) -> Any:
    """Another model's answer; None where the record is only read."""
    if otherwise.model is None or otherwise.models is None:
        return None
    asking = ModelAsking(otherwise.models.only(otherwise.model), prompt=otherwise.prompt)
    try:
        answer = await asking.ask(task, question)
    except OutriderError as error:
        return {"failed": error.message}
    found.cost_usd += answer.cost_usd
    return cast(BaseModel, answer.output).model_dump(mode="json")


def from_records(clock: Clock) -> Models:
    """Models that are never asked, for a replay that only reads the record."""
    nothing = Price(input=Decimal(0), output=Decimal(0))
    spec = ModelSpec(key="record", vendor=Vendor.OTHER, name="record", price=nothing)
    return Models([spec], {tier: ["record"] for tier in Tier}, {}, clock=clock)


def prompt_text(given: str) -> str:
    """The text of a prompt id; any other text as it is."""
    return text(given) if "@" in given and "\n" not in given else given


def _parts(reply: ModelReply) -> list[dict[str, Any]]:
    return [part_json(part) for part in reply.parts]


def _without_ids(parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in part.items() if key != "id"} for part in parts]


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True, default=str)
