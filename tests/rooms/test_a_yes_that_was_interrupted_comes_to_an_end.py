"""What a person agreed to and a dead process left half-way is done once, or a person is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from outrider.agents import request, settle
from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.registry import TOOLS, with_more
from outrider.agents.toolbox.types import Effect, Gives, Takes, Tool
from outrider.agents.types import RequestStatus, ToolRequest, Verdict
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import Conflict, Refused, VendorUnavailable
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.switches import set_switch
from tests.agents_world import Script, agent, brain_of, results, think
from tests.outreach import Office, open_office, people

NAME = "deal_update_stage"


class Move(Takes):
    """A deal."""

    deal: str


class Moved(Gives):
    """A deal that was moved."""

    deal: str


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(database, workspace, clock, objects, people("Acme", "CFO"))


def registry(**changes: Any) -> tuple[dict[str, Tool], list[str]]:
    """A tool that moves deals, and the deals that were moved."""
    moved: list[str] = []

    async def work(hands: Hands, asked: Move) -> Moved:
        moved.append(asked.deal)
        return Moved(deal=asked.deal)

    tool = Tool(NAME, "Move a deal.", Move, Moved, effect=Effect.CRM_WRITE, work=work)
    others = [one for one in TOOLS.values() if one.name != NAME]
    return dict(with_more(others, [replace(tool, **changes)])), moved


async def fetched(hands: Hands, asked: Move) -> str:
    """Something outside."""
    return "asked outside"


async def answered(office: Office, person: PersonId, id_: Any, *, is_approved: bool) -> None:
    actor = Actor(ActorKind.PERSON, str(person))
    async with office.database.transaction(office.workspace, actor) as tx:
        await settle.settle(tx, id_, is_approved=is_approved)


async def left_running(office: Office, person: PersonId, tools: dict[str, Tool]) -> ToolRequest:
    """A request that a person agreed to and that a process, now dead, had begun."""
    brain = brain_of(Script([{NAME: {"deal": "Acme"}}]), clock=office.clock, tools=tools)
    assert (await think(office, brain, agent(NAME))).end.verdict is Verdict.WAITING
    async with office.begin() as tx:
        (asked,) = await request.collect(tx)
    await answered(office, person, asked.id, is_approved=True)
    async with office.begin() as tx:
        await tx.run("update outrider.agent_requests set status = 'running'")
    return asked


async def test_an_effect_on_our_own_rows_had_not_happened_and_is_done_now(
    office: Office, person: PersonId
) -> None:
    tools, moved = registry()
    await left_running(office, person, tools)
    env = office.env(begin=office.begin)
    (ended,) = await settle.take_up(env, tools)
    assert (ended.status, moved) == (RequestStatus.DONE, ["Acme"])
    assert await settle.take_up(env, tools) == []
    assert moved == ["Acme"]


async def test_what_may_have_been_done_outside_is_unknown_until_a_person_has_looked(
    office: Office, person: PersonId
) -> None:
    tools, moved = registry(fetch=fetched, is_repeatable=False)
    asked = await left_running(office, person, tools)
    env = office.env(begin=office.begin)
    (ended,) = await settle.take_up(env, tools)
    assert (ended.status, moved) == (RequestStatus.UNKNOWN, [])
    assert "look outside" in (ended.error or "")
    script = Script([{NAME: {"deal": "Acme"}}, "I tell my person."])
    await think(office, brain_of(script, clock=office.clock, tools=tools), agent(NAME))
    assert "a person has to look" in results(script)[0].content
    await answered(office, person, asked.id, is_approved=True)
    assert (await settle.perform(asked.id, env, agent(), tools)).status is RequestStatus.DONE
    assert moved == ["Acme"]


async def test_a_call_outside_whose_tool_is_gone_since_is_unknown_and_not_failed(
    office: Office, person: PersonId
) -> None:
    tools, _ = registry(fetch=fetched, is_repeatable=False)
    await left_running(office, person, tools)
    without = {name: tool for name, tool in tools.items() if name != NAME}
    (ended,) = await settle.take_up(office.env(begin=office.begin), without)
    assert ended.status is RequestStatus.UNKNOWN


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (TimeoutError(), RequestStatus.UNKNOWN),
        (VendorUnavailable("The line broke."), RequestStatus.UNKNOWN),
        (Refused("It said no."), RequestStatus.FAILED),
    ],
)
async def test_a_call_outside_without_an_answer_is_unknown_and_not_failed(
    office: Office, person: PersonId, trouble: Exception, status: RequestStatus
) -> None:
    async def breaks(hands: Hands, asked: Move) -> str:
        raise trouble

    tools, _ = registry(fetch=breaks, is_repeatable=False)
    asked = await left_running(office, person, tools)
    async with office.begin() as tx:
        await tx.run("update outrider.agent_requests set status = 'approved'")
    env = office.env(begin=office.begin)
    assert (await settle.perform(asked.id, env, agent(), tools)).status is status


async def test_a_no_leaves_what_is_unknown_as_it_is(office: Office, person: PersonId) -> None:
    tools, moved = registry(fetch=fetched, is_repeatable=False)
    asked = await left_running(office, person, tools)
    env = office.env(begin=office.begin)
    await settle.take_up(env, tools)
    await answered(office, person, asked.id, is_approved=False)
    with pytest.raises(Conflict, match="denied"):
        await answered(office, person, asked.id, is_approved=True)
    assert not moved


async def test_a_call_outside_that_may_be_repeated_is_repeated(
    office: Office, person: PersonId
) -> None:
    tools, moved = registry(fetch=fetched)
    await left_running(office, person, tools)
    (ended,) = await settle.take_up(office.env(begin=office.begin), tools)
    assert (ended.status, moved) == (RequestStatus.DONE, ["Acme"])


async def test_what_somebody_is_doing_now_is_left_to_him(office: Office, person: PersonId) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(hands: Hands, asked: Move) -> str:
        begun.set()
        await go_on.wait()
        return "asked"

    tools, moved = registry(fetch=slowly)
    asked = await left_running(office, person, tools)
    async with office.begin() as tx:
        await tx.run("update outrider.agent_requests set status = 'approved'")
    env = office.env(begin=office.begin)
    doing = asyncio.create_task(settle.perform(asked.id, env, agent(), tools))
    await begun.wait()
    assert await settle.take_up(env, tools) == []
    go_on.set()
    assert (await doing).status is RequestStatus.DONE
    assert moved == ["Acme"]


async def test_a_kill_switch_holds_it_back(office: Office, person: PersonId) -> None:
    tools, moved = registry()
    await left_running(office, person, tools)
    async with office.begin() as tx:
        await set_switch(tx, "tool", NAME, is_on=True, reason="test")
    assert await settle.take_up(office.env(begin=office.begin), tools) == []
    assert not moved
