"""CPU of a thinking run beside a plain loop on the vendor's SDK: six requests, five tools, 24 offered.

In: a Messages API on the loopback in a process of its own, an embedded server with fsync. Out: one
JSON line: our CPU a run with step records on, divided by the plain loop's, the worse of one run at a
time and fifty. Never: the database's CPU (it is another process's), a step left out.
"""

from __future__ import annotations

import asyncio
import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from anthropic import AsyncAnthropic
from anthropic.types import MessageParam
from benchmarks._audit import Log, log

from outrider.agents.carry_out import carry_out
from outrider.agents.desk import Brain
from outrider.agents.message_types import ToolOffer
from outrider.agents.models import Models, ModelSpec, Price, Vendor
from outrider.agents.ports import Env
from outrider.agents.prompt import system_for
from outrider.agents.toolbox.breaker import Breaker
from outrider.agents.toolbox.registry import TOOLS
from outrider.agents.types import AgentSpec, Assignment, Verdict
from outrider.kernel.asking import Tier
from outrider.kernel.database.connect import Role
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.objects import Objects
from outrider.vendors.anthropic_models import AnthropicModel
from outrider.vendors.fakes.messages_api import RIGHT_KEY

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 2.0
ROUNDS = 5
RUNS = {1: 12, 50: 50}
USED = 5
MODEL = "claude-sonnet-4-6"
NAMES = ("get_current_time", *[name for name in TOOLS if name != "get_current_time"])[:24]
TASK = "Say what time it is, five times, and then finish."

SERVER = f"""
import sys; sys.path.insert(0, {str(ROOT / "src")!r})
from outrider.vendors.fakes.messages_api import MessagesApi
def answer(body):
    turn = sum(m["role"] == "assistant" for m in body["messages"])
    if turn < {USED}:
        return [{{"type": "text", "text": "Next."}}, {{"type": "tool_use", "id": f"u{{turn}}",
                "name": "get_current_time", "input": {{"timezone": "UTC"}}}}]
    return [{{"type": "text", "text": "It is late. " * 20}}]
with MessagesApi(answer) as api:
    print(api.url, flush=True)
    sys.stdin.read()
"""


async def plain(client: AsyncAnthropic, system: str, offers: list[ToolOffer]) -> None:
    """What one would write by hand: no records, no limits, no gates."""
    tools: Any = [
        {"name": o.name, "description": o.description, "input_schema": o.schema} for o in offers
    ]
    messages: list[MessageParam] = [{"role": "user", "content": TASK}]
    while True:
        reply = await client.messages.create(
            model=MODEL, max_tokens=4096, system=system, messages=messages, tools=tools
        )
        messages.append({"role": "assistant", "content": reply.content})
        uses = [block for block in reply.content if block.type == "tool_use"]
        if not uses:
            return
        done: Any = [
            {"type": "tool_result", "tool_use_id": use.id, "content": json.dumps({"now": "late"})}
            for use in uses
        ]
        messages.append({"role": "user", "content": done})


def brain_of(where: Log, url: str) -> tuple[Brain, AnthropicModel]:
    """One model at a known price."""
    price = Price(input=Decimal(3), output=Decimal(15))
    spec = ModelSpec(key="m", vendor=Vendor.ANTHROPIC, name=MODEL, price=price)
    model = AnthropicModel(MODEL, RIGHT_KEY, base_url=url, is_streamed=False)
    models = Models([spec], {Tier.MID: ["m"]}, {"m": model}, clock=where.clock, at_once=50)
    often = replace(TOOLS["get_current_time"], per_minute=1_000_000)
    return Brain(models, {**TOOLS, often.name: often}, breaker=Breaker()), model


def agent(number: int) -> AgentSpec:
    """One agent of many, so that fifty runs at once are not one agent's overlap."""
    return AgentSpec(
        name=f"agent-{number}",
        tier=Tier.MID,
        budget_usd=Decimal(100),
        tools=NAMES,
        schedule=(),
        timezone="UTC",
        prompt="agents/ops@1",
    )


async def ours(where: Log, brain: Brain, number: int, objects: Objects) -> None:
    """One run as the product runs it."""
    actor = Actor(ActorKind.AGENT, f"agent-{number}")
    env = Env(
        begin=lambda: where.database.transaction(where.workspace, actor, role=Role.AGENT),
        asking=None,  # type: ignore[arg-type]  # this run asks models, not for tasks
        objects=objects,
        unsubscribe_key=b"k",
        public_url="http://127.0.0.1",
        clock=where.clock,
    )
    carried = await carry_out(agent(number), Assignment(task=TASK), env, brain)
    assert carried.end.verdict is Verdict.DONE, carried.end
    assert len(carried.report.run.tools_used) == USED


async def cpu_ms(work: Any, runs: int, at_once: int) -> float:
    """CPU of this process for one run, in ms."""
    gate = asyncio.Semaphore(at_once)

    async def one(number: int) -> None:
        async with gate:
            await work(number)

    gc.collect()
    before = time.process_time()
    await asyncio.gather(*(one(number) for number in range(runs)))
    return (time.process_time() - before) * 1000 / runs


async def measure(url: str) -> None:
    """Interleaved rounds, medians, one line."""
    offers = [TOOLS[name].offer() for name in NAMES]
    system = system_for(agent(0))
    async with log() as where, AsyncAnthropic(api_key=RIGHT_KEY, base_url=url) as client:
        brain, model = brain_of(where, url)
        objects = Objects("/nonexistent")
        found: dict[int, tuple[list[float], list[float]]] = {}
        for at_once, runs in RUNS.items():
            theirs, own = found.setdefault(at_once, ([], []))
            for warm in (True, *[False] * ROUNDS):
                one = await cpu_ms(lambda n: plain(client, system, offers), runs, at_once)
                two = await cpu_ms(lambda n: ours(where, brain, n, objects), runs, at_once)
                if not warm:
                    theirs.append(one)
                    own.append(two)
        await model.close()
    report(found)


def report(found: dict[int, tuple[list[float], list[float]]]) -> None:
    """Print the figure."""
    ratios = {
        at_once: statistics.median(o / p for p, o in zip(theirs, own, strict=True))
        for at_once, (theirs, own) in found.items()
    }
    told = "; ".join(
        f"{at_once} at once: plain {statistics.median(theirs):.1f} ms, ours "
        f"{statistics.median(own):.1f} ms, ratio {ratios[at_once]:.2f}"
        for at_once, (theirs, own) in found.items()
    )
    value = max(ratios.values())
    note = f"6 requests, 5 tools, 24 offered, 11 steps on record, a result and the next intent in one commit; {told}"
    line = {"figure": "agent_step_ratio", "value": round(value, 2), "unit": "x", "limit": LIMIT}
    print(json.dumps({**line, "ratio": round(LIMIT / value, 2), "note": note}))


def beside_the_api(measure: Callable[[str], Coroutine[Any, Any, None]]) -> None:
    """Start the Messages API in a process of its own, measure with its address, stop it."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        asyncio.run(measure(server.stdout.readline().strip()))
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    """Measure beside the API."""
    beside_the_api(measure)


if __name__ == "__main__":
    main()
