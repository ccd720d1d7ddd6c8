"""The loop's wishes carried out for real: each request and each use a step, before and after.

In: a model's request, the uses it wants. Out: replies and outcomes. Never: a paid answer that is
not written down before anything follows from it, a second payment for an answer that is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from outrider.agents.budget import AtLimit, Limits, Reserve
from outrider.agents.journal import Intent, Journal, Standing
from outrider.agents.message_types import (
    Message,
    ModelReply,
    ModelRequest,
    ToolUse,
    message_json,
    reply_json,
    with_own_ids,
)
from outrider.agents.models import Models, ModelSpec
from outrider.agents.routing import Routing
from outrider.agents.steps import digest
from outrider.agents.toolbox.breaker import Breaker
from outrider.agents.toolbox.gates import REQUIRES_APPROVAL, Call
from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.provenance import Trust
from outrider.agents.toolbox.seam import ended, outcome_of, use
from outrider.agents.toolbox.types import CallStatus, Effect, Outcome, Tool
from outrider.agents.types import Action, ActionKind, Ended, Step, StepKind
from outrider.kernel import tracing
from outrider.kernel.errors import BudgetExceeded, InvalidInput, VendorUnavailable

LONGEST_NAME = 100
"""Characters of a tool's name as a model wrote it."""

_breaker = Breaker()
"""Of this process: what failed in one run is left alone by the next."""


@dataclass(frozen=True)
class Brain:
    """What a thinking run is given: models, tools, limits beyond its own budget."""

    models: Models
    tools: Mapping[str, Tool]
    limits: Limits = field(default_factory=Limits)
    breaker: Breaker = field(default=_breaker)
    routing: Routing = field(default_factory=Routing)
    """Which tier a lead's run gets."""


@dataclass
class LiveDesk:
    """Carries out one run."""

    hands: Hands
    brain: Brain
    journal: Journal
    trust: Trust
    said: dict[str, Outcome] = field(default_factory=dict)
    """What effects came to in this run, by `tool sha256`."""
    open_steps: dict[str, Step] = field(default_factory=dict)
    """Uses that an interrupted run had begun, by the model's id of the use."""
    done: dict[str, Outcome] = field(default_factory=dict)
    """Uses of the reply in hand that had ended before the interruption."""
    model_key: str | None = None
    """The model that answered last; it is asked first, for its cache is warm."""
    actions: list[Action] = field(default_factory=list)
    chained: str = ""
    """Digest of the conversation up to the last reply."""

    async def think(self, request: ModelRequest, new: Sequence[Message]) -> ModelReply:
        """Ask the models of the agent's tier, one after the other.

        Raises:
            BudgetExceeded: no request fits, or the policy is to stop.
            SwitchedOff: a kill switch is on.
            VendorUnavailable: no model answered.
        """
        chain = self._chain()
        trouble: VendorUnavailable | InvalidInput | None = None
        for spec in chain:
            try:
                return await self._ask(spec, request, new)
            except (VendorUnavailable, InvalidInput) as error:
                trouble = error
            except BudgetExceeded as over:
                return await self._cheaper(spec, request, new, over)
        assert trouble is not None
        raise trouble

    def _chain(self) -> list[ModelSpec]:
        chain = self.brain.models.chain(self.hands.spec.tier)
        return sorted(chain, key=lambda spec: spec.key != self.model_key)

    async def _cheaper(
        self, dear: ModelSpec, request: ModelRequest, new: Sequence[Message], over: BudgetExceeded
    ) -> ModelReply:
        """What the policy says at a limit: a cheaper model, or the end."""
        cheaper = self.brain.models.cheaper(dear)
        if self.brain.limits.at_limit is AtLimit.CHEAPER:
            for spec in cheaper:
                try:
                    return await self._ask(spec, request, new)
                except (BudgetExceeded, VendorUnavailable, InvalidInput):
                    continue
        raise over

    async def _ask(
        self, spec: ModelSpec, request: ModelRequest, new: Sequence[Message]
    ) -> ModelReply:
        request = replace(request, max_tokens=min(request.max_tokens, spec.max_output))
        asked = self._asked(spec, request, new)
        sha256 = digest({"before": self.chained, **asked})
        intent = Intent(
            StepKind.MODEL, self.hands.spec.prompt, asked, spec.reserve(request), sha256
        )
        (step,) = (await self.journal.commit([intent])).steps
        try:
            reply = await self.brain.models.complete(spec, request)
            reply = with_own_ids(reply, request.messages, f"call_{step.number}")
        except BaseException as error:
            await self.journal.fail(step, error)
            raise
        cost = spec.price.of(reply.usage)
        output = {**reply_json(reply), "key": spec.key}
        self.journal.ended(
            step,
            Ended(output=output, model=spec.name, tokens=reply.usage.total, cost_usd=cost),
        )
        self.model_key, self.chained = spec.key, sha256
        return reply

    def _asked(
        self, spec: ModelSpec, request: ModelRequest, new: Sequence[Message]
    ) -> dict[str, Any]:
        """The request as its step keeps it: only what is new, the rest stands in earlier steps."""
        return {
            "model": spec.key,
            "system_sha256": hashlib.sha256(request.system.encode()).hexdigest(),
            "tools": [tool.name for tool in request.tools],
            "max_tokens": request.max_tokens,
            "new": [message_json(message) for message in new],
        }

    async def act(self, uses: Sequence[ToolUse]) -> list[Outcome]:
        """Use the tools that a reply wants, in its order."""
        standing = await self._intend(uses)
        fresh = iter(standing.steps)
        outcomes: list[Outcome] = []
        is_first = True
        for wanted in uses:
            outcome = self.done.pop(wanted.id, None)
            if outcome is None:
                step = self.open_steps.pop(wanted.id, None)
                is_again = step is not None
                step = step or next(fresh)
                if not is_first:
                    standing = await self._look_again(wanted, standing)
                is_first = False
                outcome = await self._use(wanted, step, standing, is_again=is_again)
                self._note(wanted, step, outcome)
            outcomes.append(outcome)
        return outcomes

    async def _look_again(self, wanted: ToolUse, before: Standing) -> Standing:
        """Keep what the tools before it came to, and see what was said and switched meanwhile."""
        now = await self.journal.commit(looks=[self._intent(wanted)])
        return replace(now, over=before.over)

    def _is_begun(self, wanted: ToolUse) -> bool:
        return wanted.id in self.open_steps or wanted.id in self.done

    async def _intend(self, uses: Sequence[ToolUse]) -> Standing:
        fresh = [self._intent(wanted) for wanted in uses if not self._is_begun(wanted)]
        begun = [self._intent(wanted) for wanted in uses if wanted.id in self.open_steps]
        return await self.journal.commit(fresh, begun)

    def _intent(self, wanted: ToolUse) -> Intent:
        tool = self.brain.tools.get(wanted.name)
        return Intent(
            StepKind.TOOL,
            wanted.name[:LONGEST_NAME],
            {"use": wanted.id, "asked": dict(wanted.input)},
            Reserve(usd=tool.cost_usd) if tool is not None else Reserve(),
            sha256=digest(wanted.input),
            fresh_for=self._fresh_for(wanted.name),
            may_need_a_person=self._may_need_a_person(wanted.name),
        )

    def _fresh_for(self, name: str) -> timedelta:
        tool = self.brain.tools.get(name)
        return tool.fresh_for if tool is not None else timedelta(0)

    def _may_need_a_person(self, name: str) -> bool:
        tool = self.brain.tools.get(name)
        return name in REQUIRES_APPROVAL or (tool is not None and tool.may_ask)

    async def _use(
        self, wanted: ToolUse, step: Step, standing: Standing, *, is_again: bool
    ) -> Outcome:
        key = f"{step.name} {step.input_sha256}"
        call = Call(
            name=step.name,
            raw=dict(wanted.input),
            spec=self.hands.spec,
            tools=self.brain.tools,
            trust=self.trust,
            breaker=self.brain.breaker,
            now=self.hands.env.clock.now(),
            is_dry_run=self.hands.assignment.is_dry_run or self.hands.env.is_dry_run,
            switch=standing.switch,
            request=standing.requests.get(key),
            set_aside_usd=step.cost_reserved,
            over=standing.over.get(step.id, ""),
            earlier=self.said.get(key),
        )
        tool = self.brain.tools.get(step.name)
        if tool is not None and key in standing.found:
            call.found = outcome_of(standing.found[key], tool)
        if is_again and tool is not None and tool.fetch is not None and not tool.is_repeatable:
            outcome = Outcome(CallStatus.FAILED, _INTERRUPTED)
            # For which nothing was set aside, it was not made either.
            self.journal.ended(step, ended(outcome, tool, is_made=bool(step.cost_reserved)))
            return outcome
        with tracing.tool(tool.name if tool else "unknown", wanted.id) as span:
            used = await use(call, self.hands, self.journal, step)
            if tracing.is_on():
                span.tell({tracing.TOOL_STATUS: used.outcome.status.value})
                if used.outcome.is_error:
                    span.failed(str(used.outcome.content.get("error", "failed")))
        if not used.is_recorded:
            of = ended(used.outcome, tool, is_found=used.is_found, is_made=used.is_made)
            self.journal.ended(step, of)
        return used.outcome

    def _note(self, wanted: ToolUse, step: Step, outcome: Outcome) -> None:
        """Keep what matters for the calls to come, and for the report."""
        self.trust.read(outcome)
        tool = self.brain.tools.get(step.name)
        if tool is not None and tool.effect is not Effect.READ and outcome.status is CallStatus.OK:
            self.said[f"{step.name} {step.input_sha256}"] = outcome
        if outcome.status is CallStatus.PENDING:
            text = f"{step.name} waits for a person: {outcome.content.get('reason', '')}"
            self.actions.append(Action(kind=ActionKind.ASKED, priority="loop", text=text))


_INTERRUPTED = {
    "error": "interrupted",
    "message": "The process ended during this call; whether it was done is not known. A person has to look.",
}
