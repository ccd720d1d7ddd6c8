"""In the browser a person sees which call waits, with its words, and says yes; it is done once."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from outrider.agents.types import Assignment
from outrider.app.jobs import think
from tests.deals import deals_can_be_moved
from tests.fleet_world import Fleet
from tests.web.axe import faults, needs_axe
from tests.web.world import World


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The deals that were moved."""
    return deals_can_be_moved(monkeypatch, think)


async def waiting(world: World) -> Locator:
    """The call that waits for a person, on its page."""
    fleet = Fleet(world.outrider)
    await fleet.set("crm", tools=["deal_update_stage"])
    fleet.says([{"deal_update_stage": {"deal": "Acme <b>big</b>"}}, "never said"])
    await think.think(world.outrider, "crm", Assignment(task="Move the deal of Acme"))
    page = await world.page(path="/agents")
    call = page.get_by_role("region", name="crm asks to use deal_update_stage")
    await expect(call).to_contain_text("Acme <b>big</b>")
    return call


async def test_a_yes_in_the_browser_does_the_call_once(world: World, moved: list[str]) -> None:
    call = await waiting(world)
    assert moved == []
    await call.get_by_role("button", name="Yes, do it").click()
    await expect(call).to_have_count(0)
    assert moved == ["Acme <b>big</b>"]


@needs_axe
@pytest.mark.usefixtures("moved")
async def test_axe_finds_nothing_serious_in_a_call_that_waits(world: World) -> None:
    call = await waiting(world)
    assert await faults(call.page) == []
