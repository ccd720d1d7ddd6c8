"""A reply that wants several tools: what happens during the one holds for the next, as does a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from pydantic import Field

from outrider.agents import request, settle
from outrider.agents.message_types import ModelReply, ModelRequest, ToolUse
from outrider.agents.toolbox.registry import TOOLS
from outrider.agents.toolbox.types import Effect, Gives, Takes, Tool
from outrider.agents.types import Verdict
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.switches import set_switch
from tests.agents_world import Script, agent, brain_of, results, think
from tests.outreach import Office, open_office, people

BOTH = ("look_outside", "count_here")


class Asked(Takes):
    """What both of them take."""

    words: str = ""


class Counted(Gives):
    """How often it was done."""

    times: int


@dataclass
class World:
    """Two tools; `during` happens while the first of them asks outside."""

    office: Office
    during: Callable[[], Any] | None = None
    outside: int = 0
    here: int = 0
    inside: asyncio.Event = field(default_factory=asyncio.Event)

    async def fetch(self, hands: Any, asked: Asked) -> Counted:
        self.outside += 1
        if self.during is not None:
            await self.during()
        return Counted(times=self.outside)

    async def fetched(self, hands: Any, asked: Asked) -> Counted:
        assert isinstance(hands.fetched, Counted)
        return hands.fetched

    async def count(self, hands: Any, asked: Asked) -> Counted:
        self.here += 1
        return Counted(times=self.here)

    def tools(self, **changes: Any) -> Mapping[str, Tool]:
        """What is offered; `changes` are of the second one."""
        outside = Tool(
            *("look_outside", "Looks.", Asked, Counted),
            work=self.fetched,
            fetch=self.fetch,
            needs_rows=False,
        )
        here = Tool("count_here", "Counts.", Asked, Counted, effect=Effect.DRAFT, work=self.count)
        return {**TOOLS, outside.name: outside, here.name: replace(here, **changes)}


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(
        database, workspace, clock, objects, [*people("Acme Stores", "Corporate Controller")]
    )


def both_then_done() -> Script:
    return Script([[{"look_outside": {}}, {"count_here": {}}], "Done."])


@pytest.mark.parametrize(
    ("scope", "target"), [("tool", "count_here"), ("agent", "sdr"), ("workspace", "")]
)
async def test_a_switch_moved_during_one_tool_holds_for_the_next_of_the_same_reply(
    office: Office, scope: str, target: str
) -> None:
    async def throw() -> None:
        async with office.begin() as tx:
            await set_switch(tx, scope, target, is_on=True, reason="fire drill")

    world, script = World(office, during=throw), both_then_done()
    brain = brain_of(script, clock=office.clock, tools=world.tools())
    await think(office, brain, agent(*BOTH))
    assert (world.outside, world.here) == (1, 0)
    (step,) = await office.rows("select output from outrider.agent_steps where name = 'count_here'")
    assert step["output"]["content"]["error"] == "switched_off"
    assert "fire drill" in step["output"]["content"]["message"]


async def interrupted(office: Office, script: Script, world: World, **changes: Any) -> None:
    """A run whose process ended during the first tool outside."""

    async def hang() -> None:
        world.inside.set()
        await asyncio.Event().wait()

    world.during = hang
    brain = brain_of(script, clock=office.clock, tools=world.tools(**changes))
    run = asyncio.create_task(think(office, brain, agent(*BOTH)))
    await asyncio.wait_for(world.inside.wait(), 60)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    world.during = None


async def test_a_tool_switched_off_after_a_crash_is_not_used_by_the_run_that_is_carried_on(
    office: Office,
) -> None:
    world, script = World(office), both_then_done()
    await interrupted(office, script, world)
    async with office.begin() as tx:
        await set_switch(tx, "tool", "count_here", is_on=True, reason="fire drill")
        await set_switch(tx, "tool", "look_outside", is_on=True, reason="fire drill")
    brain = brain_of(script, clock=office.clock, tools=world.tools())
    carried = await think(office, brain, agent(*BOTH))
    assert carried.end.verdict is Verdict.DONE
    assert (world.outside, world.here) == (1, 0)
    assert all("fire drill" in told.content for told in results(script))


async def test_a_call_that_a_person_answered_is_not_asked_again_after_a_crash(
    office: Office, person: PersonId
) -> None:
    world = World(office)
    needs = {"needs_person": True}
    brain = brain_of(Script([{"count_here": {}}]), clock=office.clock, tools=world.tools(**needs))
    await think(office, brain, agent(*BOTH))
    async with office.begin() as tx:
        (waiting,) = await request.collect(tx)
    me = Actor(ActorKind.PERSON, str(person))
    async with office.database.transaction(office.workspace, me) as tx:
        await settle.settle(tx, waiting.id, is_approved=True)
    await settle.perform(
        waiting.id, office.env(begin=office.begin), agent(*BOTH), world.tools(**needs)
    )
    script = both_then_done()
    await interrupted(office, script, world, **needs)
    brain = brain_of(script, clock=office.clock, tools=world.tools(**needs))
    carried = await think(office, brain, agent(*BOTH))
    assert carried.end.verdict is Verdict.DONE, carried.end.text
    assert world.here == 1
    assert '"times": 1' in results(script)[1].content


async def test_what_the_first_tool_gave_is_kept_when_the_process_ends_during_the_second(
    office: Office,
) -> None:
    world = World(office)
    script = Script([[{"look_outside": {}}, {"look_outside": {"words": "again"}}], "Done."])
    held = asyncio.Event()

    async def hang_the_second_time() -> None:
        if world.outside == 2:
            held.set()
            await asyncio.Event().wait()

    world.during = hang_the_second_time
    brain = brain_of(script, clock=office.clock, tools=world.tools())
    run = asyncio.create_task(think(office, brain, agent(*BOTH)))
    await asyncio.wait_for(held.wait(), 60)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    world.during = None
    await think(office, brain, agent(*BOTH))
    assert world.outside == 3, "only the one that was under way is made again"
    assert [told.content for told in results(script)] == ['{"times": 1}', '{"times": 3}']


class OneId(Script):
    """A server that gives every call of a model the same id, as some local ones do."""

    async def complete(self, request: ModelRequest) -> ModelReply:
        reply = await super().complete(request)
        parts = tuple(
            replace(part, id="call_0") if isinstance(part, ToolUse) else part
            for part in reply.parts
        )
        return replace(reply, parts=parts)


async def test_calls_of_one_id_are_told_apart_also_after_a_crash(office: Office) -> None:
    world, script = World(office), OneId(both_then_done().lines)
    await interrupted(office, script, world)
    brain = brain_of(script, clock=office.clock, tools=world.tools())
    carried = await think(office, brain, agent(*BOTH))
    assert carried.end.verdict is Verdict.DONE
    assert (world.outside, world.here) == (2, 1)
    assert len({told.id for told in results(script)}) == 2


class Named(Takes):
    """A word that must be there."""

    words: str = Field(min_length=1)


async def test_an_argument_of_which_nothing_can_be_seen_is_refused_and_the_run_goes_on(
    office: Office,
) -> None:
    world, script = World(office), Script([{"count_here": {"words": "\x07\x1b"}}, "Done."])
    tools = world.tools(takes=Named)
    carried = await think(office, brain_of(script, clock=office.clock, tools=tools), agent(*BOTH))
    assert (carried.end.verdict, world.here) == (Verdict.DONE, 0)
    (told,) = results(script)
    assert "invalid_input" in told.content
    assert "words" in told.content
