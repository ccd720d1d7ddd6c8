"""Lend an agent's tools to a program outside, whose model does the thinking.

In: an agent, hands, calls of that program. Out: outcomes; a run with a step for each call.
Never: a call past the seam, a tool that spends or goes outside, two calls of one loan at a time.

Nobody here knows what that program has read. So a loan counts as one that has read strangers from
its beginning: what it wants to change goes to a person unless our own rows have said every word.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from outrider.agents import store, store_lent
from outrider.agents.budget import Limits
from outrider.agents.desk import Brain, LiveDesk
from outrider.agents.journal import Journal
from outrider.agents.message_types import ToolUse
from outrider.agents.models import Models
from outrider.agents.ports import Env
from outrider.agents.states import run_after
from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.provenance import Trust
from outrider.agents.toolbox.types import Effect, Outcome, Tool
from outrider.agents.types import AgentSpec, Assignment, Run, RunId, RunStatus
from outrider.kernel.audit.append import record

LENT = "lent"
"""The kind of request that says somebody else thinks."""

TASK = "used by a program outside"
READING = frozenset({Effect.READ})
WRITING = READING | {Effect.DRAFT, Effect.CRM_WRITE}
"""Money and what leaves the house are never lent."""

SILENT_FOR = timedelta(hours=24)
"""A loan of which nothing was heard for so long is over; its process has died."""


class _Elsewhere(Models):
    """No model of ours thinks in a loan."""

    def __init__(self) -> None:
        """Nothing is configured, and nothing is asked."""


@dataclass
class Loan:
    """The tools that are lent, for as long as a program holds them."""

    env: Env
    tools: Mapping[str, Tool]
    desk: LiveDesk
    journal: Journal
    used: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def run_id(self) -> RunId:
        """The run that records it."""
        return self.journal.run_id

    async def use(self, name: str, given: Mapping[str, Any]) -> Outcome:
        """One call through the seam; its step is written before and after.

        Raises:
            DatabaseUnavailable: nothing can be recorded, so nothing is done.
        """
        async with self.lock:
            self.used += 1
            (outcome,) = await self.desk.act([ToolUse(f"lent_{self.used}", name, given)])
            async with self.env.begin() as tx:
                await self.journal.flush(tx)
        return outcome


def lendable(spec: AgentSpec, tools: Mapping[str, Tool], *, writes: bool) -> dict[str, Tool]:
    """What of an agent's tools may be lent: those that read, and with `writes` those that add."""
    effects = WRITING if writes else READING
    return {n: tools[n] for n in spec.tools if n in tools and tools[n].effect in effects}


async def lend(
    spec: AgentSpec, env: Env, tools: Mapping[str, Tool], limits: Limits, borrower: str
) -> Loan:
    """Open a loan of exactly these tools; `borrower` is who answers for it, as the log names him.

    Raises:
        DatabaseUnavailable: the run cannot be written.
    """
    lent = spec.model_copy(update={"tools": tuple(tools)})
    async with env.begin() as tx:
        await store_lent.end_silent(tx, LENT, tx.now - SILENT_FOR)
        run = Run(
            id=RunId(tx.new_id()),
            agent_name=lent.name,
            campaign_id=None,
            status=RunStatus.RUNNING,
            request={"kind": LENT, "borrower": borrower, "tools": list(lent.tools)},
            started_at=tx.now,
            spec=lent,
        )
        await store.add_run(tx, run, {})
        await record(tx, "agents.run", f"run:{run.id}", {"kind": LENT, "borrower": borrower})
    assignment = Assignment(task=TASK)
    journal = Journal(env.begin, run.id, lent, assignment, limits)
    trust = Trust("", reads_strangers=True)
    hands = Hands(env, lent, run.id, assignment)
    desk = LiveDesk(hands, Brain(_Elsewhere(), tools, limits), journal, trust)
    return Loan(env, tools, desk, journal)


async def take_back(loan: Loan) -> None:
    """End a loan; its run is complete."""
    async with loan.env.begin() as tx:
        await loan.journal.flush(tx)
        status = run_after(RunStatus.RUNNING, "complete")
        await store.end_run(tx, loan.run_id, status, loan.desk.actions, None)
        body = {"status": status.value, "calls": loan.used}
        await record(tx, "agents.run_ended", f"run:{loan.run_id}", body)
