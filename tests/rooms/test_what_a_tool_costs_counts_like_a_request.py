"""Money for a tool is set aside before it is called, against every limit, and stays counted in doubt."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from outrider.agents import request, settle
from outrider.agents.budget import Limits
from outrider.agents.toolbox.registry import TOOLS
from outrider.agents.toolbox.types import Effect, Gives, Takes, Tool
from outrider.agents.types import RequestStatus
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import VendorUnavailable
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from tests.agents_world import COST, Script, agent, brain_of, results, think
from tests.outreach import Office, open_office, people

DEAR = Decimal("0.40")


class Query(Takes):
    """What it takes."""

    query: str = ""


class Found(Gives):
    """What it gives."""

    total_found: int = 1


class Paid:
    """A tool that takes money each time, and counts its calls."""

    def __init__(self, fails: Exception | None = None, slow: float = 0) -> None:
        self.calls, self.fails, self.slow = 0, fails, slow

    async def fetch(self, hands: Any, asked: Query) -> Found:
        self.calls += 1
        await asyncio.sleep(self.slow)
        if self.fails is not None:
            raise self.fails
        return Found()

    async def work(self, hands: Any, asked: Query) -> Found:
        return Found()

    def tools(self, **changes: Any) -> dict[str, Tool]:
        tool = Tool(
            *("dear_search", "Searches.", Query, Found),
            work=self.work,
            fetch=self.fetch,
            needs_rows=False,
            cost_usd=DEAR,
        )
        return {**TOOLS, tool.name: replace(tool, **changes)}


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(database, workspace, clock, objects, people("Acme", "CFO"))


async def counted(office: Office) -> Decimal:
    """What the limits see."""
    (row,) = await office.rows(
        "select coalesce(sum(case status when 'done' then cost else cost_reserved end), 0) as usd"
        " from outrider.agent_steps"
    )
    return Decimal(row["usd"])


async def test_ten_runs_that_search_at_once_never_pass_one_daily_limit_together(
    office: Office,
) -> None:
    limit, paid = Decimal("1.30"), Paid(slow=0.05)

    async def one(number: int) -> None:
        script = Script([{"dear_search": {"query": str(number)}}, "Done."])
        brain = brain_of(
            script, clock=office.clock, limits=Limits(day_usd=limit), tools=paid.tools()
        )
        await think(office, brain, agent("dear_search", name=f"agent-{number}"))

    await asyncio.gather(*(one(n) for n in range(10)))
    assert paid.calls in (2, 3)
    assert await counted(office) <= limit


async def test_a_call_that_no_limit_covers_is_refused_with_the_limit_and_the_run_goes_on(
    office: Office,
) -> None:
    paid, script = Paid(), Script([{"dear_search": {}}, "Done."])
    brain = brain_of(
        script, clock=office.clock, limits=Limits(day_usd=Decimal("0.20")), tools=paid.tools()
    )
    carried = await think(office, brain, agent("dear_search"))
    assert (paid.calls, carried.end.text) == (0, "Done.")
    (told,) = results(script)
    assert "budget_exceeded" in told.content
    assert "today's limit of $0.20 does not cover it" in told.content


async def test_of_two_calls_in_one_reply_the_one_that_fits_is_made(office: Office) -> None:
    paid = Paid()
    script = Script([[{"dear_search": {"query": "a"}}, {"dear_search": {"query": "b"}}], "Done."])
    brain = brain_of(script, clock=office.clock, tools=paid.tools())
    carried = await think(office, brain, agent("dear_search", budget="0.50"))
    assert paid.calls == 1
    assert carried.report.run.cost_estimate == DEAR + 2 * COST
    assert "the budget of this run, $0.50, does not cover it" in results(script)[1].content


@pytest.mark.parametrize("is_slow", [True, False])
async def test_a_call_that_failed_on_its_way_stays_counted(office: Office, is_slow: bool) -> None:
    paid = Paid(slow=5) if is_slow else Paid(fails=VendorUnavailable("It broke off."))
    script = Script([{"dear_search": {}}, "Done."])
    tools = paid.tools(timeout=timedelta(seconds=0.05 if is_slow else 10))
    carried = await think(
        office, brain_of(script, clock=office.clock, tools=tools), agent("dear_search")
    )
    assert paid.calls == 1
    assert carried.report.run.cost_estimate == DEAR + 2 * COST


async def test_a_call_that_a_gate_refused_costs_nothing(office: Office) -> None:
    paid, script = Paid(), Script([{"dear_search": {"wrong": 1}}, "Done."])
    brain = brain_of(script, clock=office.clock, tools=paid.tools())
    carried = await think(office, brain, agent("dear_search"))
    assert paid.calls == 0
    assert carried.report.run.cost_estimate == 2 * COST


async def test_money_is_set_aside_while_the_call_is_under_way(office: Office) -> None:
    seen: list[Decimal] = []

    class Looking(Paid):
        async def fetch(self, hands: Any, asked: Query) -> Found:
            seen.append(await counted(office))
            return await super().fetch(hands, asked)

    paid, script = Looking(), Script([{"dear_search": {}}, "Done."])
    brain = brain_of(script, clock=office.clock, tools=paid.tools())
    await think(office, brain, agent("dear_search"))
    assert seen == [DEAR + COST]


async def test_what_a_person_agreed_to_counts_once_and_the_later_run_pays_nothing(
    office: Office, person: PersonId
) -> None:
    paid, spec = Paid(), agent("dear_search")
    tools = paid.tools(effect=Effect.SPEND, needs_person=True)

    async def run() -> Decimal:
        script = Script([{"dear_search": {}}, "Done."])
        brain = brain_of(script, clock=office.clock, tools=tools)
        carried = await think(office, brain, spec)
        return carried.report.run.cost_estimate

    assert await run() == COST
    async with office.begin() as tx:
        (waiting,) = await request.collect(tx)
    me = Actor(ActorKind.PERSON, str(person))
    async with office.database.transaction(office.workspace, me) as tx:
        await settle.settle(tx, waiting.id, is_approved=True)
    await settle.perform(waiting.id, office.env(begin=office.begin), spec, tools)
    assert await counted(office) == DEAR + COST
    (asking,) = await office.rows("select cost_estimate from outrider.agent_runs")
    assert asking["cost_estimate"] == DEAR + COST
    assert await run() == 2 * COST
    assert paid.calls == 1


async def test_an_agreed_call_of_a_tool_that_is_not_set_up_any_more_costs_nothing(
    office: Office, person: PersonId
) -> None:
    spec, tools = agent("dear_search"), Paid().tools(effect=Effect.SPEND, needs_person=True)
    script = Script([{"dear_search": {}}, "Done."])
    await think(office, brain_of(script, clock=office.clock, tools=tools), spec)
    async with office.begin() as tx:
        (waiting,) = await request.collect(tx)
    me = Actor(ActorKind.PERSON, str(person))
    async with office.database.transaction(office.workspace, me) as tx:
        await settle.settle(tx, waiting.id, is_approved=True)
    gone = Paid().tools(effect=Effect.SPEND, needs_person=True, work=None, fetch=None)
    done = await settle.perform(waiting.id, office.env(begin=office.begin), spec, gone)
    assert done.status is RequestStatus.FAILED
    assert await counted(office) == COST


async def test_a_call_that_no_limit_covered_costs_nothing_when_the_run_is_carried_on(
    office: Office,
) -> None:
    held = asyncio.Event()

    class Hanging(Paid):
        async def fetch(self, hands: Any, asked: Query) -> Found:
            held.set()
            await asyncio.Event().wait()
            return Found()

    paid, spec = Hanging(), agent("dear_search", budget="0.50")
    script = Script([[{"dear_search": {"query": "a"}}, {"dear_search": {"query": "b"}}], "Done."])
    tools = paid.tools(is_repeatable=False)
    brain = brain_of(script, clock=office.clock, tools=tools)
    run = asyncio.create_task(think(office, brain, spec))
    await asyncio.wait_for(held.wait(), 60)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    carried = await think(office, brain, spec)
    assert carried.end.text == "Done."
    assert carried.report.run.cost_estimate == DEAR + 2 * COST
