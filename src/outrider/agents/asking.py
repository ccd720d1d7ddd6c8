"""Asking a model, on the record.

In: somebody who can answer, and the run's recorder. Out: the same answers, each a step.
Never: a request without its committed intent, or a second payment for an answer we hold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from outrider.agents import store
from outrider.agents.ports import Begin
from outrider.agents.routing import ROUTE, Lead, Route, RouteAsked, RouteGiven, Routing, route
from outrider.agents.steps import Of, Recorder, digest
from outrider.agents.types import Ended, Phase, StepKind
from outrider.kernel.asking import Answer, Asking, Task, Tier
from outrider.kernel.errors import Refused, VendorUnavailable

In = TypeVar("In", bound=BaseModel)
Out = TypeVar("Out", bound=BaseModel)


ROUTE_TASK: Task[RouteAsked, RouteGiven] = Task(
    prompt_id=ROUTE,
    takes=RouteAsked,
    gives=RouteGiven,
    tier=Tier.LIGHT,
    max_cost_usd=Decimal("0.01"),
)
"""How strong a model is needed, asked of a light one."""


@dataclass(frozen=True)
class About:
    """Whom a task is about: what is known of the lead, and whose budget it counts against."""

    lead: Lead
    lead_id: UUID
    phase: Phase
    is_routing: bool = False
    """The question is the routing's own, and has no route itself."""


def _of(about: About | None, chosen: Route | None) -> Of:
    if about is None:
        return Of()
    told = chosen.model_dump(mode="json") if chosen else None
    return Of(about.lead_id, about.phase, told)


class RecordedAsking:
    """Wraps an `Asking`: intent before, result after; a dead run's answers are used again."""

    def __init__(self, asking: Asking, recorder: Recorder, begin: Begin) -> None:
        """`begin` opens the transactions in which earlier answers are looked up."""
        self._asking = asking
        self._recorder = recorder
        self._begin = begin
        found = getattr(asking, "routing", None)
        self._routing = found if isinstance(found, Routing) else None

    async def ask(
        self, task: Task[In, Out], question: In, about: About | None = None
    ) -> Answer[Out]:
        """Answer one task; see `kernel.asking.Asking`. What it is about may change its tier.

        Raises:
            BudgetExceeded: the task's reserve passes the run's budget.
            SwitchedOff: a kill switch is on.
        """
        asked = question.model_dump(mode="json")
        known = await self._known(task, digest(asked))
        reserve = Decimal(0) if known is not None else task.max_cost_usd
        chosen = (
            await self._route(task, about)
            if about and not about.is_routing and known is None
            else None
        )
        if chosen is not None:
            task = replace(task, tier=chosen.tier)
        step = await self._recorder.intend(
            StepKind.MODEL, task.prompt_id, asked, reserve, _of(about, chosen)
        )
        try:
            answer = known or await self._asking.ask(task, question)
        except BaseException as error:
            await self._recorder.fail(step, error)
            raise
        ended = Ended(
            output=answer.output.model_dump(mode="json"),
            model=answer.model,
            tokens=answer.tokens,
            cost_usd=answer.cost_usd,
        )
        await self._recorder.finish(step, ended)
        return answer

    async def _route(self, task: Task[In, Out], about: About) -> Route | None:
        """The tier that the rules give; a model's word where they say nothing and it may be asked."""
        if self._routing is None:
            return None
        found = route(self._routing, task.prompt_id, about.lead)
        if found is not None or not self._routing.asks:
            return found
        asked = RouteAsked(task=task.prompt_id, lead=about.lead)
        try:
            said = await self.ask(ROUTE_TASK, asked, replace(about, is_routing=True))
        except (Refused, VendorUnavailable):
            return None  # the task keeps its own tier
        return Route(tier=said.output.tier, why=said.output.why)

    async def _known(self, task: Task[In, Out], input_sha256: str) -> Answer[Out] | None:
        """The answer that an interrupted run was given to the same question, at no further cost."""
        async with self._begin() as tx:
            step = await store.answered(tx, task.prompt_id, input_sha256)
        if step is None or step.output is None:
            return None
        try:
            output = task.gives.model_validate(step.output)
        except ValidationError:
            return None  # the task's output type has changed since
        return Answer(output=output, model=step.model or "", tokens=0, cost_usd=Decimal(0))
