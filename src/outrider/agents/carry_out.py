"""Let an agent work on a task by thinking: observe, plan, act, reflect, all on the record.

In: an agent, an assignment, hands and a brain. Out: a report. Never: two runs of one agent and key
at a time, a paid call repeated after a crash, a send, an approval, a switch.

A run that was interrupted is carried on in its own row, from its steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from outrider.agents import lead, store, store_line, summary
from outrider.agents.desk import Brain, LiveDesk
from outrider.agents.journal import Journal
from outrider.agents.loop import CONTROL_OFFERS, End, Loop
from outrider.agents.message_types import Message, Speaker, Text
from outrider.agents.ports import Env
from outrider.agents.prompt import system_for
from outrider.agents.recall import Recalled, recall
from outrider.agents.routing import route
from outrider.agents.steps import sentence
from outrider.agents.store_line import Line
from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.provenance import Trust
from outrider.agents.types import (
    Action,
    ActionKind,
    AgentSpec,
    Assignment,
    Run,
    RunId,
    RunReport,
    RunStatus,
    Step,
    StepStatus,
    Verdict,
)
from outrider.kernel.asking import Tier
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import BudgetExceeded, SwitchedOff
from outrider.kernel.switches import halted

_NOT_ASKED = ("kind", "route")
LOOP = "loop"
"""The kind of request that says a run thinks for itself."""

INTERRUPTED = "interrupted: its process ended before the answer came"

_KIND_OF = {
    Verdict.DONE: ActionKind.FINISHED,
    Verdict.ESCALATED: ActionKind.ESCALATED,
    Verdict.HANDED_OFF: ActionKind.HANDED_OFF,
    Verdict.WAITING: ActionKind.STOPPED,
    Verdict.STOPPED: ActionKind.STOPPED,
}


@dataclass(frozen=True)
class Carried:
    """How it ended, and what the run hands back."""

    end: End
    report: RunReport
    has_read_strangers: bool = False
    """Whether what it says may be a stranger's wish."""

    def handed_on(self, assignment: Assignment) -> Assignment:
        """The rest of a task for the next agent; what a run that read strangers asks is its own wish."""
        before = assignment.asked_first or (assignment.task if self.has_read_strangers else "")
        update = {"task": self.end.text, "asked_first": before, "plan": (), "due_at": None}
        return assignment.model_copy(update=update)


@dataclass(frozen=True)
class Means:
    """What one run works with."""

    env: Env
    brain: Brain
    system: str
    line: Line


async def carry_out(spec: AgentSpec, assignment: Assignment, env: Env, brain: Brain) -> Carried:
    """Work on one assignment, or carry on the run of it that was interrupted.

    Raises:
        VendorUnavailable: no model answered; the run is told as failed and its steps are kept.
        InvalidSetting: the agent's text or its models cannot be used.
    """
    system = system_for(spec)
    async with env.begin() as tx:
        switch = await halted(tx, [("agent", spec.name)])
        # Taken after this transaction: whoever waits for the lock's connection may hold no other.
        name = f"{spec.name} {assignment.key}"
        lock, line = store_line.held(tx, name), store_line.line(tx, name, env.clock)
    async with lock as is_ours:
        if not is_ours or switch is not None:
            why = switch.sentence() if switch and is_ours else None
            return await _skipped(spec, assignment, env, why)
        means = Means(env, brain, system, line)
        run, steps = await _taken_up(spec, assignment, means)
        tier = Tier(run.request["route"]["tier"]) if run.request.get("route") else spec.tier
        return await _work(spec.model_copy(update={"tier": tier}), run, steps, means)


async def _taken_up(spec: AgentSpec, assignment: Assignment, by: Means) -> tuple[Run, list[Step]]:
    """The run that was interrupted with its steps, or a new one."""

    async def begun(tx: Tx) -> tuple[Run, list[Step]]:
        dead = await store.running_loop(tx, spec.name, assignment.key)
        if dead is None:
            run = await _new(tx, spec, assignment, by.brain)
            await store.add_run(tx, run, {})
            await record(tx, "agents.run", f"run:{run.id}", {"key": assignment.key})
            return run, []
        return dead, await store.steps(tx, dead.id)

    # Had the first been kept, the second finds its run as one that was interrupted.
    run, steps = await by.line.together(begun, begun)
    if any(step.status is StepStatus.INTENDED for step in steps):
        async with by.env.begin() as tx:
            await store.interrupt_models(tx, run.id, INTERRUPTED)
            steps = await store.steps(tx, run.id)
    return run, steps


async def _new(tx: Tx, spec: AgentSpec, assignment: Assignment, brain: Brain) -> Run:
    """A run with what earlier ones did for its lead, at the tier that this lead is worth."""
    if assignment.lead_id is None:
        return _fresh(tx, spec, assignment)
    known = await lead.figures(tx, assignment.lead_id)
    chosen = route(brain.routing, spec.name, known) if known else None
    past = await lead.past(tx, assignment.lead_id)
    if chosen is not None:
        spec = spec.model_copy(update={"tier": chosen.tier})
    fresh = _fresh(tx, spec, assignment.model_copy(update={"known": past}))
    if chosen is None:
        return fresh
    told = {**fresh.request, "route": chosen.model_dump(mode="json")}
    return fresh.model_copy(update={"request": told})


async def _work(spec: AgentSpec, run: Run, steps: Sequence[Step], by: Means) -> Carried:
    brain, line = by.brain, by.line
    run_id, assignment = run.id, _assignment_of(run)
    journal = Journal(by.env.begin, run_id, spec, assignment, brain.limits)
    journal.line = line
    has_foreign = any(brain.tools[n].is_foreign for n in spec.tools if n in brain.tools)
    trust = Trust(
        assignment.asked_first or assignment.task,
        plan=assignment.plan,
        # What earlier runs and agents tell may repeat what a stranger told them.
        reads_strangers=has_foreign or bool(assignment.asked_first or assignment.known),
    )
    desk = LiveDesk(Hands(by.env, spec, run_id, assignment), brain, journal, trust)
    known = recall(steps, assignment.told, brain.tools)
    loop = loop_for(spec, by.system, desk, brain, known)
    _take_up(desk, known)
    journal.go_on(steps)
    try:
        end = await loop.run()
    except (BudgetExceeded, SwitchedOff) as stop:
        end = End(Verdict.STOPPED, sentence(stop))
        if isinstance(stop, BudgetExceeded) and brain.limits.at_limit == "escalate":
            end = End(Verdict.ESCALATED, sentence(stop))
    except Exception as error:
        await _end(line, journal, "fail", desk.actions, sentence(error))
        raise
    action = Action(kind=_KIND_OF[end.verdict], priority=LOOP, text=_told(end))
    report = await _end(line, journal, "complete", [*desk.actions, action], None)
    return Carried(end, report, trust.has_read_strangers)


def loop_for(spec: AgentSpec, system: str, desk: Any, brain: Brain, known: Recalled) -> Loop:
    """The loop of an agent, as far as it is known."""
    models = brain.models.chain(spec.tier)
    offers = tuple(brain.tools[name].offer() for name in spec.tools if name in brain.tools)
    controls = [one for one in CONTROL_OFFERS if one.name != "hand_off" or spec.hands_to]
    return Loop(
        spec=spec,
        system=system,
        desk=desk,
        offers=(*offers, *controls),
        window=min(model.context_window for model in models),
        max_tokens=max(model.max_output for model in models),
        messages=known.messages,
        new_from=known.new_from,
        last=known.last,
        turns=known.turns,
        failures=known.failures,
    )


def first_message(task: str) -> Message:
    """What a run begins with."""
    return Message(Speaker.USER, (Text(task),))


def _take_up(desk: LiveDesk, known: Recalled) -> None:
    """Put the desk where the interrupted run left it."""
    desk.open_steps = dict(known.open_steps)
    desk.done = dict(known.done)
    desk.said = dict(known.said)
    desk.model_key, desk.chained = known.model_key, known.chained
    for outcome in known.outcomes:
        desk.trust.read(outcome)


def _told(end: End) -> str:
    return f"to {end.agent}: {end.text}" if end.agent else end.text


def _fresh(tx: Tx, spec: AgentSpec, assignment: Assignment) -> Run:
    return Run(
        id=RunId(tx.new_id()),
        agent_name=spec.name,
        campaign_id=assignment.campaign_id,
        status=RunStatus.RUNNING,
        request={"kind": LOOP, **assignment.model_dump(mode="json")},
        started_at=tx.now,
        spec=spec,
        due_at=assignment.due_at,
    )


def _assignment_of(run: Run) -> Assignment:
    """What a run was asked to do, read back from its row."""
    return Assignment.model_validate({k: v for k, v in run.request.items() if k not in _NOT_ASKED})


async def _skipped(spec: AgentSpec, assignment: Assignment, env: Env, why: str | None) -> Carried:
    """Keep a run that did nothing; without a reason it met another one."""
    async with env.begin() as tx:
        met = None if why else await store.running_loop(tx, spec.name, assignment.key)
        reason = why or f"another run of {spec.name} is going on"
        fresh = _fresh(tx, spec, assignment)
        report = await summary.skip(tx, fresh, {}, reason, met.id if met else None)
    return Carried(End(Verdict.STOPPED, reason), report)


async def _end(
    line: Line, journal: Journal, event: str, actions: list[Action], error: str | None
) -> RunReport:
    async def close(tx: Tx) -> RunReport:
        await journal.write_waiting(tx)
        return await summary.close(tx, journal.run_id, event, actions, error)

    async def again(tx: Tx) -> RunReport:
        ended = await store.run_by_id(tx, journal.run_id)
        if ended is not None and ended.status is not RunStatus.RUNNING:
            return RunReport(run=ended, summary=ended.summary or "")
        return await close(tx)

    return await line.together(close, again)
