"""Replay one run: read its records, and ask another model only where a person named one.

In: a run's id, perhaps a model and a prompt. Out: what would differ. Never: an effect, a row.
"""

from __future__ import annotations

from dataclasses import replace

from outrider.agents import read, roster
from outrider.agents.desk import Brain
from outrider.agents.replay import Otherwise, Replayed, Replaying, from_records, prompt_text
from outrider.agents.replay import replay as replay_records
from outrider.agents.types import RunId
from outrider.app.jobs.think import tasks
from outrider.app.mcp.tools import tools_of
from outrider.app.wiring import Outrider
from outrider.kernel.errors import InvalidInput, InvalidSetting


async def replay_run(
    outrider: Outrider, run_id: RunId, model: str | None, prompt: str | None
) -> Replayed:
    """Go through a run again.

    Raises:
        NotFound: there is no such run, or no such agent any more.
        InvalidInput: another prompt without a model that could read it.
        InvalidSetting: the model is not configured.
    """
    async with outrider.begin()() as tx:
        run = await read.run(tx, run_id)
        steps = await read.steps(tx, run_id)
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
    who = run.spec or roster.find(run.agent_name)
    return await replay_records(run, steps, who, tasks(), how)
