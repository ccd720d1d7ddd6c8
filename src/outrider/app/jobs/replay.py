"""Replay a run, or those of a day: read records, and ask another model only where a person named one.

In: a run's id or a day, perhaps a model and a prompt. Out: what would differ. Never: an effect, a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from outrider.agents import read, roster
from outrider.agents.desk import Brain
from outrider.agents.message_types import Usage
from outrider.agents.models import Price
from outrider.agents.replay import Otherwise, Replayed, Replaying, from_records, prompt_text
from outrider.agents.replay import replay as replay_records
from outrider.agents.types import Run, RunId, RunStatus, Step, StepKind, StepStatus
from outrider.app.jobs.think import tasks
from outrider.app.mcp.tools import tools_of
from outrider.app.wiring import Outrider
from outrider.kernel.errors import InvalidInput, InvalidSetting, OutriderError


async def replay_run(
    outrider: Outrider, run_id: RunId, model: str | None, prompt: str | None
) -> Replayed:
    """Go through a run again.

    Raises:
        NotFound: there is no such run, or no such agent any more.
        InvalidInput: another prompt without a model that could read it.
        InvalidSetting: the model is not configured.
    """
    how = _how(outrider, model, prompt)
    async with outrider.begin()() as tx:
        run = await read.run(tx, run_id)
        steps = await read.steps(tx, run_id)
    return await _again(run, steps, how)


@dataclass(frozen=True)
class Line:
    """What became of one run of a day."""

    run_id: RunId
    agent: str
    replayed: Replayed | None
    """None: it was not replayed."""
    why_not: str = ""


@dataclass(frozen=True)
class Day:
    """Which runs, and with what."""

    day: date
    """In UTC, as runs are listed."""
    agent: str | None = None
    model: str | None = None
    prompt: str | None = None
    at_most: Decimal = Decimal(1)
    """US dollars that another model may take for all of them together."""


async def replay_day(
    outrider: Outrider, wanted: Day, show: Callable[[int, int], None] = lambda done, of: None
) -> list[Line]:
    """Go through the runs of a day again, oldest first.

    Before a run is asked of another model, what its recorded tokens would cost there must fit into what is
    left of `at_most`; so the limit is passed by at most what one run takes beyond its record.

    Raises:
        InvalidInput: that day has no run; or another prompt without a model that could read it.
        InvalidSetting: the model is not configured.
    """
    how = _how(outrider, wanted.model, wanted.prompt)
    begins = datetime.combine(wanted.day, time(), UTC)
    async with outrider.begin()() as tx:
        runs = await read.runs_between(tx, begins, begins + timedelta(days=1), wanted.agent)
    if not runs:
        whose = f" of {wanted.agent}" if wanted.agent else ""
        raise InvalidInput(
            f"No run{whose} began on {wanted.day} (UTC): see `outrider runs list` for other days."
        )
    lines: list[Line] = []
    left = wanted.at_most
    for number, run in enumerate(runs):
        show(number, len(runs))
        async with outrider.begin()() as tx:
            steps = await read.steps(tx, run.id)
        line = await _line(run, steps, how, left)
        if line.replayed is not None:
            left -= line.replayed.cost_usd
        lines.append(line)
    show(len(runs), len(runs))
    return lines


async def _line(run: Run, steps: Sequence[Step], how: Replaying, left: Decimal) -> Line:
    other = how.otherwise.model
    expected = _expected(steps, other.price) if other else Decimal(0)
    if run.status is RunStatus.SKIPPED:
        return Line(run.id, run.agent_name, None, "it was skipped")
    if not any(step.status is StepStatus.DONE for step in steps):
        return Line(run.id, run.agent_name, None, "no step of it ended")
    if other and expected > left:
        why = f"it would take about ${expected:.4f}, and ${max(left, Decimal(0)):.4f} is left"
        return Line(run.id, run.agent_name, None, why)
    try:
        return Line(run.id, run.agent_name, await _again(run, steps, how))
    except OutriderError as error:
        return Line(run.id, run.agent_name, None, error.message)


def _expected(steps: Sequence[Step], price: Price) -> Decimal:
    """What the recorded tokens cost at this price; where they are one number, as output, the dearest."""
    asked = [step for step in steps if step.kind is StepKind.MODEL and step.output is not None]
    told = [(step.output or {}).get("usage") for step in asked]
    return sum(
        (
            price.of(Usage(**usage) if isinstance(usage, dict) else Usage(output=step.tokens))
            for step, usage in zip(asked, told, strict=True)
        ),
        Decimal(0),
    )


def _how(outrider: Outrider, model: str | None, prompt: str | None) -> Replaying:
    configured = outrider.thinking if model is not None else None
    if model is not None and configured is None:
        raise InvalidSetting(f"No models.toml is there, so the model {model!r} is not configured.")
    if prompt is not None and model is None:
        raise InvalidInput("A prompt is read by a model: name one with --model.")
    how = Replaying(Brain(from_records(outrider.clock), tools_of(outrider)))
    if model is not None and configured is not None:
        spec = configured.models.find(model)
        other = Otherwise(configured.models, spec, prompt and prompt_text(prompt))
        how = replace(how, brain=Brain(configured.models, tools_of(outrider)), otherwise=other)
    return how


async def _again(run: Run, steps: Sequence[Step], how: Replaying) -> Replayed:
    who = run.spec or roster.find(run.agent_name)
    return await replay_records(run, steps, who, tasks(), how)
