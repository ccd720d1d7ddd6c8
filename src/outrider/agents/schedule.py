"""Whose time has come: every scheduled agent of a workspace starts once for each tick.

In: the open transaction, the name of the job to start. Out: ticks, each a row and a job in one commit.
Never: a tick twice, however many processes look; one before a person switched the agent on; ten
runs for ten ticks that nobody was there for: the last of them stands for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from outrider.agents import overrides, store_fleet, summary
from outrider.agents.cron import last_tick, next_tick
from outrider.agents.overrides import Effective
from outrider.agents.types import AgentSpec, Run, RunId, RunStatus
from outrider.campaigns.types import CampaignId
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Refused
from outrider.kernel.jobs import defer

JOB = "agents.tick"


@dataclass(frozen=True)
class Tick:
    """One time of one agent."""

    agent: str
    due_at: datetime
    missed: int = 0
    """Earlier ticks that this one stands for."""


async def start_due(tx: Tx) -> list[Tick]:
    """Start every agent of this workspace whose time has come."""
    found = []
    for agent in await overrides.everybody(tx):
        if await _due(tx, agent) is not None:
            tick = await _start(tx, agent.spec.name)
            found += [tick] if tick else []
    return found


async def _start(tx: Tx, name: str) -> Tick | None:
    """Look again with the agent's lock in hand, and start it; None: somebody else was first."""
    await store_fleet.lock_agent(tx, name)
    tick = await _due(tx, await overrides.one(tx, name))
    if tick is None or not await store_fleet.add_tick(tx, name, tick.due_at, tick.missed):
        return None
    await defer(tx, JOB, args={"agent": name, "due_at": tick.due_at.isoformat()})
    return tick


async def ask(tx: Tx, name: str, wanted: Mapping[str, Any]) -> Tick:
    """Start an agent out of turn, for whoever asks; `wanted` goes with the job.

    Raises:
        NotFound: nobody of that name works here.
        Refused: the agent is switched off here.
    """
    spec = must_be_enabled(await overrides.spec_of(tx, name))
    at = tx.now
    # Two who ask at the same instant want two runs.
    while not await store_fleet.add_tick(tx, spec.name, at, asked_by=str(tx.actor)):
        at += timedelta(microseconds=1)
    await defer(tx, JOB, args={"agent": name, "due_at": at.isoformat(), **wanted})
    await record(tx, "agents.asked", f"agent:{name}", {"due_at": at.isoformat()})
    return Tick(name, at)


def must_be_enabled(spec: AgentSpec) -> AgentSpec:
    """The agent, unless this workspace switched it off.

    Raises:
        Refused: it did.
    """
    if not spec.is_enabled:
        raise Refused(
            f"The agent {spec.name} is switched off here: `outrider agents set {spec.name} "
            "--enabled on` lets it work."
        )
    return spec


async def is_answered(
    tx: Tx, agent: str, due_at: datetime, campaign: CampaignId | None = None
) -> bool:
    """Whether a run of this tick ended already: a job may come twice, its run may not."""
    return await store_fleet.is_answered(tx, agent, due_at, campaign)


async def skip(
    tx: Tx, spec: AgentSpec, due_at: datetime, reason: str, campaign: CampaignId | None = None
) -> None:
    """Keep a tick that could not become a run, with the reason."""
    if await store_fleet.is_answered(tx, spec.name, due_at, campaign):
        return
    fresh = Run(
        id=RunId(tx.new_id()),
        agent_name=spec.name,
        campaign_id=campaign,
        status=RunStatus.RUNNING,
        request={"kind": "tick"},
        started_at=tx.now,
        spec=spec,
        due_at=due_at,
    )
    await summary.skip(tx, fresh, {}, reason)


async def _due(tx: Tx, agent: Effective) -> Tick | None:
    """The tick to start now. One that a clock put back comes to again lies before the last."""
    spec, since = agent.spec, agent.scheduled_since
    if not (spec.is_enabled and spec.is_scheduled and spec.schedule and since):
        return None
    begun = await store_fleet.last_tick(tx, spec.name)
    after = max(since, begun) if begun else since
    found = last_tick(spec.schedule, spec.timezone, after, tx.now)
    return Tick(spec.name, *found) if found else None


def upcoming(spec: AgentSpec, now: datetime) -> datetime | None:
    """When the agent starts next by itself; None: never."""
    if not (spec.is_enabled and spec.is_scheduled):
        return None
    return next_tick(spec.schedule, spec.timezone, now)
