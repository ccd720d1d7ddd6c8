"""The steps of a thinking run: what ended and what comes next are one commit.

In: results of steps, intents of the next. Out: what the rows say at that moment: switches, answers
of people. Never: an effect before its intent is committed, a request over a limit, a lost result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from outrider.agents import store_context, store_steps
from outrider.agents.budget import Limits, Reserve, broken_limit, periods
from outrider.agents.ports import Begin
from outrider.agents.states import step_after
from outrider.agents.steps import canonical, digest, failed
from outrider.agents.store_line import Line
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
from outrider.kernel.audit.append import driver, record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import BudgetExceeded, SwitchedOff
from outrider.kernel.switches import halted


@dataclass(frozen=True)
class Intent:
    """A step that is about to be done."""

    kind: StepKind
    name: str
    input: Mapping[str, Any]
    reserve: Reserve = field(default_factory=Reserve)
    sha256: str = ""
    """Digest of the input; taken when empty."""
    fresh_for: timedelta = timedelta(0)
    """Of a tool: how long what it found holds for later runs."""
    may_need_a_person: bool = False
    """Of a tool: whether people may have been asked about this call."""
    over: str = ""
    """Of a tool: the limit that does not cover its cost; nothing is set aside for it then."""


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
    found: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What an earlier call gave that still holds, by `tool sha256`, as its step keeps it."""
    over: Mapping[StepId, str] = field(default_factory=dict)
    """The tools that no limit covers, each with that limit."""


class Journal:
    """Writes the steps of one run and guards its bounds."""

    def __init__(
        self, begin: Begin, run_id: RunId, spec: AgentSpec, assignment: Assignment, limits: Limits
    ) -> None:
        """A journal that begins at step 1; `go_on` sets it behind the steps that are there."""
        self.run_id = run_id
        self.spent_usd = Decimal(0)
        self._begin = begin
        self.spec = spec
        self.assignment = assignment
        self._limits = limits
        self._number = 0
        self._waiting: list[Result] = []
        self.line: Line | None = None
        """Where a run that holds its lock writes at less cost; None: through `begin`."""

    def go_on(self, steps: Sequence[Step]) -> None:
        """Continue behind the steps of a run that was interrupted."""
        self._number = max((step.number for step in steps), default=0)
        self.spent_usd = sum(
            (s.cost if s.status is StepStatus.DONE else s.cost_reserved for s in steps), Decimal(0)
        )

    @property
    def left_usd(self) -> Decimal:
        """What the run may still spend."""
        return self.spec.budget_usd - self.spent_usd

    def ended(self, step: Step, ended: Ended) -> None:
        """Keep a result for the next commit; until then its intent stands and its reserve counts."""
        self._waiting.append(Result(step, ended))
        if not ended.error:
            self.spent_usd += ended.cost_usd - step.cost_reserved

    async def commit(
        self, intents: Sequence[Intent] = (), looks: Sequence[Intent] = ()
    ) -> Standing:
        """Write the results that wait, and the intents of what comes next.

        `looks` are tools whose intents are written already: of them only the rows are asked again.

        Raises:
            BudgetExceeded: a request does not fit; the results are written all the same. A tool that
                does not fit is written with nothing set aside, and told of in what is returned.
            SwitchedOff: a kill switch is on and a model was to be asked; likewise.
        """
        waiting = tuple(self._waiting)
        try:
            standing, over = await self._commit(waiting, intents, looks)
        except _Halted as halt:
            # Nothing of that transaction is kept; the results are, and the request is not made.
            await self._commit(waiting, (), ())
            del self._waiting[: len(waiting)]
            raise SwitchedOff(f"The run stopped: {halt}.") from None
        del self._waiting[: len(waiting)]
        if over:
            raise BudgetExceeded(f"The run of {self.spec.name} stopped: {over}.")
        self.spent_usd += sum((step.cost_reserved for step in standing.steps), Decimal(0))
        return standing

    async def _commit(
        self, waiting: Sequence[Result], intents: Sequence[Intent], looks: Sequence[Intent]
    ) -> tuple[Standing, str | None]:
        """One transaction: results, intents, and what the rows say; or why a limit forbids it."""
        priced, over = self._priced(intents)
        made: list[Step] = []

        async def write(tx: Tx) -> Standing:
            made[:] = () if over else self._steps(tx, priced)
            return await self._write_all(tx, waiting, (*priced, *looks), made)

        async def again(tx: Tx) -> Standing:
            ended = [result.step.id for result in waiting]
            if await store_steps.is_kept(tx, [step.id for step in made], ended):
                return await self._read(tx, (*priced, *looks), tuple(made))
            return await write(tx)

        is_shared = self._limits.are_shared and any(_takes(one) for one in priced)
        if self.line is None or (is_shared and over is None):
            # Whoever waits for the lock on money may not keep the line from others.
            async with self._begin() as tx:
                if is_shared and over is None:
                    priced, over = self._priced(priced, await self._spent(tx))
                async with driver(tx.conn).pipeline():
                    standing = await write(tx)
        else:
            standing = await self.line.together(write, again)
        self._number += len(made)
        unfit = {step.id: one.over for step, one in zip(made, priced, strict=False) if one.over}
        return replace(standing, over=unfit), over

    async def _write_all(
        self, tx: Tx, waiting: Sequence[Result], intents: Sequence[Intent], steps: Sequence[Step]
    ) -> Standing:
        for result in waiting:
            await self.write(tx, result.step, result.ended)
        for step in steps:
            await store_steps.add(tx, step)
        return await self._read(tx, intents, tuple(steps))

    async def _read(self, tx: Tx, intents: Sequence[Intent], steps: tuple[Step, ...]) -> Standing:
        """What the rows say about these intents.

        Raises:
            _Halted: a switch is on, and a model was to be asked.
        """
        if not intents:
            return Standing(steps, None, {})
        tools = [intent for intent in intents if intent.kind is StepKind.TOOL]
        asked = await self._ask(store_steps.Answers(tx), tools)
        switch = await halted(tx, self._targets([intent.name for intent in tools]))
        halt = switch.sentence() if switch else None
        if halt and len(tools) < len(intents):
            raise _Halted(halt)
        rows = await asked.fetchall() if asked else []
        requests = [store_steps.request_of(row) for row in rows]
        found = await self._found(tx, tools)
        return Standing(steps, halt, {f"{r.tool} {r.input_sha256}": r for r in requests}, found)

    async def flush(self, tx: Tx) -> None:
        """Write the results that wait, in a transaction that will be kept."""
        await self.write_waiting(tx)
        self._waiting.clear()

    async def write_waiting(self, tx: Tx) -> None:
        """Write the results that wait, and keep them in case the transaction is done again."""
        for result in self._waiting:
            await self.write(tx, result.step, result.ended)

    async def write(self, tx: Tx, step: Step, ended: Ended) -> None:
        """Close a step's row and tell the log, in the transaction of its effect."""
        status = Result(step, ended).status
        output = None if ended.output is None else canonical(ended.output)
        await store_steps.end(tx, step.id, status, ended, output)
        body = {
            "agent": self.spec.name,
            "step": step.number,
            "tool_name": step.name,
            "tool_input": step.input_sha256,
            "tool_output": hashlib.sha256(output.encode()).hexdigest() if output else None,
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
        """Keep a failure at once. The reserve stays counted unless it is known what was charged."""
        ended = failed(error)
        async with self._begin() as tx:
            await self.write(tx, step, ended)
        if ended.is_settled:
            self.spent_usd += ended.cost_usd - step.cost_reserved

    def _targets(self, tools: Sequence[str]) -> list[tuple[str, str]]:
        found = [("agent", self.spec.name), *(("tool", name) for name in tools)]
        campaign = self.assignment.campaign_id
        return [*found, ("campaign", str(campaign))] if campaign else found

    async def _found(self, tx: Tx, tools: Sequence[Intent]) -> dict[str, Mapping[str, Any]]:
        """What earlier runs found out by the same calls and still holds (C-46)."""
        found: dict[str, Mapping[str, Any]] = {}
        for one in tools:
            if one.fresh_for:
                call = f"{one.name} {one.sha256 or digest(one.input)}"
                found |= await store_context.found(tx, [call], tx.now - one.fresh_for)
        return found

    async def _ask(self, answers: store_steps.Answers, tools: Sequence[Intent]) -> Any:
        calls = [f"{t.name} {t.sha256 or digest(t.input)}" for t in tools if t.may_need_a_person]
        return await store_steps.requests(answers, self.spec.name, calls) if calls else None

    def _priced(
        self, intents: Sequence[Intent], spent: store_steps.Spent | None = None
    ) -> tuple[list[Intent], str | None]:
        """The intents with what can be set aside for them; and why a request is not to be made.

        `spent` counts against the limits that others share; without it only the run's own holds.
        """
        found: list[Intent] = []
        usd = Decimal(0)
        for one in intents:
            reserve = Reserve(usd=usd + one.reserve.usd, tokens=one.reserve.tokens)
            why = self._over(reserve, spent) if _takes(one) else None
            if why is not None and one.kind is StepKind.MODEL:
                return list(intents), why
            if why is None:
                usd = reserve.usd
            found.append(one if why is None else replace(one, reserve=Reserve(), over=why))
        return found, None

    def _over(self, reserve: Reserve, spent: store_steps.Spent | None) -> str | None:
        if reserve.usd > self.left_usd:
            return (
                f"the budget of this run, ${self.spec.budget_usd}, does not cover it: "
                f"${self.spent_usd:f} is spent or set aside, and ${reserve.usd:f} would be reserved"
            )
        if spent is None:
            return None
        phase, has_lead = self.assignment.phase, self.assignment.lead_id is not None
        return broken_limit(self._limits, spent, reserve, phase=phase, has_lead=has_lead)

    async def _spent(self, tx: Tx) -> store_steps.Spent:
        """What counts against the limits that others share, until this transaction ends."""
        await store_steps.lock_money(tx)
        lead, phase = self.assignment.lead_id, self.assignment.phase
        return await store_steps.spent(tx, self.run_id, lead, phase, periods(tx.now))

    def _steps(self, tx: Tx, intents: Sequence[Intent]) -> tuple[Step, ...]:
        numbered = enumerate(intents, self._number + 1)
        return tuple(self._step(tx, intent, number) for number, intent in numbered)

    def _step(self, tx: Tx, intent: Intent, number: int) -> Step:
        return Step(
            id=StepId(tx.new_id()),
            run_id=self.run_id,
            number=number,
            kind=intent.kind,
            name=intent.name,
            status=StepStatus.INTENDED,
            input_sha256=intent.sha256 or digest(intent.input),
            input=dict(intent.input),
            cost_reserved=intent.reserve.usd,
            started_at=tx.now,
            lead_id=self.assignment.lead_id,
            phase=self.assignment.phase,
        )


def _takes(intent: Intent) -> bool:
    return bool(intent.reserve.usd or intent.reserve.tokens)


class _Halted(Exception):
    """A kill switch is on."""
