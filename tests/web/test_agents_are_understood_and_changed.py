"""Agents in the browser: who works here, what each run did, why a call was refused, and a change of one."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from outrider.agents.types import Assignment
from outrider.app.jobs.think import think
from outrider.kernel.switches import set_switch
from tests.fleet_world import Fleet
from tests.web.axe import faults, needs_axe
from tests.web.world import World

TASK = "Look for makers of pumps."
STORY: list[Any] = [
    {"memory_note": {"note": "Nobody answered in March."}},
    {"send_mail": {"to": "x@y.example"}},
    {"web_search": {"query": "makers of pumps"}},
    "Two makers of pumps are worth a mail.",
]


@pytest.fixture
def fleet(world: World) -> Fleet:
    return Fleet(world.outrider)


async def ran(fleet: Fleet, lines: list[Any] = STORY, agent: str = "research") -> str:
    """Let an agent work once; the id of its run."""
    fleet.says(lines)
    await think(fleet.outrider, agent, Assignment(task=TASK))
    return str((await fleet.runs(agent))[-1]["id"])


async def shown(world: World, page: Page, address: str) -> None:
    await page.goto(world.address + address)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_role("status", name="Loading")).to_have_count(0)


async def test_the_roster_tells_when_each_starts_and_what_was_changed(
    world: World, fleet: Fleet
) -> None:
    await ran(fleet)
    await fleet.set("inbox", is_scheduled=True, budget_usd="1.5")
    await fleet.set("content", is_enabled=False)
    page = await world.page(path="/agents")
    inbox = page.get_by_role("row").filter(has=page.get_by_role("link", name="inbox", exact=True))
    await expect(inbox).to_contain_text("scheduled")
    await expect(inbox).to_contain_text("2 fields changed")
    await expect(inbox).to_contain_text("$1.50")
    content = page.get_by_role("row").filter(has=page.get_by_role("link", name="content"))
    await expect(content).to_contain_text("off")
    research = page.get_by_role("row").filter(
        has=page.get_by_role("link", name="research", exact=True)
    )
    await expect(research).to_contain_text("completed")
    await expect(research).to_contain_text("$0.0180")
    assert world.heard == []


async def test_a_run_is_read_as_a_story_with_the_gate_that_refused(
    world: World, fleet: Fleet
) -> None:
    run = await ran(fleet)
    page = await world.page(path=f"/agents/runs/{run}")
    await expect(page.get_by_text("Two makers of pumps are worth a mail.").first).to_be_visible()
    await expect(page.get_by_text(TASK).first).to_be_visible()
    await expect(page.get_by_text("$0.0180 of $2.00")).to_be_visible()
    steps = page.get_by_role("region", name="Step by step").locator("ol > li")
    await expect(steps).to_have_count(7)
    refused = steps.filter(has_text="send_mail").filter(has_text="Refused")
    await expect(refused).to_contain_text("it has no such tool")
    await expect(refused).to_contain_text("The agent research has no tool 'send_mail'")
    note = steps.filter(has_text="memory_note").nth(1)
    await note.locator("summary").press("Enter")
    await expect(note.get_by_role("heading", name="What it asked")).to_be_visible()
    await page.get_by_label("Only what was refused, waits or failed").check()
    await expect(steps).to_have_count(2)


async def test_a_replay_shows_where_another_model_goes_another_way(
    world: World, fleet: Fleet
) -> None:
    run = await ran(fleet)
    page = await world.page(path=f"/agents/runs/{run}")
    replay = page.get_by_role("button", name="Replay it")
    await replay.click()
    await expect(page.get_by_text("The same again: 7 steps, no difference.")).to_be_visible()
    await page.get_by_label("Another model").fill("nobody")
    await replay.click()
    await expect(page.get_by_role("alert")).to_contain_text("nobody")
    fleet.says(["Nothing is worth a mail."])
    await page.get_by_label("Another model").fill("scripted")
    await replay.click()
    await expect(page.get_by_text("1 difference")).to_be_visible()
    compared = page.get_by_role("region", name="Step 1: reply")
    await expect(compared.locator('[data-changed="was"]').first).to_be_visible()
    await expect(compared.locator('[data-changed="is"]')).to_contain_text(
        ["Nothing is worth a mail."]
    )
    (before,) = await world.rows(
        "select count(*) as n from outrider.agent_runs where id = :id", id=run
    )
    assert before["n"] == 1


async def test_an_agent_is_changed_refused_plainly_and_put_back(world: World, fleet: Fleet) -> None:
    page = await world.page(path="/agents/ops")
    line = page.get_by_role("textbox", name="Schedule", exact=True)
    await line.fill("0 25 * * *")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("25")
    await line.fill("0 6 * * 1-5\n0 14 * * 1-5")
    await page.get_by_label("Start it by its schedule").check()
    await page.get_by_role("textbox", name="Budget per run, in dollars").fill("0.75")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("3 fields changed")).to_be_visible()
    (row,) = await world.rows(
        "select fields from outrider.agent_overrides where agent_name = 'ops'"
    )
    assert row["fields"]["schedule"] == ["0 6 * * 1-5", "0 14 * * 1-5"]
    await page.get_by_role("button", name="Put back: Budget per run, in dollars").click()
    await expect(page.get_by_text("2 fields changed")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Budget per run, in dollars")).to_have_value(
        "1.00"
    )
    assert world.heard == []


async def test_a_started_run_appears_by_itself(world: World) -> None:
    page = await world.page(path="/agents/sdr")
    runs = page.get_by_role("region", name="Its last runs")
    await expect(runs.locator("tbody tr")).to_have_count(1)
    await page.get_by_role("button", name="Run now…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Start").click()
    await expect(dialog.get_by_text("Asked for.")).to_be_visible()
    await dialog.get_by_role("button", name="Close").last.click()
    await expect(runs.locator("tbody tr")).to_have_count(2)


async def test_runs_are_found_by_agent_and_by_how_they_ended(world: World, fleet: Fleet) -> None:
    await ran(fleet)
    page = await world.page(path="/agents/runs")
    await page.get_by_label("Agent", exact=True).select_option("research")
    await expect(page.locator("tbody tr")).to_have_count(1)
    assert "agent=research" in page.url
    await page.get_by_label("State", exact=True).select_option("failed")
    await expect(page.get_by_text("No run fits")).to_be_visible()
    await shown(world, page, "/agents/runs?agent=sdr")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.locator("tbody tr")).to_contain_text("Drafted 10 mails")


async def test_a_viewer_is_offered_nothing_that_he_may_not_do(world: World, fleet: Fleet) -> None:
    run = await ran(fleet)
    page = await world.page("vic", path="/agents/ops")
    await expect(page.get_by_text("Your role may look.")).to_be_visible()
    for name in ("Run now…", "Save", "Put back: Schedule"):
        await expect(page.get_by_role("button", name=name)).to_have_count(0)
    await expect(page.get_by_role("textbox", name="Time zone")).not_to_be_editable()
    await shown(world, page, f"/agents/runs/{run}")
    await expect(page.get_by_role("region", name="Step by step")).to_be_visible()
    await expect(page.get_by_role("button", name="Replay it")).to_have_count(0)


async def test_a_halted_agent_says_so_and_cannot_be_started(world: World, fleet: Fleet) -> None:
    async with world.outrider.begin()() as tx:
        await set_switch(tx, "agent", "ops", is_on=True, reason="It bothers people")
    page = await world.page(path="/agents/ops")
    await expect(page.get_by_role("alert")).to_contain_text("It bothers people")
    await expect(page.get_by_role("button", name="Run now…")).to_be_disabled()


async def test_tools_tell_what_they_do_and_why_some_cannot(world: World) -> None:
    page = await world.page(path="/agents/tools")
    await page.get_by_label("Find a tool").fill("web_search")
    row = page.locator("tbody tr")
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text("reads")
    await expect(row).to_contain_text("not set up: connect a web search")
    await expect(row.get_by_role("link", name="research", exact=True)).to_be_visible()
    await page.get_by_label("Only what is ready").check()
    await expect(page.get_by_text("No tool has these words.")).to_be_visible()


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_and_a_phone_holds_it(
    world: World, fleet: Fleet, scheme: str
) -> None:
    run = await ran(fleet)
    await fleet.set("ops", is_scheduled=True, timezone="Europe/Berlin")
    page = await world.page(path="/agents", color_scheme=scheme, bypass_csp=True)
    found = {}
    for address in (
        "/agents",
        "/agents/ops",
        "/agents/runs",
        f"/agents/runs/{run}",
        "/agents/tools",
    ):
        await page.set_viewport_size({"width": 1440, "height": 900})
        await shown(world, page, address)
        for step in await page.locator("ol > li summary").all():
            await step.click()
        found[address] = await faults(page)
        await page.set_viewport_size({"width": 390, "height": 844})
        wide = await page.evaluate(
            "() => [...document.querySelectorAll('main, main > *')]"
            ".map(one => one.scrollWidth).concat(document.documentElement.scrollWidth)"
        )
        assert max(wide) <= 390, address
    assert {screen: wrong for screen, wrong in found.items() if wrong} == {}
    assert world.heard == []


async def test_a_run_that_cannot_be_shown_says_why(world: World) -> None:
    page = await world.page(path="/agents")
    await expect(page.get_by_role("link", name="ops", exact=True)).to_be_visible()
    await page.context.set_offline(True)
    await page.get_by_role("link", name="ops", exact=True).click()
    await expect(page.get_by_text("No connection").first).to_be_visible()
    await page.context.set_offline(False)
    set_ = page.get_by_role("heading", name="What is set")
    # Pressed, unless the screen came back by itself first: both may be.
    await page.get_by_role("button", name="Try again").or_(set_).first.click()
    await expect(set_).to_be_visible()
    await shown(world, page, "/agents/nobody")
    await expect(page.get_by_role("alert")).to_contain_text("There is no agent 'nobody'")
