"""Prospects, campaigns and the overview in a browser: by keyboard, in light and dark, on a phone."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.web.axe import faults, needs_axe
from tests.web.world import World

SCREENS = ("/overview", "/campaigns", "/prospects")


async def _addresses(world: World) -> list[str]:
    """The three lists, one campaign, the best account, and one that is not there."""
    (campaign,) = await world.rows("select id from outrider.campaigns")
    (best,) = await world.rows(
        "select account_id as id from outrider.scores order by points desc limit 1"
    )
    gone = "/prospects/01900000-0000-7000-8000-000000000000"
    return [*SCREENS, f"/campaigns/{campaign['id']}", f"/prospects/{best['id']}", gone]


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious(world: World, scheme: str) -> None:
    page = await world.page(path="/overview", color_scheme=scheme, bypass_csp=True)
    found = {}
    for address in await _addresses(world):
        await page.goto(world.address + address)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        found[address] = await faults(page)
    assert {screen: wrong for screen, wrong in found.items() if wrong} == {}
    assert world.heard == []


async def test_a_prospect_is_found_by_its_name_and_opened_with_the_keyboard(world: World) -> None:
    page = await world.page(path="/prospects")
    links = page.get_by_role("region", name="Accounts").get_by_role("link")
    await expect(links).to_have_count(40)
    await page.get_by_label("Filter by name or domain").fill("quillhaven")
    await expect(links).to_have_count(1)
    await expect(page.get_by_text("1 account", exact=True)).to_be_visible()
    await links.first.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Quillhaven Fitness, Inc.")).to_be_visible()
    # Every figure stands beside the words of its source.
    known = page.get_by_role("region", name="What we know")
    await expect(known.get_by_text("Operating lease liability")).to_be_visible()
    await expect(known.locator("blockquote").first).to_be_visible()
    await expect(page.get_by_text("may be written to", exact=True).first).to_be_visible()
    await page.go_back()
    await expect(links).to_have_count(1)
    assert world.heard == []


async def test_a_campaign_shows_each_rule_with_what_speaks_for_it(world: World) -> None:
    page = await world.page(path="/campaigns")
    await page.get_by_role("link", name="Leases").click()
    await expect(page.get_by_text("Business day 3", exact=True)).to_be_visible()
    rule = page.get_by_role("row", name="Keep the subject to")
    await expect(rule).to_contain_text("of 40")
    await expect(rule).to_contain_text("strong")
    await expect(page.get_by_text("One person: at most 1 touch")).to_be_visible()
    assert world.heard == []


async def test_a_phone_has_no_screen_wider_than_itself(world: World) -> None:
    page = await world.page(path="/overview", viewport={"width": 390, "height": 844})
    for address in await _addresses(world):
        await page.goto(world.address + address)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        wide = await page.evaluate(
            "() => [...document.querySelectorAll('main, main > *')]"
            ".map(one => one.scrollWidth).concat(document.documentElement.scrollWidth)"
        )
        assert max(wide) <= 390, address
