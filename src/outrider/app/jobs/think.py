"""Let an agent of the fleet think about a task, under the agents' own login; answer its requests.

In: the agent's name, an assignment. Out: how each run of the chain ended. Never: the app's login for
a run; more hand-offs in one chain than three.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from outrider.agents import overrides, request, schedule, settle
from outrider.agents.carry_out import Carried, carry_out
from outrider.agents.desk import Brain
from outrider.agents.ports import Env
from outrider.agents.types import Assignment, Progress, RequestId, RunReport, ToolRequest, Verdict
from outrider.app.mcp.tools import tools_of, with_attached
from outrider.app.slack.answers import not_in_a_dry_run
from outrider.app.slack.soon import ask_soon
from outrider.app.wiring import Outrider
from outrider.kernel import tracing
from outrider.kernel.asking import Task
from outrider.kernel.database.connect import Role
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind, Tx
from outrider.kernel.errors import InvalidSetting

MOST_HAND_OFFS = 3


def brain(outrider: Outrider) -> Brain:
    """Models, tools and limits for runs that think.

    Raises:
        InvalidSetting: no model is configured; the sentence says how.
    """
    configured = outrider.thinking
    if configured is None:
        raise InvalidSetting(
            f"No model is configured, and without one only `outrider run sdr` works: write "
            f"{outrider.settings.home / 'models.toml'} (see docs/models.md)."
        )
    return Brain(
        configured.models, tools_of(outrider), configured.limits, routing=configured.routing
    )


async def think(
    outrider: Outrider,
    agent: str,
    assignment: Assignment,
    filings: Path | None = None,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> list[Carried]:
    """One run, and those that it hands the rest of the task to.

    Raises:
        NotFound: there is no such agent.
        Refused: it is switched off here.
        InvalidSetting: no model is configured, or one of them cannot be used.
        VendorUnavailable: no model answered.
    """
    minds = brain(outrider)
    if not outrider.settings.agent_dry_run:
        await settle.take_up(env_of(outrider, SYSTEM, Role.APP, None), minds.tools)
    done: list[Carried] = []
    name: str | None = agent
    while name is not None and len(done) <= MOST_HAND_OFFS:
        progress(Progress(stage=name, done=len(done), text="thinking"))
        async with outrider.begin()() as tx:
            spec = schedule.must_be_enabled(await overrides.spec_of(tx, name))
        spec = with_attached(outrider, spec)
        env = env_of(outrider, Actor(ActorKind.AGENT, name), Role.AGENT, filings)
        try:
            with tracing.run(name, spec.tier) as span:
                carried = await carry_out(spec, assignment, env, minds)
                span.tell(traced(carried.report))
        finally:
            async with outrider.begin()() as tx:
                await collect(outrider, tx)
        done.append(carried)
        name = carried.end.agent if carried.end.verdict is Verdict.HANDED_OFF else None
        assignment = carried.handed_on(assignment)
    return done


def traced(report: RunReport) -> dict[str, Any]:
    """What a trace tells of a run."""
    run = report.run
    return {
        tracing.RUN: str(run.id),
        tracing.RUN_STATUS: run.status.value,
        tracing.TOKENS: run.api_tokens_used,
        tracing.COST: float(run.cost_estimate),
    }


async def answer(
    outrider: Outrider, request_id: RequestId, person: Actor, *, is_approved: bool, note: str | None
) -> ToolRequest:
    """A person's word on a request; what is agreed to is done at once, under the app's login.

    Raises:
        Conflict: somebody answered before.
        NotFound: there is no such request.
        Refused: it is a yes, and every run here is a dry one.
    """
    async with outrider.begin(person)() as tx:
        if is_approved:
            not_in_a_dry_run(outrider, (await request.find(tx, request_id)).tool)
        settled = await settle.settle(tx, request_id, is_approved=is_approved, note=note)
        if outrider.has_slack:
            await ask_soon(tx, request_id)
    return await perform(outrider, settled) if is_approved else settled


async def perform(outrider: Outrider, asked: ToolRequest) -> ToolRequest:
    """Do what a person agreed to, under the app's login.

    Raises:
        Conflict: it is not approved, or somebody else does it.
        SwitchedOff: a kill switch is on; it stays approved.
    """
    async with outrider.begin()() as tx:
        spec = await overrides.spec_of(tx, asked.agent_name)
    env = env_of(outrider, SYSTEM, Role.APP, None)
    spec = with_attached(outrider, spec)
    done = await settle.perform(asked.id, env, spec, tools_of(outrider))
    if outrider.has_slack:
        async with outrider.begin()() as tx:
            await ask_soon(tx, asked.id)
    return done


async def collect(outrider: Outrider, tx: Tx) -> None:
    """Ask people about the calls that agents left for them, in Slack too where it is set up."""
    for one in await request.collect(tx):
        if outrider.has_slack:
            await ask_soon(tx, one.id)


def env_of(outrider: Outrider, actor: Actor, role: Role, filings: Path | None) -> Env:
    """The hands of a run."""
    return Env(
        begin=outrider.begin(actor, role),
        asking=outrider.asking(),
        objects=outrider.objects,
        unsubscribe_key=outrider.keys.key("unsubscribe"),
        public_url=outrider.settings.public_url,
        clock=outrider.clock,
        filings=outrider.filings(filings),
        is_dry_run=outrider.settings.agent_dry_run,
    )


def tasks() -> dict[str, Task[Any, Any]]:
    """Every task of the rooms that a run may have asked, by prompt id."""
    from outrider.drafts.review.judge import JUDGE_TASK
    from outrider.drafts.rewrite import REWRITE_TASK
    from outrider.drafts.write import WRITE_TASK

    return {task.prompt_id: task for task in (WRITE_TASK, REWRITE_TASK, JUDGE_TASK)}
