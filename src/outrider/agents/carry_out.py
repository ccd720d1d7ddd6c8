"""Let an agent work on a task by thinking: observe, plan, act, reflect, all on the record.

In: an agent, an assignment, hands and a brain. Out: a report. Never: two runs of one agent and key
at a time, a paid call repeated after a crash, a send, an approval, a switch.

A run that was interrupted is carried on in its own row, from its steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from outrider.agents import rules, store
from outrider.agents.desk import Brain, LiveDesk
from outrider.agents.journal import Journal
from outrider.agents.loop import CONTROL_OFFERS, End, Loop
from outrider.agents.message_types import Message, Speaker, Text
from outrider.agents.ports import Env
from outrider.agents.prompt import system_for
from outrider.agents.recall import Recalled, recall
from outrider.agents.states import run_after
from outrider.agents.steps import sentence
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
    Verdict,
)
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import BudgetExceeded, SwitchedOff
from outrider.kernel.switches import halted

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
        lock = store.held(tx, f"{spec.name} {assignment.key}")
    async with lock as is_ours:
        if not is_ours or switch is not None:
            going_on = f"another run of {spec.name} is going on"
            why = switch.sentence() if switch and is_ours else going_on
            return await _skipped(spec, assignment, env, why)
        async with env.begin() as tx:
            run, steps = _fresh(tx, spec, assignment), list[Step]()
            dead = await store.running_loop(tx, spec.name, assignment.key)
            if dead is not None:
                run, steps = dead, await store.steps(tx, dead.id)
                await store.interrupt_models(tx, dead.id, INTERRUPTED)
            else:
                await store.add_run(tx, run, {})
                await record(tx, "agents.run", f"run:{run.id}", {"key": assignment.key})
        return await _work(spec, run, steps, env, (brain, system))


async def _work(
    spec: AgentSpec, run: Run, steps: Sequence[Step], env: Env, by: tuple[Brain, str]
) -> Carried:
    brain, system = by
    run_id, assignment = run.id, _assignment_of(run)
    journal = Journal(env.begin, run_id, spec, assignment, brain.limits)
    has_foreign = any(brain.tools[n].is_foreign for n in spec.tools if n in brain.tools)
    trust = Trust(assignment.task, reads_strangers=has_foreign)
    desk = LiveDesk(Hands(env, spec, run_id, assignment), brain, journal, trust)
    known = recall(steps, assignment.task, brain.tools)
    loop = loop_for(spec, system, desk, brain, known)
    _take_up(desk, known)
    journal.go_on(steps)
    try:
        end = await loop.run()
    except (BudgetExceeded, SwitchedOff) as stop:
        end = End(Verdict.STOPPED, sentence(stop))
        if isinstance(stop, BudgetExceeded) and brain.limits.at_limit == "escalate":
            end = End(Verdict.ESCALATED, sentence(stop))
    except Exception as error:
        await _end(env, journal, "fail", desk.actions, sentence(error))
        raise
    action = Action(kind=_KIND_OF[end.verdict], priority=LOOP, text=_told(end))
    return Carried(end, await _end(env, journal, "complete", [*desk.actions, action], None))


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
    )


def _assignment_of(run: Run) -> Assignment:
    """What a run was asked to do, read back from its row."""
    return Assignment.model_validate({k: v for k, v in run.request.items() if k != "kind"})


async def _skipped(spec: AgentSpec, assignment: Assignment, env: Env, reason: str) -> Carried:
    async with env.begin() as tx:
        status = run_after(RunStatus.RUNNING, "skip")
        skipped = _fresh(tx, spec, assignment).model_copy(
            update={"status": status, "error": reason, "completed_at": tx.now}
        )
        await store.add_run(tx, skipped, {})
        await record(tx, "agents.skipped", f"run:{skipped.id}", {"reason": reason})
    report = RunReport(run=skipped, summary=rules.summary(skipped))
    return Carried(End(Verdict.STOPPED, reason), report)


async def _end(
    env: Env, journal: Journal, event: str, actions: list[Action], error: str | None
) -> RunReport:
    status = run_after(RunStatus.RUNNING, event)
    run_id = journal.run_id
    async with env.begin() as tx:
        await journal.flush(tx)
        await store.end_run(tx, run_id, status, actions, error)
        ended = await store.run_by_id(tx, run_id)
        assert ended is not None
        body = {"status": status.value, "actions": len(actions)}
        await record(tx, "agents.run_ended", f"run:{run_id}", body)
    return RunReport(run=ended, summary=rules.summary(ended))
