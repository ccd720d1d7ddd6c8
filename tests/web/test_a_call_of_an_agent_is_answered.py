"""In the browser a person sees which call waits, with its words, and says yes; it is done once."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from playwright.async_api import expect
from pydantic import Field

from outrider.agents.toolbox.hands import Hands
from outrider.agents.toolbox.registry import TOOLS, with_more
from outrider.agents.toolbox.types import Effect, Gives, Takes, Tool
from outrider.agents.types import Assignment
from outrider.app.jobs import think
from outrider.app.wiring import Outrider
from tests.fleet_world import Fleet
from tests.web.test_everybody_can_use_the_screens import AXE, faults
from tests.web.world import World


class Move(Takes):
    """A deal."""

    deal: str = Field(min_length=1)


class Moved(Gives):
    """A deal that was moved."""

    deal: str


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A registry in which deals can be moved, and the deals that were."""
    done: list[str] = []

    async def work(hands: Hands, asked: Move) -> Moved:
        done.append(asked.deal)
        return Moved(deal=asked.deal)

    tool = Tool("deal_update_stage", "Move a deal.", Move, Moved, Effect.CRM_WRITE, work)
    known = with_more([one for one in TOOLS.values() if one.name != tool.name], [tool])

    def tools_of(outrider: Outrider) -> Mapping[str, Tool]:
        return known

    monkeypatch.setattr(think, "tools_of", tools_of)
    return done


async def test_a_yes_in_the_browser_does_the_call_once(world: World, moved: list[str]) -> None:
    fleet = Fleet(world.outrider)
    await fleet.set("crm", tools=["deal_update_stage"])
    fleet.says([{"deal_update_stage": {"deal": "Acme <b>big</b>"}}, "never said"])
    await think.think(world.outrider, "crm", Assignment(task="Move the deal of Acme"))
    page = await world.page(path="/agents")
    call = page.get_by_role("region", name="crm asks to use deal_update_stage")
    await expect(call).to_contain_text("Acme <b>big</b>")
    if AXE.is_file():
        assert await faults(page) == []
    assert moved == []
    await call.get_by_role("button", name="Yes, do it").click()
    await expect(call).to_have_count(0)
    assert moved == ["Acme <b>big</b>"]
