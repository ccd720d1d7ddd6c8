"""A tool without measure, a text that is missing, a model that rambles: one plain sentence each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from outrider.agents.message_types import (
    Message,
    ModelReply,
    ModelRequest,
    Speaker,
    Stop,
    Text,
    Usage,
)
from outrider.agents.models import MOST_AT_ONCE, Models
from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.registry import TOOLS
from outrider.agents.toolbox.types import Gives, Takes, Tool
from outrider.agents.types import RunStatus, Verdict
from outrider.kernel.asking import Tier
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import InvalidInput, InvalidSetting
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from tests.agents_world import Script, agent, brain_of, results, spec_of, think
from tests.outreach import Office, open_office, people

ENOUGH = 50_000_000


class Much(Gives):
    """More than anybody reads."""

    text: str


async def endless(hands: Hands, asked: Takes) -> Much:
    """50 MB."""
    return Much(text="x" * ENOUGH)


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(database, workspace, clock, objects, people("Acme", "CFO"))


async def test_a_tool_that_gives_50_mb_is_told_to_give_less_and_nothing_of_it_is_kept(
    office: Office,
) -> None:
    tool = Tool("endless", "Much.", Takes, Much, work=endless, needs_rows=False)
    script = Script([{"endless": {}}, "I ask for less."])
    brain = brain_of(script, clock=office.clock, tools={**TOOLS, tool.name: tool})
    carried = await think(office, brain, agent("endless"))
    assert carried.end.verdict is Verdict.DONE
    (told,) = results(script)
    assert told.is_error
    assert "200000 is the most: ask for less" in told.content
    assert len(told.content) < 500
    (size,) = await office.rows("select max(length(output::text)) as n from outrider.agent_steps")
    assert size["n"] < 2_000


async def test_a_prompt_that_has_no_file_names_the_file(office: Office) -> None:
    script = Script(["never"])
    spec = agent(prompt="agents/no_such_text@1")
    with pytest.raises(InvalidSetting, match=r"has no text: put it into .*no_such_text_1\.md"):
        await think(office, brain_of(script, clock=office.clock), spec)
    assert not script.asked
    assert not await office.rows("select 1 from outrider.agent_runs")


async def test_a_task_beyond_the_model_s_context_is_refused_before_it_is_paid(
    office: Office,
) -> None:
    script = Script(["never"])
    small = spec_of("scripted", context_window=4_000)
    brain = brain_of(script, clock=office.clock, specs=[small])
    with pytest.raises(InvalidInput, match="make the task shorter"):
        await think(office, brain, agent(), task="Look at this. " * 1_000)
    assert not script.asked
    (run,) = await office.rows("select status, error from outrider.agent_runs")
    assert run["status"] == RunStatus.FAILED
    assert "make the task shorter" in run["error"]


@dataclass
class Slow:
    """A model that says how many asked at once."""

    now: int = 0
    most: int = 0

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Wait a little."""
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.002)
        self.now -= 1
        return ModelReply((Text("Yes."),), Stop.END, Usage(), "slow")


@pytest.mark.parametrize(("wanted", "most"), [(3, 3), (MOST_AT_ONCE, 64), (1_000, 64), (0, 1)])
async def test_no_more_requests_are_under_way_at_once_than_allowed(
    wanted: int, most: int, clock: VirtualClock
) -> None:
    slow = Slow()
    spec = spec_of("slow")
    models = Models([spec], {Tier.MID: ["slow"]}, {"slow": slow}, clock=clock, at_once=wanted)
    request = ModelRequest("", (Message(Speaker.USER, (Text("Well?"),)),))
    await asyncio.gather(*(models.complete(spec, request) for _ in range(200)))
    assert slow.most == most
