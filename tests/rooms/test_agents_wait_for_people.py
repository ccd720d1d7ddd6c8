"""What needs a person is asked once, settled by a person alone, and done once."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from outrider.agents import request, settle
from outrider.agents.toolbox.types import Tool
from outrider.agents.types import RequestStatus, RunStatus, ToolRequest, Verdict
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import Conflict, NotAllowed
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.switches import set_switch
from tests.agents_world import Script, agent, brain_of, results, think
from tests.deals import deals
from tests.outreach import AGENT, Office, open_office, people


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(database, workspace, clock, objects, people("Acme Stores", "CFO"))


def as_person(office: Office, person: PersonId) -> Any:
    return office.database.transaction(office.workspace, Actor(ActorKind.PERSON, str(person)))


async def asked_once(office: Office, tools: dict[str, Tool]) -> ToolRequest:
    script = Script([{"deal_update_stage": {"deal": "Acme"}}, "never said"])
    brain = brain_of(script, clock=office.clock, tools=tools)
    carried = await think(office, brain, agent("deal_update_stage"))
    assert carried.end.verdict is Verdict.WAITING
    assert carried.report.run.status is RunStatus.COMPLETED
    assert len(script.asked) == 1
    async with office.begin() as tx:
        (fresh,) = await request.collect(tx)
        assert not await request.collect(tx)
    return fresh


async def test_a_call_that_needs_a_person_waits_and_a_later_run_picks_the_answer_up(
    office: Office, person: PersonId
) -> None:
    tools, moved = deals()
    asked = await asked_once(office, tools)
    assert (asked.tool, asked.input, moved) == ("deal_update_stage", {"deal": "Acme"}, [])
    async with as_person(office, person) as tx:
        await settle.settle(tx, asked.id, is_approved=True, note="fine")
    env = office.env(begin=office.begin)
    done = await settle.perform(asked.id, env, agent("deal_update_stage"), tools)
    assert (done.status, done.output, moved) == (
        RequestStatus.DONE,
        {"deal": "Acme", "times": 1},
        ["Acme"],
    )
    script = Script([{"deal_update_stage": {"deal": "Acme"}}, "Moved."])
    brain = brain_of(script, clock=office.clock, tools=tools)
    later = await think(office, brain, agent("deal_update_stage"))
    assert later.end.verdict is Verdict.DONE
    assert json.loads(results(script)[0].content) == {"deal": "Acme", "times": 1}
    assert moved == ["Acme"]


async def test_asking_again_while_it_waits_asks_nobody_twice(office: Office) -> None:
    tools, _ = deals()
    await asked_once(office, tools)
    script = Script([{"deal_update_stage": {"deal": "Acme"}}])
    carried = await think(
        office, brain_of(script, clock=office.clock, tools=tools), agent("deal_update_stage")
    )
    assert carried.end.verdict is Verdict.WAITING
    async with office.begin() as tx:
        assert not await request.collect(tx)
        assert len(await request.listing(tx)) == 1


async def test_a_no_is_told_to_the_agent_and_nothing_is_done(
    office: Office, person: PersonId
) -> None:
    tools, moved = deals()
    asked = await asked_once(office, tools)
    async with as_person(office, person) as tx:
        await settle.settle(tx, asked.id, is_approved=False, note="too early")
    with pytest.raises(Conflict, match="is denied"):
        await settle.perform(asked.id, office.env(begin=office.begin), agent(), tools)
    script = Script([{"deal_update_stage": {"deal": "Acme"}}, "Understood."])
    await think(
        office, brain_of(script, clock=office.clock, tools=tools), agent("deal_update_stage")
    )
    assert "too early" in results(script)[0].content
    assert not moved


async def test_settling_and_doing_twice_at_once_acts_once(office: Office, person: PersonId) -> None:
    tools, moved = deals()
    asked = await asked_once(office, tools)

    async def yes() -> None:
        async with as_person(office, person) as tx:
            await settle.settle(tx, asked.id, is_approved=True)

    settled = await asyncio.gather(*(yes() for _ in range(4)), return_exceptions=True)
    assert sum(one is None for one in settled) == 1
    assert {type(one) for one in settled if one} == {Conflict}
    env = office.env(begin=office.begin)
    done = await asyncio.gather(
        *(settle.perform(asked.id, env, agent(), tools) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(one, ToolRequest) for one in done) == 1
    assert moved == ["Acme"]


async def test_only_a_person_settles(office: Office) -> None:
    tools, _ = deals()
    asked = await asked_once(office, tools)
    with pytest.raises(NotAllowed, match="Only a person"):
        async with office.begin() as tx:
            await settle.settle(tx, asked.id, is_approved=True)


async def test_the_login_of_agents_cannot_write_a_request(office: Office) -> None:
    tools, _ = deals()
    await asked_once(office, tools)
    from sqlalchemy.exc import DBAPIError

    for statement in (
        "update outrider.agent_requests set status = 'approved'",
        "delete from outrider.agent_requests",
        "insert into outrider.agent_requests select * from outrider.agent_requests",
    ):
        with pytest.raises((DBAPIError, psycopg.Error), match="permission denied"):
            async with office.database.transaction(office.workspace, AGENT, role=Role.AGENT) as tx:
                await tx.run(statement)


async def test_a_kill_switch_holds_what_was_agreed_to(office: Office, person: PersonId) -> None:
    tools, moved = deals()
    asked = await asked_once(office, tools)
    async with as_person(office, person) as tx:
        await settle.settle(tx, asked.id, is_approved=True)
        await set_switch(tx, "tool", "deal_update_stage", is_on=True, reason="test")
    env = office.env(begin=office.begin)
    with pytest.raises(Exception, match="switch is on"):
        await settle.perform(asked.id, env, agent(), tools)
    async with as_person(office, person) as tx:
        await set_switch(tx, "tool", "deal_update_stage", is_on=False, reason="test")
    assert (await settle.perform(asked.id, env, agent(), tools)).status is RequestStatus.DONE
    assert moved == ["Acme"]


async def test_what_fails_after_a_yes_is_told_and_not_tried_again(
    office: Office, person: PersonId
) -> None:
    tools, _ = deals()
    asked = await asked_once(office, tools)
    tools["deal_update_stage"] = replace(tools["deal_update_stage"], work=None, needs="connect it")
    async with as_person(office, person) as tx:
        await settle.settle(tx, asked.id, is_approved=True)
    done = await settle.perform(asked.id, office.env(begin=office.begin), agent(), tools)
    assert done.status is RequestStatus.FAILED
    assert "connect it" in (done.error or "")


async def test_what_a_person_could_not_see_is_not_done_with_their_yes(
    office: Office, person: PersonId
) -> None:
    tools, moved = deals()
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in " and close it")
    call = {"deal_update_stage": {"deal": f"Ac\x07me{hidden}"}}
    brain = brain_of(Script([call]), clock=office.clock, tools=tools)
    await think(office, brain, agent("deal_update_stage"))
    async with office.begin() as tx:
        (asked,) = await request.collect(tx)
    async with as_person(office, person) as tx:
        await settle.settle(tx, asked.id, is_approved=True)
    env = office.env(begin=office.begin)
    await settle.perform(asked.id, env, agent("deal_update_stage"), tools)
    assert moved == ["Acme"]
