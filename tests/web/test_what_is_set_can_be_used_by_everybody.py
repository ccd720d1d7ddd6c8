"""Every screen on which something is made or set: axe in light and dark, a phone's width, nothing unheard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.web.axe import faults, needs_axe
from tests.web.world import World

SCREENS = (
    "/start",
    "/campaigns/new",
    "/prospects/import",
    "/prospects/suppressed",
    "/sending/mailboxes/new",
    "/sending/domains",
    "/settings/people",
    "/settings/policies",
    "/settings/hours",
    "/settings/halts",
    "/settings/keys",
    "/settings/login",
    "/settings/privacy",
    "/settings/services",
    "/settings/installation",
    "/setup?token=x",
    "/join?token=x",
)
DIALOGS = {
    "/settings/people": "Invite somebody",
    "/settings/keys": "Make a key",
    "/prospects/suppressed": "Suppress an address",
}


async def _addresses(world: World) -> list[str]:
    (campaign,) = await world.rows("select id from outrider.campaigns")
    (box,) = await world.rows("select address from outrider.mailboxes")
    own = (f"/campaigns/{campaign['id']}/sequence", f"/sending/mailboxes/{box['address']}")
    return [*SCREENS, *own]


async def _open(world: World, page: Page, address: str) -> None:
    await page.goto(world.address + address)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_role("status", name="Loading")).to_have_count(0)


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious(world: World, scheme: str, tmp_path: Path) -> None:
    page = await world.page(path="/start", color_scheme=scheme, bypass_csp=True)
    found = {}
    for address in await _addresses(world):
        await _open(world, page, address)
        if address == "/prospects/import":
            file = tmp_path / "people.csv"
            file.write_text("Email,Company\nann@acme.example.com,Acme\nnobody,Beta\n")
            await page.locator("input[type=file]").set_input_files(file)
            await expect(page.get_by_role("region", name="Rejected rows")).to_be_visible()
        found[address] = await faults(page)
        if address in DIALOGS:
            await page.get_by_role("button", name=DIALOGS[address]).click()
            await expect(page.get_by_role("dialog")).to_be_visible()
            found[f"{address} dialog"] = await faults(page)
    assert {screen: wrong for screen, wrong in found.items() if wrong} == {}
    assert world.heard == []


async def test_a_phone_has_no_screen_wider_than_itself(world: World) -> None:
    page = await world.page(path="/start", viewport={"width": 390, "height": 844})
    for address in await _addresses(world):
        await _open(world, page, address)
        wide = await page.evaluate(
            "() => [...document.querySelectorAll('main, main > *')]"
            ".map(one => one.scrollWidth).concat(document.documentElement.scrollWidth)"
        )
        assert max(wide) <= 390, address


async def test_a_list_is_imported_with_the_keyboard_alone(world: World, tmp_path: Path) -> None:
    page = await world.page(path="/prospects/import")
    file = tmp_path / "people.csv"
    file.write_text("Email,Company\nann@acme.example.com,Acme\n")
    choose = page.get_by_role("button", name="A CSV file")
    async with page.expect_file_chooser() as chooser:
        await choose.press("Enter")
    await (await chooser.value).set_files(file)
    start = page.get_by_role("button", name="Import 1 row")
    await start.press("Enter")
    await expect(page.get_by_text("The list is in.")).to_be_visible()


async def test_a_screen_without_a_connection_says_so_and_comes_back(world: World) -> None:
    page = await world.page(path="/settings/people")
    await expect(page.get_by_text("Kim Osei")).to_be_visible()
    await page.context.set_offline(True)
    await page.get_by_role("link", name="API keys").click()
    await expect(page.get_by_text("No connection").first).to_be_visible()
    await page.context.set_offline(False)
    keys = page.get_by_text("There is no key")
    # Pressed, unless the screen came back by itself first: both may be.
    await page.get_by_role("button", name="Try again").or_(keys).first.click()
    await expect(keys).to_be_visible()
