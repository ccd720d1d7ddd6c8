"""Asking a model, on the record.

In: somebody who can answer, and the run's recorder. Out: the same answers, each a step.
Never: a request without its committed intent, or a second payment for an answer we hold.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from outrider.agents import store
from outrider.agents.ports import Begin
from outrider.agents.steps import Recorder, digest
from outrider.agents.types import Ended, StepKind
from outrider.kernel.asking import Answer, Asking, Task

In = TypeVar("In", bound=BaseModel)
Out = TypeVar("Out", bound=BaseModel)


class RecordedAsking:
    """Wraps an `Asking`: intent before, result after; a dead run's answers are used again."""

    def __init__(self, asking: Asking, recorder: Recorder, begin: Begin) -> None:
        """`begin` opens the transactions in which earlier answers are looked up."""
        self._asking = asking
        self._recorder = recorder
        self._begin = begin

    async def ask(self, task: Task[In, Out], question: In) -> Answer[Out]:
        """Answer one task; see `kernel.asking.Asking`.

        Raises:
            BudgetExceeded: the task's reserve passes the run's budget.
            SwitchedOff: a kill switch is on.
        """
        asked = question.model_dump(mode="json")
        known = await self._known(task, digest(asked))
        reserve = Decimal(0) if known is not None else task.max_cost_usd
        step = await self._recorder.intend(StepKind.MODEL, task.prompt_id, asked, reserve)
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
