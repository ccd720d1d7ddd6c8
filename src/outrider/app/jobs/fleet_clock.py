"""The fleet works by itself: agents start at their times, and when a person asks for a run.

In: Outrider. Out: runs, or runs told as skipped with the reason. Never: two runs for one tick, a run
that a kill switch forbids, an agent whose times nobody switched on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from outrider.agents import lend, overrides, schedule
from outrider.agents.roster import SDR
from outrider.agents.schedule import Tick
from outrider.agents.types import (
    STANDING_TASK,
    AgentSpec,
    Assignment,
    Progress,
    RunRequest,
)
from outrider.app.jobs.rounds import Rounds
from outrider.app.jobs.run_agent import run_agent
from outrider.app.jobs.think import think
from outrider.app.slack.soon import tell_soon
from outrider.app.wiring import Outrider
from outrider.campaigns import create as campaigns
from outrider.campaigns.types import Campaign, CampaignId, CampaignStatus
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import DatabaseUnavailable, LostRace, OutriderError
from outrider.kernel.jobs import Job, register
from outrider.kernel.telemetry import get_logger

_AGAIN = (DatabaseUnavailable, LostRace, SQLAlchemyError, psycopg.Error, OSError)

CLOCK = Actor(ActorKind.JOB, "schedule")

_log = get_logger("agents")
_ROUNDS = Rounds(_log, "agents_not_started")


async def start_due(outrider: Outrider) -> list[Tick]:
    """Start every agent of this workspace whose time has come; end what dead programs left open."""
    for run in await lend.close_left(outrider.begin(CLOCK)):
        _log.warning("loan_left", run=str(run))
    async with outrider.begin(CLOCK)() as tx:
        found = await schedule.start_due(tx)
    for tick in found:
        _log.info(
            "agent_started", agent=tick.agent, due=tick.due_at.isoformat(), missed=tick.missed
        )
    return found


async def start_everywhere(outrider: Outrider) -> None:
    """The same in every workspace; what fails in one is logged and stops no other."""
    await _ROUNDS.everywhere(outrider, start_due)


async def start_forever(outrider: Outrider, every: timedelta) -> None:
    """`start_everywhere` every `every` until cancelled; a failure is logged."""
    await _ROUNDS.forever(outrider, start_everywhere, every)


@register(schedule.JOB)
async def tick_job(outrider: Outrider, job: Job) -> None:
    """One tick, or one run that a person asked for. A job that comes twice runs once.

    It is tried again when the database was away; what any other error ended is told and done with.
    """
    await run_tick(
        outrider, job.args["agent"], datetime.fromisoformat(job.args["due_at"]), job.args
    )


async def run_tick(
    outrider: Outrider, name: str, due_at: datetime, wanted: Mapping[str, Any]
) -> None:
    """Let an agent work once for this tick, unless it did; why it could not is kept."""
    async with outrider.begin(CLOCK)() as tx:
        spec = await overrides.spec_of(tx, name)
    if name == SDR.name and not wanted.get("task"):
        await _by_priorities(outrider, spec, due_at, wanted)
    else:
        await _thinking(outrider, spec, due_at, wanted)
    if outrider.has_slack:
        async with outrider.begin(CLOCK)() as tx:
            await tell_soon(tx, name, due_at.isoformat())


async def _by_priorities(
    outrider: Outrider, spec: AgentSpec, due_at: datetime, wanted: Mapping[str, Any]
) -> None:
    """The sdr works for one campaign after the other."""
    named = wanted.get("campaign")
    async with outrider.begin(CLOCK)() as tx:
        if named:
            chosen = [await campaigns.find(tx, named)]
        else:
            every = await campaigns.listing(tx)
            chosen = [one for one in every if one.status is CampaignStatus.ACTIVE]
        if not chosen:
            await schedule.skip(tx, spec, due_at, "no campaign is active")
    for campaign in chosen:
        await _for_campaign(outrider, spec, due_at, campaign, wanted)


async def _for_campaign(
    outrider: Outrider,
    spec: AgentSpec,
    due_at: datetime,
    campaign: Campaign,
    wanted: Mapping[str, Any],
) -> None:
    async with outrider.begin(CLOCK)() as tx:
        if await schedule.is_answered(tx, spec.name, due_at, campaign.id):
            return
    bounds = {key: wanted[key] for key in ("new_accounts", "mailbox") if key in wanted}
    request = RunRequest(campaign=str(campaign.id), due_at=due_at, **bounds)
    try:
        await run_agent(outrider, spec.name, request, None, _unwatched)
    except _AGAIN:
        raise
    except Exception as error:  # noqa: BLE001 - one campaign's trouble keeps no other waiting
        await _could_not(outrider, spec, due_at, error, campaign.id)


async def _thinking(
    outrider: Outrider, spec: AgentSpec, due_at: datetime, wanted: Mapping[str, Any]
) -> None:
    task = wanted.get("task") or spec.task
    assignment = Assignment(
        task=task,
        # The shipped plan is for the shipped task; other words need a plan of their own.
        plan=spec.plans if task == STANDING_TASK else (),
        due_at=due_at,
        is_dry_run=bool(wanted.get("is_dry_run")),
        campaign_id=wanted.get("campaign_id"),
    )
    try:
        # The first may carry on a run that was interrupted; then this tick's own is still to do.
        for _ in range(2):
            async with outrider.begin(CLOCK)() as tx:
                if await schedule.is_answered(tx, spec.name, due_at, assignment.campaign_id):
                    return
            await think(outrider, spec.name, assignment)
    except _AGAIN:
        raise
    except Exception as error:  # noqa: BLE001 - it is told with the tick
        await _could_not(outrider, spec, due_at, error, assignment.campaign_id)


async def _could_not(
    outrider: Outrider,
    spec: AgentSpec,
    due_at: datetime,
    error: Exception,
    campaign: CampaignId | None,
) -> None:
    """A run that began is told as failed by itself; one that could not begin is told here."""
    is_foreseen = isinstance(error, OutriderError)
    reason = (
        str(error) if is_foreseen else f"something unforeseen happened ({type(error).__name__})"
    )
    async with outrider.begin(CLOCK)() as tx:
        await schedule.skip(tx, spec, due_at, reason.rstrip("."), campaign)
    _log.warning(
        "agent_did_not_work",
        agent=spec.name,
        reason=type(error).__name__,
        exc_info=None if is_foreseen else error,
    )


def _unwatched(progress: Progress) -> None:
    """Nobody looks at a run that began by itself; its steps tell."""
