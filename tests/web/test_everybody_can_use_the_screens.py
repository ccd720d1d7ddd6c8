"""Every screen, light and dark: nothing serious that axe finds, nothing asked of another machine."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from tests.web.axe import faults, needs_axe
from tests.web.world import EVIDENCE, World


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_on_any_screen(world: World, scheme: str) -> None:
    page = await world.page(color_scheme=scheme, bypass_csp=True)
    found = {"inbox": await faults(page)}
    await page.get_by_role("button", name="As it arrives").click()
    found["frame"] = await faults(page)
    await page.keyboard.press("e")
    body = page.get_by_label("Words", exact=True)
    await body.fill(await body.input_value() + "\n\nYou lost $9.9 billion.")
    await expect(page.get_by_text("to mend before it can be approved")).to_be_visible()
    found["edit"] = await faults(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Reject R")).to_be_enabled()
    await page.keyboard.press("r")
    await expect(page.get_by_label("What should be better?")).to_be_visible()
    found["reject"] = await faults(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("Control+k")
    await expect(page.get_by_placeholder("Search drafts, or say what to do")).to_be_visible()
    found["palette"] = await faults(page)
    for path, title in (("/sending", "Sending"), ("/trace", "Trace"), ("/audit", "Audit")):
        await page.goto(world.address + path)
        await expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        found[path] = await faults(page)
    await page.goto(f"{world.address}/inbox?shelf=aside")
    await expect(page.get_by_text("Nothing is put aside")).to_be_visible()
    found["empty"] = await faults(page)
    fresh = await world.stranger(color_scheme=scheme, bypass_csp=True)
    await fresh.goto(world.address)
    await expect(fresh.get_by_role("button", name="Sign in")).to_be_visible()
    found["login"] = await faults(fresh)
    assert {screen: wrong for screen, wrong in found.items() if wrong} == {}


async def test_a_phone_shows_the_list_then_the_mail_with_its_answers(world: World) -> None:
    context = await world.context(
        "mia", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = await world.blank(context)
    await page.goto(f"{world.address}/inbox")
    await page.get_by_role("region", name="Drafts").get_by_role("link").first.click()
    approve = page.get_by_role("button", name="Approve")
    await expect(approve).to_be_in_viewport()
    wide = await page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= 390
    await page.get_by_role("button", name="Back to the list").click()
    await expect(page.get_by_role("region", name="Drafts")).to_be_visible()


async def test_nothing_is_asked_of_another_machine(world: World) -> None:
    context = await world.context("mia")
    page = await world.blank(context)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    await page.goto(f"{world.address}/inbox")
    await page.wait_for_selector(EVIDENCE)
    for name in ("As it arrives", "Plain text", "Words"):
        await page.get_by_role("button", name=name).click()
    await page.goto(f"{world.address}/sending")
    await expect(page.get_by_role("heading", name="Mailboxes")).to_be_visible()
    assert asked == {urlsplit(world.address).netloc}


async def test_a_password_leads_in_and_a_wrong_one_is_told_plainly(world: World) -> None:
    page = await world.stranger()
    await page.goto(f"{world.address}/inbox/3")
    await page.get_by_label("E-mail").fill("mia@keystoneledger.example")
    await page.get_by_label("Password", exact=False).first.fill("not this one at all")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("Password", exact=False).first.fill("four calm words here")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("complementary", name="Evidence")).to_be_visible()
    assert page.url.endswith("/inbox/3")
    await page.get_by_role("button", name="your menu").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.goto(f"{world.address}/inbox/3")
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_a_lost_connection_is_said_and_mended(world: World) -> None:
    page = await world.page()
    await page.keyboard.press("r")
    await expect(page.get_by_label("What should be better?")).to_be_visible()
    await page.context.set_offline(True)
    await page.get_by_label("What should be better?").fill("shorter")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("Outrider does not answer")).to_be_visible()
    await page.context.set_offline(False)
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("li[data-open]").first).to_contain_text("v2")
