"""Asking a model, as a port. Rooms declare tasks; `agents` answers them; `app.wiring` binds the two.

In: a task and its typed input. Out: a typed answer with what it cost.
Never: a vendor, a price, a prompt's text (that belongs to the room whose item is written).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

In = TypeVar("In", bound=BaseModel)
Out = TypeVar("Out", bound=BaseModel)


class Tier(StrEnum):
    """How strong a model a task needs; which model that is, is configuration (A-11)."""

    LIGHT = "light"
    MID = "mid"
    HEAVY = "heavy"


@dataclass(frozen=True)
class Task(Generic[In, Out]):
    """A question that a room can put to a model.

    `prompt_id` names a versioned text of the room, e.g. `drafts/write@1`. `max_cost_usd` is reserved
    before the request. `avoid_model` names a model that should not answer, because it would judge its
    own work; where no other is configured, it may, and the answer says who did.
    """

    prompt_id: str
    takes: type[In]
    gives: type[Out]
    tier: Tier
    max_cost_usd: Decimal
    avoid_model: str | None = None


@dataclass(frozen=True)
class Answer(Generic[Out]):
    """What a model said, and what it took."""

    output: Out
    model: str
    tokens: int = 0
    cost_usd: Decimal = Decimal(0)


class Asking(Protocol):
    """Somebody who can answer tasks."""

    async def ask(self, task: Task[In, Out], question: In) -> Answer[Out]:
        """Answer one task.

        Raises:
            BudgetExceeded: the reserved cost would pass a limit.
            VendorUnavailable: no model answered.
            Refused: the model's answer does not have the type that the task asks for.
        """
        ...
