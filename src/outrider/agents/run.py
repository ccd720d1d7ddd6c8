"""One run of an agent, on the record from its first step to its summary.

In: an agent's name, what it shall do, and its hands. Out: pending drafts and a report.
Never: two runs of one agent in one campaign at a time, a send, an approval, a run without a row.

A run that died is found by the next one, told as failed with what it had done, and nothing of it is
done twice: its enrollments and drafts are there, and the answers it paid for are used.
"""

from __future__ import annotations

from typing import Any

from outrider.agents import store, summary, turns
from outrider.agents.asking import RecordedAsking
from outrider.agents.ports import Env
from outrider.agents.priorities import PRIORITIES
from outrider.agents.roster import SDR, find
from outrider.agents.shift import Shift
from outrider.agents.states import run_after
from outrider.agents.steps import Recorder, sentence
from outrider.agents.types import (
    ActionKind,
    AgentSpec,
    Run,
    RunId,
    RunReport,
    RunRequest,
    RunStatus,
)
from outrider.campaigns import blueprint
from outrider.campaigns import create as campaigns
from outrider.campaigns.types import Blueprint, Campaign, CampaignStatus
from outrider.drafts import read as drafts
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import BudgetExceeded, InvalidInput, NotFound, Refused, SwitchedOff
from outrider.kernel.switches import halted
from outrider.sending.types import Mailbox

INTERRUPTED = "interrupted: its process ended before the run did"
PAGE = 500


async def run(
    agent: str, request: RunRequest, env: Env, spec: AgentSpec | None = None
) -> RunReport:
    """Let an agent work once; `spec` is what the workspace made of it.

    Raises:
        NotFound: there is no such agent, campaign or mailbox.
        InvalidInput: there are several mailboxes and none was named.
    """
    spec = spec or find(agent)
    if spec.name != SDR.name:
        raise InvalidInput(f"{spec.name} has no list of priorities: give it a task to think about.")
    async with env.begin() as tx:
        campaign = await campaigns.find(tx, request.campaign)
        boxes = await turns.mailboxes_for(tx, request, campaign)
        lock = store.held(tx, f"{spec.name} {campaign.id}")
    async with lock as is_ours:
        if not is_ours:
            return await _skip(spec, request, env, campaign, None)
        await _bury(env, spec, campaign)
        async with env.begin() as tx:
            why_not = await _why_not(tx, spec, campaign, boxes)
        if why_not is not None:
            return await _skip(spec, request, env, campaign, why_not)
        return await _work(spec, request, env, campaign, boxes)


async def _bury(env: Env, spec: AgentSpec, campaign: Campaign) -> None:
    """Close the rows of runs that died: whoever holds the lock knows that they are dead."""
    async with env.begin() as tx:
        for dead in await store.running(tx, spec.name, campaign.id):
            await store.interrupt_steps(tx, dead, INTERRUPTED)
            done = await store.actions_of_steps(tx, dead)
            status = run_after(RunStatus.RUNNING, "interrupt")
            await store.end_run(tx, dead, status, done, INTERRUPTED)
            await record(tx, "agents.interrupted", f"run:{dead}", {"actions": len(done)})


async def _why_not(
    tx: Tx, spec: AgentSpec, campaign: Campaign, boxes: tuple[Mailbox, ...]
) -> str | None:
    """Why there is nothing to do now."""
    switch = await halted(tx, _switches(spec, campaign, boxes))
    if switch is not None:
        return switch.sentence()
    if campaign.status is not CampaignStatus.ACTIVE:
        return f"the campaign {campaign.name} is {campaign.status.value}"
    return None


def _switches(
    spec: AgentSpec, campaign: Campaign, boxes: tuple[Mailbox, ...]
) -> tuple[tuple[str, str], ...]:
    """What halts a run; of several mailboxes one that is halted only misses its turn."""
    own = (("agent", spec.name), ("campaign", str(campaign.id)))
    return (*own, ("mailbox", str(boxes[0].id))) if len(boxes) == 1 else own


async def _skip(
    spec: AgentSpec, request: RunRequest, env: Env, campaign: Campaign, why_not: str | None
) -> RunReport:
    """Keep a run that did nothing; without a reason it met another one."""
    async with env.begin() as tx:
        reason, met = why_not, None
        if reason is None:
            reason = f"another run of {spec.name} for {campaign.name} is going on"
            met = next(iter(await store.running(tx, spec.name, campaign.id)), None)
        fresh = _fresh(tx, spec, request, campaign)
        return await summary.skip(tx, fresh, _briefing(request), reason, met)


def _fresh(tx: Tx, spec: AgentSpec, request: RunRequest, campaign: Campaign) -> Run:
    return Run(
        id=RunId(tx.new_id()),
        agent_name=spec.name,
        campaign_id=campaign.id,
        status=RunStatus.RUNNING,
        request=request.model_dump(mode="json", exclude={"briefing"}),
        started_at=tx.now,
        spec=spec,
        due_at=request.due_at,
    )


def _briefing(request: RunRequest) -> dict[str, Any]:
    return request.briefing.model_dump(mode="json")


async def _work(
    spec: AgentSpec, request: RunRequest, env: Env, campaign: Campaign, boxes: tuple[Mailbox, ...]
) -> RunReport:
    async with env.begin() as tx:
        fresh = _fresh(tx, spec, request, campaign)
        await store.add_run(tx, fresh, _briefing(request))
        await record(tx, "agents.run", f"run:{fresh.id}", {"campaign": str(campaign.id)})
        plan = await _blueprint(tx, campaign)
    recorder = Recorder(env.begin, fresh.id, spec, _switches(spec, campaign, boxes), env.bounds)
    shift = Shift(
        env=env,
        spec=spec,
        request=request,
        run_id=fresh.id,
        campaign=campaign,
        mailboxes=boxes,
        blueprint=plan,
        recorder=recorder,
        asking=RecordedAsking(env.asking, recorder, env.begin),
    )
    try:
        await _load_drafts(shift)
        await _work_through(shift)
    except Exception as error:
        await _end(shift, "fail", sentence(error))
        raise
    return await _end(shift, "complete", None)


async def _blueprint(tx: Tx, campaign: Campaign) -> Blueprint | None:
    try:
        return await blueprint.active(tx, campaign.id)
    except NotFound:
        return None


async def _load_drafts(shift: Shift) -> None:
    """What was written before, so that no step is written twice and no pitch repeated."""
    offset = 0
    while True:
        async with shift.env.begin() as tx:
            page = await drafts.listing(tx, None, shift.campaign.id, PAGE, offset)
        shift.remember(page)
        offset += len(page)
        if len(page) < PAGE:
            return


async def _work_through(shift: Shift) -> None:
    """Every priority in order; what forbids to go on is noted, and ends the run in good order."""
    for name, work in PRIORITIES:
        shift.priority = name
        shift.tell(0)
        try:
            await work(shift)
        except (SwitchedOff, BudgetExceeded, Refused) as stop:
            shift.act(ActionKind.STOPPED, sentence(stop))
            return


async def _end(shift: Shift, event: str, error: str | None) -> RunReport:
    async with shift.env.begin() as tx:
        return await summary.close(tx, shift.run_id, event, shift.actions, error)
