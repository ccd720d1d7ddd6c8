"""Characters that no database keeps, from a model or a tool, neither end a run nor have it paid again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from outrider.agents import lend
from outrider.agents.answering import ModelAsking
from outrider.agents.budget import Limits
from outrider.agents.toolbox.registry import TOOLS
from outrider.agents.toolbox.types import Gives, Takes, Tool
from outrider.agents.types import RunStatus, Verdict
from outrider.kernel.asking import Task, Tier
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import VendorUnavailable
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.prospects.types import Provenance
from tests.agents_world import Line, Script, agent, brain_of, think
from tests.outreach import Office, open_office, people

BAD = ["before \x00 after", "before \ud83d after"]
"""NUL, which jsonb refuses; half of a surrogate pair, which UTF-8 has no bytes for."""


class Asked(Takes):
    """What it takes."""

    words: str = ""


class Said(Gives):
    """What it gives."""

    words: str


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(database, workspace, clock, objects, people("Acme", "CFO"))


def page(gives: str | Exception) -> dict[str, Tool]:
    """A tool that tells what somebody outside wrote."""

    async def fetch(hands: Any, asked: Asked) -> str:
        if isinstance(gives, Exception):
            raise gives
        return gives

    async def work(hands: Any, asked: Asked) -> Said:
        return Said(words=hands.fetched)

    tool = Tool(
        *("read_page", "Reads.", Asked, Said),
        work=work,
        fetch=fetch,
        needs_rows=False,
        provenance=Provenance.WEB,
    )
    return {**TOOLS, tool.name: tool}


async def check(office: Office, script: Script, tools: dict[str, Tool]) -> None:
    brain = brain_of(script, clock=office.clock, tools=tools)
    carried = await think(office, brain, agent("read_page"))
    assert carried.report.run.status is RunStatus.COMPLETED
    assert carried.end.verdict is Verdict.DONE
    (row,) = await office.rows("select count(*) as n from outrider.agent_runs")
    assert row["n"] == 1


@pytest.mark.parametrize("words", BAD)
async def test_in_what_a_model_asks_of_a_tool(office: Office, words: str) -> None:
    await check(office, Script([{"read_page": {"words": words}}, "Done."]), page("fine"))


@pytest.mark.parametrize("words", BAD)
async def test_in_a_field_and_a_tool_that_are_not_there(office: Office, words: str) -> None:
    lines: list[Line] = [{"read_page": {words: 1}}, {words: {}}, "Done."]
    await check(office, Script(lines), page("fine"))


@pytest.mark.parametrize("words", BAD)
async def test_in_what_a_model_says(office: Office, words: str) -> None:
    await check(office, Script([words]), page("fine"))


@pytest.mark.parametrize("words", BAD)
async def test_in_what_a_tool_gives(office: Office, words: str) -> None:
    await check(office, Script([{"read_page": {}}, "Done."]), page(words))


@pytest.mark.parametrize("words", BAD)
async def test_in_what_a_tool_says_when_it_fails(office: Office, words: str) -> None:
    broken = VendorUnavailable(words)
    await check(office, Script([{"read_page": {}}, "Done."]), page(broken))


@pytest.mark.parametrize("words", BAD)
async def test_in_what_a_vendor_says_when_it_fails(office: Office, words: str) -> None:
    first = Script([VendorUnavailable(words)], name="first")
    brain = brain_of(first, Script(["Done."], name="second"), clock=office.clock)
    carried = await think(office, brain, agent())
    assert carried.end.verdict is Verdict.DONE


@pytest.mark.parametrize("words", BAD)
async def test_in_what_a_program_outside_asks_of_a_lent_tool(office: Office, words: str) -> None:
    loan = await lend.lend(agent("read_page"), office.env(), page("fine"), Limits(), "somebody")
    try:
        came_to = [
            await loan.use("read_page", {"words": words}),
            await loan.use("read_page", {words: 1}),
            await loan.use(words, {}),
        ]
    finally:
        await lend.take_back(loan)
    assert [one.status.value for one in came_to] == ["ok", "refused", "refused"]


class Word(BaseModel):
    """A question and its answer."""

    word: str


async def test_in_an_answer_that_came_as_json_in_plain_words(office: Office) -> None:
    script = Script([r'{"word": "half of \ud83d and \u0000"}'])
    task = Task("agents/loop@1", Word, Word, Tier.MID, Decimal("0.05"))
    models = brain_of(script, clock=office.clock).models
    answer = await ModelAsking(models).ask(task, Word(word="?"))
    assert answer.output.word == "half of \ufffd and \ufffd"
