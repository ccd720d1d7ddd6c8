"""Lend an agent's tools to a program outside, whose model does the thinking.

In: an agent, hands, calls of that program. Out: outcomes; a run with a step for each call.
Never: a call past the seam, a tool that spends or goes outside, two calls of one loan at a time; a
loan that stays open when its process is gone: it holds a lock that the server lets go of then.

Nobody here knows what that program has read. So a loan counts as one that has read strangers from
its beginning: what it wants to change goes to a person unless our own rows have said every word.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from outrider.agents import store, store_lent, store_line
from outrider.agents.budget import Limits
from outrider.agents.desk import Brain, LiveDesk
from outrider.agents.journal import Journal
from outrider.agents.message_types import ToolUse, storable
from outrider.agents.models import Models
from outrider.agents.ports import Begin, Env
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

GONE = "interrupted: its process ended before it gave the tools back"


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
    standing: AbstractAsyncContextManager[bool]
    """The lock that says that this process lives."""
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
            wanted = ToolUse(f"lent_{self.used}", storable(name), storable(given))
            (outcome,) = await self.desk.act([wanted])
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
    await close_left(env.begin)
    lent = spec.model_copy(update={"tools": tuple(tools)})
    async with env.begin() as tx:
        run_id = RunId(tx.new_id())
        standing = store_line.held(tx, _name(run_id))
    # Before its row is there: whoever finds a row without its lock takes the process for dead.
    await standing.__aenter__()
    try:
        await _open(env, lent, run_id, borrower)
    except BaseException:
        await standing.__aexit__(None, None, None)
        raise
    assignment = Assignment(task=TASK)
    journal = Journal(env.begin, run_id, lent, assignment, limits)
    trust = Trust("", reads_strangers=True)
    hands = Hands(env, lent, run_id, assignment)
    desk = LiveDesk(hands, Brain(_Elsewhere(), tools, limits), journal, trust)
    return Loan(env, tools, desk, journal, standing)


async def _open(env: Env, lent: AgentSpec, run_id: RunId, borrower: str) -> None:
    async with env.begin() as tx:
        run = Run(
            id=run_id,
            agent_name=lent.name,
            campaign_id=None,
            status=RunStatus.RUNNING,
            request={"kind": LENT, "borrower": borrower, "tools": list(lent.tools)},
            started_at=tx.now,
            spec=lent,
        )
        await store.add_run(tx, run, {})
        await record(tx, "agents.run", f"run:{run.id}", {"kind": LENT, "borrower": borrower})


async def take_back(loan: Loan) -> None:
    """End a loan; its run is complete."""
    try:
        async with loan.env.begin() as tx:
            await loan.journal.flush(tx)
            status = run_after(RunStatus.RUNNING, "complete")
            await store.end_run(tx, loan.run_id, status, loan.desk.actions, None)
            body = {"status": status.value, "calls": loan.used}
            await record(tx, "agents.run_ended", f"run:{loan.run_id}", body)
    finally:
        await loan.standing.__aexit__(None, None, None)


async def close_left(begin: Begin) -> list[RunId]:
    """End the loans of this workspace whose process is gone; those that live are let be."""
    async with begin() as tx:
        open_now = [
            (one, store_line.held(tx, _name(one))) for one in await store_lent.open_(tx, LENT)
        ]
    closed = []
    for run_id, lock in open_now:
        async with lock as is_free:
            if is_free and await _interrupted(begin, run_id):
                closed.append(run_id)
    return closed


async def _interrupted(begin: Begin, run_id: RunId) -> bool:
    async with begin() as tx:
        await store.interrupt_steps(tx, run_id, GONE)
        status = run_after(RunStatus.RUNNING, "interrupt")
        if not await store.end_run(tx, run_id, status, [], GONE):
            return False
        await record(tx, "agents.interrupted", f"run:{run_id}", {"kind": LENT})
        return True


def _name(run_id: RunId) -> str:
    return f"lent {run_id}"
