"""The steps of a thinking run: what ended and what comes next are one commit.

In: results of steps, intents of the next. Out: what the rows say at that moment: switches, answers
of people. Never: an effect before its intent is committed, a request over a limit, a lost result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from outrider.agents import store_steps
from outrider.agents.budget import Limits, Reserve, broken_limit, periods
from outrider.agents.ports import Begin
from outrider.agents.states import step_after
from outrider.agents.steps import digest, sentence
from outrider.agents.types import (
    AgentSpec,
    Assignment,
    Ended,
    RunId,
    Step,
    StepId,
    StepKind,
    StepStatus,
    ToolRequest,
)
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import BudgetExceeded, SwitchedOff


@dataclass(frozen=True)
class Intent:
    """A step that is about to be done."""

    kind: StepKind
    name: str
    input: Mapping[str, Any]
    reserve: Reserve = field(default_factory=Reserve)
    sha256: str = ""
    """Digest of the input; taken when empty."""


@dataclass(frozen=True)
class Result:
    """A step that ended, well or not."""

    step: Step
    ended: Ended

    @property
    def status(self) -> StepStatus:
        """Its state now."""
        return step_after(self.step.status, "fail" if self.ended.error else "finish")


@dataclass(frozen=True)
class Standing:
    """The steps that are written down now, and what the rows said in the same transaction."""

    steps: tuple[Step, ...]
    switch: str | None
    requests: Mapping[str, ToolRequest]
    """What people were asked, by `tool sha256`; the newest of each."""


class Journal:
    """Writes the steps of one run and guards its bounds."""

    def __init__(
        self, begin: Begin, run_id: RunId, spec: AgentSpec, assignment: Assignment, limits: Limits
    ) -> None:
        """A journal that begins at step 1; `go_on` sets it behind the steps that are there."""
        self.run_id = run_id
        self.spent_usd = Decimal(0)
        self._begin = begin
        self._spec = spec
        self._assignment = assignment
        self._limits = limits
        self._number = 0
        self._waiting: list[Result] = []

    def go_on(self, steps: Sequence[Step]) -> None:
        """Continue behind the steps of a run that was interrupted."""
        self._number = max((step.number for step in steps), default=0)
        self.spent_usd = sum(
            (s.cost if s.status is StepStatus.DONE else s.cost_reserved for s in steps), Decimal(0)
        )

    @property
    def left_usd(self) -> Decimal:
        """What the run may still spend."""
        return self._spec.budget_usd - self.spent_usd

    def ended(self, step: Step, ended: Ended) -> None:
        """Keep a result for the next commit; until then its intent stands and its reserve counts."""
        self._waiting.append(Result(step, ended))
        if not ended.error:
            self.spent_usd += ended.cost_usd - step.cost_reserved

    async def commit(self, intents: Sequence[Intent] = ()) -> Standing:
        """Write the results that wait, and the intents of what comes next.

        Raises:
            BudgetExceeded: a request does not fit; the results are written all the same.
            SwitchedOff: a kill switch is on and a model was to be asked; likewise.
        """
        waiting = tuple(self._waiting)
        tools = [intent for intent in intents if intent.kind is StepKind.TOOL]
        targets = self._targets([intent.name for intent in tools])
        async with self._begin() as tx:
            answers = store_steps.Answers(tx)
            async with answers.raw.pipeline():
                for result in waiting:
                    await self.write(tx, result.step, result.ended)
                switch = await store_steps.switch(answers, targets) if intents else None
                asked = await self._ask(answers, tools)
            halt = _sentence(await switch.fetchone()) if switch else None
            requests = [store_steps.request_of(r) for r in await asked.fetchall()] if asked else []
            refused = halt if halt and len(tools) < len(intents) else None
            over = None if refused else await self._over(tx, intents)
            steps = () if refused or over else await self._add(tx, intents)
        del self._waiting[: len(waiting)]
        if refused:
            raise SwitchedOff(f"The run stopped: {refused}.")
        if over:
            raise BudgetExceeded(f"The run of {self._spec.name} stopped: {over}.")
        self.spent_usd += sum((step.cost_reserved for step in steps), Decimal(0))
        return Standing(steps, halt, {f"{r.tool} {r.input_sha256}": r for r in requests})

    async def write(self, tx: Tx, step: Step, ended: Ended) -> None:
        """Close a step's row and tell the log, in the transaction of its effect."""
        status = Result(step, ended).status
        await store_steps.end(tx, step.id, status, ended)
        body = {
            "agent": self._spec.name,
            "step": step.number,
            "tool_name": step.name,
            "tool_input": step.input_sha256,
            "tool_output": digest(ended.output) if ended.output is not None else None,
            "model": ended.model,
            "lead_id": str(step.lead_id) if step.lead_id else None,
            "cost_tokens": ended.tokens,
            "cost_usd": str(ended.cost_usd),
            "latency_ms": round((tx.now - step.started_at).total_seconds() * 1000),
            "outcome": str(status),
            "error": ended.error,
        }
        told = {key: value for key, value in body.items() if value is not None}
        await record(tx, "agents.step", f"run:{self.run_id}", told)

    async def fail(self, step: Step, error: BaseException) -> None:
        """Keep a failure at once. The reserve stays counted: nobody knows what was charged."""
        async with self._begin() as tx:
            await self.write(tx, step, Ended(error=sentence(error)))

    def _targets(self, tools: Sequence[str]) -> list[tuple[str, str]]:
        found = [("agent", self._spec.name), *(("tool", name) for name in tools)]
        campaign = self._assignment.campaign_id
        return [*found, ("campaign", str(campaign))] if campaign else found

    async def _ask(self, answers: store_steps.Answers, tools: Sequence[Intent]) -> Any:
        if not tools:
            return None
        calls = [f"{tool.name} {tool.sha256 or digest(tool.input)}" for tool in tools]
        return await store_steps.requests(answers, self._spec.name, calls)

    async def _over(self, tx: Tx, intents: Sequence[Intent]) -> str | None:
        usd = sum((intent.reserve.usd for intent in intents), Decimal(0))
        tokens = sum(intent.reserve.tokens for intent in intents)
        if usd > self.left_usd:
            return (
                f"the budget of this run, ${self._spec.budget_usd}, does not cover it: "
                f"${self.spent_usd:f} is spent or set aside, and ${usd:f} would be reserved"
            )
        if not self._limits.are_shared or not (usd or tokens):
            return None
        await store_steps.lock_money(tx)
        lead, phase = self._assignment.lead_id, self._assignment.phase
        spent = await store_steps.spent(tx, self.run_id, lead, phase, periods(tx.now))
        reserve = Reserve(usd=usd, tokens=tokens)
        return broken_limit(self._limits, spent, reserve, phase=phase, has_lead=lead is not None)

    async def _add(self, tx: Tx, intents: Sequence[Intent]) -> tuple[Step, ...]:
        steps = []
        async with store_steps.Answers(tx).raw.pipeline():
            for intent in intents:
                self._number += 1
                step = self._step(tx, intent)
                await store_steps.add(tx, step)
                steps.append(step)
        return tuple(steps)

    def _step(self, tx: Tx, intent: Intent) -> Step:
        return Step(
            id=StepId(tx.new_id()),
            run_id=self.run_id,
            number=self._number,
            kind=intent.kind,
            name=intent.name,
            status=StepStatus.INTENDED,
            input_sha256=intent.sha256 or digest(intent.input),
            input=dict(intent.input),
            cost_reserved=intent.reserve.usd,
            started_at=tx.now,
            lead_id=self._assignment.lead_id,
            phase=self._assignment.phase,
        )


def _sentence(row: Mapping[str, Any] | None) -> str | None:
    if row is None:
        return None
    what = f"{row['scope']} {row['target']}".strip()
    return f"the {what} switch is on since {row['changed_at']:%Y-%m-%d %H:%M} UTC ({row['reason']})"
