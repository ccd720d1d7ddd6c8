"""Agents that think, with models that say what a test has written down for them.

In: an office, a script. Out: runs. Never: a network; a model that is cleverer than its script.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from outrider.agents.budget import Limits
from outrider.agents.carry_out import Carried, carry_out
from outrider.agents.desk import Brain
from outrider.agents.message_types import (
    ModelReply,
    ModelRequest,
    Part,
    Stop,
    Text,
    ToolResult,
    ToolUse,
    Usage,
)
from outrider.agents.models import Models, ModelSpec, Price, Vendor
from outrider.agents.toolbox.breaker import Breaker
from outrider.agents.toolbox.registry import TOOLS
from outrider.agents.toolbox.types import Tool
from outrider.agents.types import AgentSpec, Assignment
from outrider.kernel.asking import Tier
from outrider.kernel.clock import VirtualClock
from tests.outreach import Office

USAGE = Usage(input=1000, output=100)
PRICE = Price(input=Decimal(3), output=Decimal(15))
COST = PRICE.of(USAGE)
"""What each scripted reply costs: $0.0045."""

Line = str | Mapping[str, Any] | Exception | Sequence[Mapping[str, Any]]
"""Words; a tool and its input as {tool: input}; several of them; or a failure."""


@dataclass
class Script:
    """A model that says its lines in order; the line for a request is told by its turns so far."""

    lines: Sequence[Line]
    before: Callable[[int], None] = lambda turn: None
    after: Callable[[int], None] = lambda turn: None
    asked: list[ModelRequest] = field(default_factory=list)
    name: str = "scripted"
    usage: Usage = USAGE

    async def complete(self, request: ModelRequest) -> ModelReply:
        """The line of this turn."""
        turn = sum(message.speaker == "assistant" for message in request.messages)
        self.before(turn)
        self.asked.append(request)
        line = self.lines[min(turn, len(self.lines) - 1)]
        if isinstance(line, Exception):
            raise line
        parts = parts_of(line, turn)
        self.after(turn)
        uses = any(isinstance(part, ToolUse) for part in parts)
        return ModelReply(parts, Stop.TOOLS if uses else Stop.END, self.usage, self.name)


def parts_of(line: Line, turn: int) -> tuple[Part, ...]:
    """What a line says."""
    if isinstance(line, str):
        return (Text(line),)
    assert not isinstance(line, Exception)
    uses = [line] if isinstance(line, Mapping) else list(line)
    calls = [(name, given) for use in uses for name, given in use.items()]
    return tuple(ToolUse(f"use_{turn}_{n}", name, given) for n, (name, given) in enumerate(calls))


def spec_of(key: str = "scripted", **changes: Any) -> ModelSpec:
    """A model at a price."""
    values: dict[str, Any] = {
        "key": key,
        "vendor": Vendor.OTHER,
        "name": key,
        "price": PRICE,
        "max_output": 200,
    }
    return ModelSpec(**(values | changes))


def brain_of(
    *scripts: Script,
    clock: VirtualClock,
    limits: Limits | None = None,
    tools: Mapping[str, Tool] = TOOLS,
    specs: Sequence[ModelSpec] = (),
) -> Brain:
    """Models that are asked in this order, all of one tier."""
    known = list(specs) or [spec_of(script.name) for script in scripts]
    adapters = {one.key: script for one, script in zip(known, scripts, strict=True)}
    tiers = {Tier.MID: [one.key for one in known]}
    return Brain(Models(known, tiers, adapters, clock=clock), tools, limits or Limits(), Breaker())


def agent(*tools: str, budget: str = "5", **changes: Any) -> AgentSpec:
    """An agent with these tools."""
    values: dict[str, Any] = {
        "name": "sdr",
        "tier": Tier.MID,
        "budget_usd": Decimal(budget),
        "tools": tools,
        "schedule": (),
        "timezone": "UTC",
        "prompt": "agents/sdr@1",
    }
    return AgentSpec(**(values | changes))


async def think(
    office: Office, brain: Brain, spec: AgentSpec, task: str = "Look around.", **more: Any
) -> Carried:
    """One run."""
    return await carry_out(spec, Assignment(task=task, **more), office.env(), brain)


def results(script: Script) -> list[ToolResult]:
    """Every result that the model of this script has read, in order."""
    last = script.asked[-1].messages
    return [p for message in last for p in message.parts if isinstance(p, ToolResult)]
