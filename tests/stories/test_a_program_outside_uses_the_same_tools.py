"""A program that speaks the Model Context Protocol gets an agent's tools, and every gate with them.

The client is the official one; where it says so, `outrider mcp serve` is a process of its own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL

from outrider.agents import lend, request, roster, settle
from outrider.agents.budget import Limits
from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.registry import TOOLS
from outrider.agents.toolbox.types import Effect, Gives, Takes, Tool
from outrider.agents.types import AgentSpec
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import Actor, ActorKind, Tx
from outrider.kernel.ids import PersonId, WorkspaceId, new_id
from outrider.kernel.objects import Objects
from outrider.prospects.types import Provenance
from tests.agents_world import agent
from tests.outreach import Office, open_office, people
from tests.program import OUTRIDER, Program, plain_sentence

mcp = pytest.importorskip("mcp", reason="the package mcp is an extra")

from mcp import Client, StdioServerParameters  # noqa: E402 - after the look whether it is there

from outrider.app.mcp.door import lent_to, server_of  # noqa: E402 - likewise

READERS = {"search_accounts", "read_dossier", "get_current_time", "list_drafts"}
BORROWER = "person:01890000-0000-7000-8000-000000000000"


class Anything(Gives):
    """What an acting tool gives."""

    done: bool = True


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    return Program(home, owner_url)


@asynccontextmanager
async def process(program: Program, *words: str) -> AsyncIterator[Any]:
    """A client of `outrider mcp serve` in a process of its own."""
    server = StdioServerParameters(
        command=OUTRIDER[0], args=[*OUTRIDER[1:], "mcp", "serve", *words], env=program.environment
    )
    async with Client(server) as client:
        yield client


async def said(client: Any, tool: str, **given: Any) -> dict[str, Any]:
    """What a call came to."""
    answer = await client.call_tool(tool, given)
    told: dict[str, Any] = answer.structured_content
    return told


async def names(client: Any) -> set[str]:
    return {tool.name for tool in (await client.list_tools()).tools}


async def test_a_process_lends_what_reads_and_writes_a_run(program: Program) -> None:
    async with process(program) as client:
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} >= READERS
        assert all(tool.annotations.read_only_hint for tool in tools)
        ok = await said(client, "search_accounts")
        assert (ok["status"], ok["content"]["total_found"]) == ("ok", 0)
        wrong = await said(client, "get_current_time", zone="Mars")
        assert wrong["content"]["error"] == "invalid_input"
        assert wrong["content"]["field"] == "zone"
        absent = await said(client, "rm")
        assert absent["content"]["error"] == "not_allowed"
    (run,) = program.json("runs", "list")["items"]
    assert (run["agent_name"], run["status"], run["steps"]) == ("coordinator", "completed", 3)
    shown = program.json("runs", "show", run["id"])
    assert [step["name"] for step in shown["steps"]] == [
        "search_accounts",
        "get_current_time",
        "rm",
    ]
    assert [step["status"] for step in shown["steps"]] == ["done"] * 3


async def test_writing_is_lent_only_when_asked_for_and_sending_never(program: Program) -> None:
    async with process(program, "--agent", "outreach", "--write") as client:
        assert {"draft_for_approval", "memory_note"} <= await names(client)
        kept = await said(client, "memory_note", note="They like short mail.")
        assert kept["status"] == "ok"
    async with process(program, "--agent", "outreach") as client:
        assert not {"draft_for_approval", "memory_note"} & await names(client)
        refused = await said(client, "memory_note", note="They like short mail.")
        assert refused["content"]["error"] == "not_allowed"
        read = await said(client, "read_notes")
        assert "short mail" in str(read["content"])


def test_nothing_that_sends_or_spends_is_ever_lent() -> None:
    for spec in roster.ROSTER.values():
        lent = lend.lendable(spec, TOOLS, writes=True)
        assert not {t.effect for t in lent.values()} & {Effect.OUTBOUND, Effect.SPEND}


async def test_the_kill_switch_stops_the_next_call(program: Program) -> None:
    async with process(program) as client:
        assert (await said(client, "search_accounts"))["status"] == "ok"
        program.ok("kill", "on", "--reason", "drill")
        halted = await said(client, "search_accounts")
        assert halted["content"]["error"] == "switched_off"
        program.ok("kill", "off", "--reason", "the drill is over")
        assert (await said(client, "search_accounts"))["status"] == "ok"


def test_an_unknown_agent_is_one_plain_sentence(program: Program) -> None:
    sentence = plain_sentence(program.run("mcp", "serve", "--agent", "boss"))
    assert "There is no agent 'boss'" in sentence


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(database, workspace, clock, objects, people("Acme Stores", "CFO"))


@asynccontextmanager
async def lent(office: Office, spec: AgentSpec, tools: Mapping[str, Tool]) -> AsyncIterator[Any]:
    """A client of the same server without a process between."""

    async def collect() -> None:
        async with office.begin() as tx:
            await request.collect(tx)

    lendable = lend.lendable(spec, tools, writes=True)
    async with lent_to(spec, office.env(), lendable, (Limits(), BORROWER)) as loan:
        async with Client(server_of(loan, collect)) as client:
            yield client


def acting(name: str, **changes: Any) -> dict[str, Tool]:
    """All tools, this one working here."""

    async def work(hands: Hands, asked: Takes) -> Anything:
        return Anything()

    tool = replace(TOOLS[name], work=work, gives=Anything, needs_rows=False, **changes)
    return {**TOOLS, name: tool}


async def test_a_change_goes_to_a_person_and_is_done_once(office: Office, person: PersonId) -> None:
    name = "sf_create_opportunity"
    tools = acting(name)
    spec = agent(name)
    asked = {"record_id": "001", "fields": {"Name": "Wire the money"}, "reason": "a new deal"}
    async with lent(office, spec, tools) as client:
        answer = await said(client, name, **asked)
        assert answer["status"] == "pending_approval"
        async with office.begin() as tx:
            (waiting,) = await request.listing(tx)
        assert (waiting.tool, waiting.input) == (name, asked)
        me = Actor(ActorKind.PERSON, str(person))
        async with office.database.transaction(office.workspace, me) as tx:
            await settle.settle(tx, waiting.id, is_approved=True)
        as_app = office.env(begin=office.begin)
        done = await settle.perform(waiting.id, as_app, spec, tools)
        assert done.status == "done"
        again = await said(client, name, **asked)
        assert (again["status"], again["content"]) == ("ok", {"done": True})


async def test_a_place_that_nobody_named_is_read_once_a_person_said_yes(
    office: Office, person: PersonId
) -> None:
    tools = acting("web_search", places=frozenset({"query"}))
    spec = agent("web_search")
    async with lent(office, spec, tools) as client:
        asked = {"query": "www.evil.example"}
        assert (await said(client, "web_search", **asked))["status"] == "pending_approval"
        async with office.begin() as tx:
            (waiting,) = await request.listing(tx)
        me = Actor(ActorKind.PERSON, str(person))
        async with office.database.transaction(office.workspace, me) as tx:
            await settle.settle(tx, waiting.id, is_approved=True)
        await settle.perform(waiting.id, office.env(begin=office.begin), spec, tools)
        again = await said(client, "web_search", **asked)
        assert (again["status"], again["provenance"]) == ("ok", "web")


async def test_a_tool_that_costs_more_than_is_left_is_refused(office: Office) -> None:
    tools = acting("web_search", cost_usd=Decimal("0.40"))
    async with lent(office, agent("web_search", budget="1"), tools) as client:
        came_to = [
            (await said(client, "web_search", query=f"acme {n}"))["content"] for n in range(3)
        ]
        assert [told.get("error") for told in came_to] == [None, None, "budget_exceeded"]
    (run,) = await office.rows("select cost_estimate from outrider.agent_runs")
    assert run["cost_estimate"] == Decimal("0.80")


async def test_words_of_strangers_are_labelled(office: Office) -> None:
    tools = acting("web_search", provenance=Provenance.WEB)
    async with lent(office, agent("web_search"), tools) as client:
        answer = await client.call_tool("web_search", {"query": "acme"})
        assert answer.structured_content["provenance"] == "web"
        assert "<untrusted" in answer.content[0].text


async def test_ids_of_another_workspace_open_nothing(office: Office, database: Database) -> None:
    (mine,) = await office.rows("select id from outrider.accounts")
    other = WorkspaceId(new_id(office.clock.now()))
    async with database.connection() as conn:
        await conn.exec_driver_sql(
            "insert into outrider.workspaces (id, name, created_at) values (%s, 'other', %s)",
            (other, office.clock.now()),
        )

    def begin() -> AbstractAsyncContextManager[Tx]:
        who = Actor(ActorKind.AGENT, "coordinator")
        return database.transaction(other, who, role=Role.AGENT)

    tools = {n: replace(t, refs=frozenset[str]()) for n, t in TOOLS.items()}
    spec = roster.find("coordinator")
    async with lent_to(spec, office.env(begin=begin), tools, (Limits(), BORROWER)) as loan:
        async with Client(server_of(loan, _nobody)) as client:
            assert (await said(client, "search_accounts"))["content"]["total_found"] == 0
            # Even where no gate asks who told the id: the database itself shows nothing.
            foreign = await said(client, "read_dossier", account_id=str(mine["id"]))
            assert foreign["status"] == "failed"
    async with lent(office, spec, TOOLS) as client:
        guessed = await said(client, "read_dossier", account_id=str(mine["id"]))
        assert guessed["content"]["error"] == "unknown_reference"
        await said(client, "search_accounts")
        assert (await said(client, "read_dossier", account_id=str(mine["id"])))["status"] == "ok"


async def _nobody() -> None:
    """Nobody is asked."""


async def test_the_log_names_who_borrowed(office: Office) -> None:
    async with lent(office, roster.find("coordinator"), TOOLS) as client:
        await said(client, "get_current_time")
    rows = await office.rows(
        "select actor, action, body from outrider.audit_events where action like 'agents.%'"
        " order by xid, id"
    )
    assert [row["action"] for row in rows] == ["agents.run", "agents.step", "agents.run_ended"]
    assert BORROWER in str(rows[0]["body"])
    assert {row["actor"] for row in rows} == {"agent:sdr"}


async def test_a_loan_whose_process_died_is_ended_by_the_next_who_looks(program: Program) -> None:
    spoken = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    server = await asyncio.create_subprocess_exec(
        *OUTRIDER,
        "mcp",
        "serve",
        env=program.environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps(spoken).encode() + b"\n")
    await asyncio.wait_for(server.stdout.readline(), 120)
    (dead,) = program.ok("runs", "list", "--json").items
    assert dead["status"] == "running"
    server.kill()
    await server.wait()
    async with process(program) as client:
        await names(client)
        shown = {one["id"]: one for one in program.ok("runs", "list", "--json").items}
    assert shown[dead["id"]]["status"] == "failed"
    assert "its process ended" in shown[dead["id"]]["error"]
    assert [one["status"] for one in shown.values()].count("running") == 1, (
        "the living one is let be"
    )


async def test_a_loan_that_lives_is_let_be_and_a_left_one_ends_once(office: Office) -> None:
    spec = roster.find("coordinator")
    async with lent(office, spec, TOOLS):
        assert await lend.close_left(office.begin) == []
    left = await lend.lend(spec, office.env(), {}, Limits(), BORROWER)
    await left.standing.__aexit__(None, None, None)  # as the server does when its process dies
    office.clock.advance(timedelta(minutes=1))
    assert await lend.close_left(office.begin) == [left.run_id]
    assert await lend.close_left(office.begin) == []
    rows = await office.rows(
        "select status, error, completed_at from outrider.agent_runs where id = :id", id=left.run_id
    )
    assert [(row["status"], row["error"]) for row in rows] == [("failed", lend.GONE)]
    assert rows[0]["completed_at"] == office.clock.now()
