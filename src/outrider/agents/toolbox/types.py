"""What a tool is, and what becomes of its use.

In: nothing. Out: values. Never: a row, a vendor.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict

from outrider.agents.message_types import ToolOffer
from outrider.prospects.types import Provenance

Doing: TypeAlias = Callable[[Any, Any], Awaitable[Any]]
"""A tool's code: takes `toolbox.hands.Hands` and the input, gives the output."""

DRY_RUN = "DRY_RUN mode active. Would have called {name} but blocked."
"""What an agent reads in a dry run (A-53)."""

NOTHING = frozenset[str]()

PLAN = "plan_effects"
"""The tool by which a run says, before it reads a stranger, what it means to act with."""


class Effect(StrEnum):
    """What a tool does to the world."""

    READ = "read"
    DRAFT = "draft"
    CRM_WRITE = "crm_write"
    SPEND = "spend"
    OUTBOUND = "outbound"


ACTING = frozenset({Effect.CRM_WRITE, Effect.SPEND, Effect.OUTBOUND})
"""Effects that somebody else sees: their arguments may not come from untrusted text."""


class Takes(BaseModel):
    """Input of a tool: what is not declared is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Gives(BaseModel):
    """Output of a tool."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True)
class Tool:
    """One tool: what it takes and gives, what it does, and its bounds."""

    name: str
    description: str
    takes: type[Takes]
    gives: type[BaseModel]
    effect: Effect = Effect.READ
    work: Doing | None = None
    """Reads or writes our own rows; None: its room or its vendor is not there."""
    fetch: Doing | None = None
    """Asks the world outside, before `work` and outside every transaction."""
    needs_rows: bool = True
    """False: `work` is a computation and gets no transaction."""
    needs: str = ""
    """What has to be set up before it works."""
    timeout: timedelta = timedelta(seconds=10)
    per_minute: int = 100
    cost_usd: Decimal = Decimal(0)
    fresh_for: timedelta = timedelta(0)
    """How long what it found holds: within this time a later run is told it, unasked and unpaid."""
    is_repeatable: bool = True
    """Whether `fetch` may be done again after an interruption; rows never are done twice."""
    provenance: Provenance = Provenance.OPERATOR
    """Who could have written its output; anything but `operator` is untrusted."""
    trusted: frozenset[str] = NOTHING
    """Fields of an untrusted output that are ours: ids, counts, states."""
    is_foreign: bool = False
    """Attached from outside: a stranger wrote even its description, which every request carries."""
    refs: frozenset[str] = NOTHING
    """Fields of the input that name rows: they must have been told by a trusted output or the task."""
    free: frozenset[str] = NOTHING
    """Fields that say how and not to whom: in a planned call the model may find words for them."""
    places: frozenset[str] = NOTHING
    """Fields that name a place outside: even reading there tells it something."""
    needs_person: bool = False
    """It takes away what was there, or cannot be called back: a person says yes each time."""
    is_echo: bool = False
    """Its output repeats what the model said, which proves nothing."""

    @property
    def is_untrusted(self) -> bool:
        """Whether its output carries words of strangers."""
        return self.provenance is not Provenance.OPERATOR

    @property
    def may_ask(self) -> bool:
        """Whether a call of it may have to wait for a person."""
        return self.effect in ACTING or self.needs_person or bool(self.places)

    def offer(self) -> ToolOffer:
        """The tool as a model sees it, with the bounds it should know (C-11)."""
        return _offer(self.name, self._told(), self.takes)

    def _told(self) -> str:
        cost = f", ${self.cost_usd} a call" if self.cost_usd else ""
        seconds = f"{self.timeout.total_seconds():g}"
        return (
            f"{self.description} Effect: {self.effect}. At most {self.per_minute} calls a minute, "
            f"{seconds} s each{cost}."
        )


@lru_cache(maxsize=512)
def _offer(name: str, description: str, takes: type[Takes]) -> ToolOffer:
    return ToolOffer(name, description, plain_schema(takes))


def plain_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a model without generated titles, which only cost tokens."""
    found = _untitled(model.model_json_schema())
    assert isinstance(found, dict)
    return found


def _untitled(node: Any, *, is_names: bool = False) -> Any:
    if isinstance(node, Mapping):
        return {
            key: _untitled(value, is_names=key in ("properties", "$defs"))
            for key, value in node.items()
            if is_names or key != "title" or not isinstance(value, str)
        }
    if isinstance(node, list):
        return [_untitled(item) for item in node]
    return node


class CallStatus(StrEnum):
    """What became of a tool's use."""

    OK = "ok"
    REFUSED = "refused"
    NOT_CONFIGURED = "not_configured"
    DRY_RUN = "dry_run"
    PENDING = "pending_approval"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """What a tool's use came to; `content` is what the model and the step read."""

    status: CallStatus
    content: Mapping[str, Any] = field(default_factory=dict)
    provenance: Provenance = Provenance.OPERATOR
    trusted: frozenset[str] = NOTHING
    is_echo: bool = False
    """The model's own words come back."""
    plans: frozenset[str] | None = None
    """Tools that the run means to act with, said before it read any stranger."""

    @property
    def is_untrusted(self) -> bool:
        """Whether strangers may have written some of it."""
        return self.provenance is not Provenance.OPERATOR

    @property
    def is_error(self) -> bool:
        """Whether the model should read it as a failure."""
        return self.status in (CallStatus.REFUSED, CallStatus.NOT_CONFIGURED, CallStatus.FAILED)


def told_by(tool: Tool, content: Mapping[str, Any]) -> Outcome:
    """What a tool gave, with what is known of whose words they are."""
    plans = frozenset(content["tools"]) if tool.name == PLAN else None
    return Outcome(CallStatus.OK, content, tool.provenance, tool.trusted, tool.is_echo, plans)


def refusal(
    code: str, message: str, status: CallStatus = CallStatus.REFUSED, **facts: Any
) -> Outcome:
    """A structured refusal (C-12): a stable code, one sentence, and what helps to go on."""
    return Outcome(status, {"error": code, "message": message, **facts})
