"""The record of what a run does, before and after each effect (decision 0015).

In: a run, its budget and switches. Out: rows of intents and results.
Never: an effect without its committed intent, a tool outside the allowlist, a cost over the budget.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from outrider.agents import store, store_steps
from outrider.agents.budget import Limits, Reserve, broken_limit, periods
from outrider.agents.message_types import storable
from outrider.agents.ports import Begin
from outrider.agents.states import step_after
from outrider.agents.types import (
    Action,
    AgentSpec,
    Ended,
    Phase,
    RunId,
    Step,
    StepId,
    StepKind,
    StepStatus,
)
from outrider.kernel import tracing
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import (
    BudgetExceeded,
    DatabaseUnavailable,
    NotAllowed,
    OutriderError,
    Refused,
    SwitchedOff,
)
from outrider.kernel.switches import halted

STOPS_THE_RUN = (SwitchedOff, BudgetExceeded, DatabaseUnavailable)
"""What no other account could escape; everything else is one account's trouble."""


@dataclass(frozen=True)
class Of:
    """Whom a step is about, and how its tier was chosen."""

    lead_id: UUID | None = None
    phase: Phase | None = None
    route: Mapping[str, Any] | None = None


@dataclass
class ToolCall:
    """A tool in use: its transaction, and the result that is kept with the effect."""

    tx: Tx
    step_id: StepId
    output: dict[str, Any] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)

    def said(self, action: Action) -> None:
        """Keep an action with the step, so that a run that dies can still be told."""
        self.actions.append(action)
        self.output["actions"] = [one.model_dump(mode="json") for one in self.actions]


class Recorder:
    """Writes the steps of one run and guards its bounds."""

    def __init__(
        self,
        begin: Begin,
        run_id: RunId,
        spec: AgentSpec,
        switches: tuple[tuple[str, str], ...],
        limits: Limits | None = None,
    ) -> None:
        """`switches` are the (scope, target) pairs that halt this run."""
        self._limits = limits or Limits()
        self.run_id = run_id
        self.spent_usd = Decimal(0)
        self._begin = begin
        self._spec = spec
        self._switches = switches
        self._number = 0

    async def intend(
        self,
        kind: StepKind,
        name: str,
        question: Mapping[str, Any],
        reserve_usd: Decimal = Decimal(0),
        of: Of | None = None,
    ) -> Step:
        """Commit the intent of a step.

        Raises:
            NotAllowed: the tool is not on the agent's list.
            SwitchedOff: a kill switch is on.
            BudgetExceeded: it would pass the run's budget, or one that all share.
            Refused: it would pass the lead's own.
        """
        if kind is StepKind.TOOL and name not in self._spec.tools:
            raise NotAllowed(f"The agent {self._spec.name} may not use the tool {name}.")
        if self.spent_usd + reserve_usd > self._spec.budget_usd:
            raise BudgetExceeded(
                f"The budget of this run (${self._spec.budget_usd}) does not cover {name}: "
                f"${self.spent_usd} is spent and ${reserve_usd} would be reserved."
            )
        async with self._begin() as tx:
            await self._check_switches(tx)
            await self._check_shared(tx, name, reserve_usd, of or Of())
            step = self._step(tx, kind, name, question, reserve_usd)
            if of is not None:
                told = {"lead_id": of.lead_id, "phase": of.phase, "route": of.route}
                step = step.model_copy(update=told)
            await store.add_step(tx, step)
        self._number += 1
        # Counted at once: parallel requests may not both rely on the same money.
        self.spent_usd += reserve_usd
        return step

    def _step(
        self, tx: Tx, kind: StepKind, name: str, question: Mapping[str, Any], reserve_usd: Decimal
    ) -> Step:
        return Step(
            id=StepId(tx.new_id()),
            run_id=self.run_id,
            number=self._number + 1,
            kind=kind,
            name=name,
            status=StepStatus.INTENDED,
            input_sha256=digest(question),
            input=dict(question),
            cost_reserved=reserve_usd,
            started_at=tx.now,
        )

    async def _check_switches(self, tx: Tx) -> None:
        switch = await halted(tx, self._switches)
        if switch is not None:
            raise SwitchedOff(f"The run stopped: {switch.sentence()}.")

    async def _check_shared(self, tx: Tx, name: str, reserve_usd: Decimal, of: Of) -> None:
        """The limits that other runs count against, under the lock that they take as well."""
        if not reserve_usd or not self._limits.are_shared:
            return
        await store_steps.lock_money(tx)
        spent = await store_steps.spent(tx, self.run_id, of.lead_id, of.phase, periods(tx.now))
        # How many tokens the answer takes is not known here; those that are used up forbid the next.
        reserve = Reserve(usd=reserve_usd, tokens=1)
        if of.lead_id is not None:
            own = self._limits.model_copy(update={"day_usd": None, "workspace_usd": None})
            over = broken_limit(own, spent, reserve, phase=of.phase, has_lead=True)
            if over is not None:  # one lead's trouble; the run goes on with the next
                raise Refused(f"{name} was not asked: {over}. A person has to look.")
        over = broken_limit(self._limits, spent, reserve, phase=None, has_lead=False)
        if over is not None:
            raise BudgetExceeded(f"{name} was not asked: {over}.")

    async def finish(self, step: Step, ended: Ended, tx: Tx | None = None) -> None:
        """Keep the result, in the transaction of its effect if there is one."""
        status = step_after(step.status, "finish")
        if tx is not None:
            await self._end(tx, step, status, ended)
        else:
            async with self._begin() as own:
                await self._end(own, step, status, ended)
        self.spent_usd += ended.cost_usd - step.cost_reserved

    async def fail(self, step: Step, error: BaseException) -> None:
        """Keep the failure. The reserved cost stays counted unless it is known what was charged."""
        ended = failed(error)
        async with self._begin() as tx:
            status = step_after(step.status, "fail")
            await self._end(tx, step, status, ended)
        if ended.is_settled:
            self.spent_usd += ended.cost_usd - step.cost_reserved

    async def _end(self, tx: Tx, step: Step, status: StepStatus, ended: Ended) -> None:
        """Close the row and tell the log: which tool or model, on what, at what cost."""
        await store.end_step(tx, step.id, status, ended)
        body = {
            "agent": self._spec.name,
            "step": step.number,
            "tool_name": step.name,
            "tool_input": step.input_sha256,
            "tool_output": digest(ended.output) if ended.output is not None else None,
            "model": ended.model,
            "lead_id": lead_of(step.input),
            "cost_tokens": ended.tokens,
            "cost_usd": str(ended.cost_usd),
            "latency_ms": round((tx.now - step.started_at).total_seconds() * 1000),
            "outcome": str(status),
            "error": ended.error,
        }
        told = {key: value for key, value in body.items() if value is not None}
        await record(tx, "agents.step", f"run:{self.run_id}", told)

    @asynccontextmanager
    async def tool(self, name: str, question: Mapping[str, Any]) -> AsyncIterator[ToolCall]:
        """Use a tool that works on our own rows: its effect and its result are one transaction."""
        step = await self.intend(StepKind.TOOL, name, question)
        try:
            with tracing.tool(name):
                async with self._begin() as tx:
                    call = ToolCall(tx, step.id)
                    yield call
                    await self.finish(step, Ended(output=call.output), tx)
        except Exception as error:
            await self.fail(step, error)
            raise


def lead_of(question: Mapping[str, Any]) -> str | None:
    """Whom a step is about: the enrollment, else the contact, else the account in its input."""
    for key in ("enrollment_id", "contact_id", "account_id"):
        if question.get(key):
            return str(question[key])
    recipient = question.get("recipient")
    return str(recipient["contact_id"]) if isinstance(recipient, Mapping) else None


def digest(question: Mapping[str, Any]) -> str:
    """SHA-256 over canonical JSON: the same question has the same digest in every run."""
    return hashlib.sha256(canonical(question).encode()).hexdigest()


def canonical(value: Mapping[str, Any]) -> str:
    """JSON that is the same text for the same value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def failed(error: BaseException) -> Ended:
    """A failure as its step keeps it, with what it cost where the error says so."""
    facts = error.facts if isinstance(error, OutriderError) else {}
    cost, tokens = facts.get("cost_usd"), facts.get("tokens")
    return Ended(
        error=sentence(error),
        tokens=tokens if isinstance(tokens, int) else 0,
        cost_usd=cost if isinstance(cost, Decimal) else Decimal(0),
        is_settled=isinstance(cost, Decimal),
    )


def sentence(error: BaseException) -> str:
    """An error as one line for the record."""
    words = " ".join(str(error).split()) or type(error).__name__
    return str(storable(words[:1000]))
