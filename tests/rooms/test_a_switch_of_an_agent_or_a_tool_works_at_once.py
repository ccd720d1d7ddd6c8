"""A switch of an agent and of a tool: a second after its commit, the next step is refused already."""

from __future__ import annotations

import time

import pytest

from outrider.agents.types import RunStatus, Verdict
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.switches import set_switch
from tests.agents_world import Script, agent, brain_of, results, think
from tests.outreach import Office, open_office, people

AT_ONCE_SECONDS = 1.0
"""What is promised, of this process's own time; a whole run of these takes a twentieth of it."""
BUSY_SECONDS = 30.0
"""What a machine with much other work may need for it."""


def now() -> tuple[float, float]:
    """The processor's time of this process, and the time on the wall."""
    return time.process_time(), time.monotonic()


def is_at_once(since: tuple[float, float]) -> bool:
    """Whether little time has passed."""
    own, wall = (after - before for after, before in zip(now(), since, strict=True))
    return own < AT_ONCE_SECONDS and wall < BUSY_SECONDS


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(
        database, workspace, clock, objects, [*people("Acme Stores", "Corporate Controller")]
    )


class Switching:
    """A script during whose second reply a person moves a switch."""

    def __init__(self, office: Office, scope: str, target: str) -> None:
        self.office, self.scope, self.target = office, scope, target
        self.script = Script([{"get_current_time": {}}, {"get_current_time": {}}, "never said"])
        self.inner, self.moved_at = self.script.complete, (0.0, 0.0)
        self.script.complete = self.complete  # type: ignore[assignment, method-assign]

    async def complete(self, request: object) -> object:
        reply = await self.inner(request)  # type: ignore[arg-type]
        if len(self.script.asked) == 2:
            async with self.office.begin() as tx:
                await set_switch(tx, self.scope, self.target, is_on=True, reason="fire drill")
            self.moved_at = now()
        return reply


async def calls_made(office: Office) -> int:
    rows = await office.rows(
        "select count(*) as n from outrider.agent_steps"
        " where kind = 'tool' and output ->> 'status' = 'ok'"
    )
    return int(rows[0]["n"])


async def test_the_step_after_the_switch_of_its_agent_is_refused_within_a_second(
    office: Office,
) -> None:
    switching = Switching(office, "agent", "sdr")
    brain = brain_of(switching.script, clock=office.clock)
    carried = await think(office, brain, agent("get_current_time"))
    assert is_at_once(switching.moved_at)
    assert len(switching.script.asked) == 2, "no model was asked after the switch"
    assert carried.end.verdict is Verdict.STOPPED
    assert "fire drill" in carried.end.text
    assert await calls_made(office) == 1, "only the call before the switch was made"


async def test_a_call_after_the_switch_of_its_tool_is_refused_within_a_second(
    office: Office,
) -> None:
    """The agent goes on without the tool, and is told why."""
    switching = Switching(office, "tool", "get_current_time")
    brain = brain_of(switching.script, clock=office.clock)
    await think(office, brain, agent("get_current_time"))
    assert is_at_once(switching.moved_at)
    assert await calls_made(office) == 1, "only the call before the switch was made"
    assert "fire drill" in results(switching.script)[1].content


async def test_an_agent_that_is_switched_off_does_not_begin(office: Office) -> None:
    async with office.begin() as tx:
        await set_switch(tx, "agent", "sdr", is_on=True, reason="fire drill")
    began = now()
    script = Script(["never said"])
    carried = await think(office, brain_of(script, clock=office.clock), agent("get_current_time"))
    assert is_at_once(began)
    assert carried.report.run.status is RunStatus.SKIPPED
    assert script.asked == []
