"""A viewer sees everything and no button that the server would refuse; an approver a few; an admin all."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.web.world import World

CHANGES = {
    "/campaigns": ["New campaign"],
    "/prospects": ["Import a list"],
    "/prospects/suppressed": ["Suppress an address"],
    "/sending": ["Add a mailbox"],
    "/sending/domains": ["Examine", "Save"],
    "/settings/people": ["Invite somebody"],
    "/settings/halts": ["Halt"],
}


async def _addresses(world: World) -> dict[str, list[str]]:
    (campaign,) = await world.rows("select id from outrider.campaigns")
    (box,) = await world.rows("select address from outrider.mailboxes")
    return {
        **CHANGES,
        f"/campaigns/{campaign['id']}": ["Edit", "Add past mail", "Let the agent write"],
        f"/sending/mailboxes/{box['address']}": ["Test it", "Pause…"],
    }


@pytest.mark.parametrize(("who", "sees"), [("vic", False), ("mia", True)])
async def test_buttons_follow_the_role(world: World, who: str, sees: bool) -> None:
    page = await world.page(who, path="/campaigns")
    for address, names in (await _addresses(world)).items():
        await page.goto(world.address + address)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.get_by_role("status", name="Loading")).to_have_count(0)
        main = page.get_by_role("main")
        for name in names:
            found = main.get_by_role("button", name=name, exact=True).or_(
                main.get_by_role("link", name=name, exact=True)
            )
            await expect(found).to_have_count(1 if sees else 0)
    assert world.heard == []


async def test_a_viewer_is_told_whom_to_ask(world: World) -> None:
    page = await world.page("vic", path="/campaigns/new")
    await expect(page.get_by_text("ask a campaign manager or an admin")).to_be_visible()
    await expect(page.get_by_role("button", name="Create and learn")).to_have_count(0)
    await page.goto(f"{world.address}/settings")
    tabs = page.get_by_role("navigation", name="Settings").get_by_role("link")
    await expect(tabs).to_have_text(["People", "Policies", "Hours", "Kill switches", "Your login"])
    # An address that is typed leads nowhere either.
    await page.goto(f"{world.address}/settings/keys")
    await expect(page).to_have_url(f"{world.address}/settings/people")


async def test_a_role_is_changed_and_a_key_is_shown_once(world: World) -> None:
    page = await world.page(path="/settings/people")
    await page.get_by_label("Role of Vic Low").select_option("operator")
    await page.get_by_role("dialog").get_by_role("button", name="Change the role").click()
    await expect(page.get_by_label("Role of Vic Low")).to_have_value("operator")
    await page.goto(f"{world.address}/settings/keys")
    await page.get_by_role("button", name="Make a key").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name", exact=False).first.fill("Nightly import")
    await dialog.get_by_label("prospects.write").check()
    await dialog.get_by_role("button", name="Make the key").click()
    secret = await dialog.get_by_text("outrider_key_").inner_text()
    await dialog.get_by_role("button", name="I have it").click()
    await expect(page.get_by_role("row", name="Nightly import")).to_contain_text("prospects.write")
    assert secret not in await page.content()


async def test_hours_and_halts_of_every_scope_are_set(world: World) -> None:
    page = await world.page(path="/settings/hours")
    await page.get_by_label("Monday from").fill("08:30")
    await page.get_by_label("Time zone").fill("Europe/Berlin")
    await page.get_by_role("form", name="Hours").get_by_role("button", name="Save").click()
    await expect(page.get_by_text("The hours are saved.")).to_be_visible()
    await page.get_by_label("Time zone").fill("Europe/Nowhere")
    await page.get_by_role("form", name="Hours").get_by_role("button", name="Save").click()
    wrong = page.get_by_role("alert").filter(has_text="Europe/Nowhere")
    await expect(wrong).to_be_visible()
    await page.goto(f"{world.address}/settings/halts")
    form = page.get_by_role("form", name="Halt")
    await form.get_by_label("Name of the campaign").fill("Leases")
    await form.get_by_label("Why").fill("A word is wrong")
    await form.get_by_role("button", name="Halt").click()
    row = page.get_by_role("row", name="campaign Leases")
    await expect(row).to_contain_text("A word is wrong")
    await row.get_by_role("button", name="Let it go on…").click()
    await page.get_by_role("dialog").get_by_label("Why may it go on?").fill("Mended")
    await page.get_by_role("dialog").get_by_role("button", name="Let it go on").click()
    await expect(page.get_by_text("Nothing is halted")).to_be_visible()


async def test_a_policy_is_tried_and_published(world: World) -> None:
    page = await world.page(path="/settings/policies")
    text = page.get_by_label("The policy, as a policy file")
    before = await text.input_value()
    await page.get_by_role("button", name="Try it on the last 30 days").click()
    await expect(page.get_by_text("Tried on 10 drafts")).to_be_visible()
    await text.fill(before.replace("approvals = 1", "approvals = 2", 1))
    await page.get_by_role("button", name="Publish as the next version").click()
    await expect(page.get_by_text("version 1", exact=True)).to_be_visible()
    await text.fill("this is no policy")
    await page.get_by_role("button", name="Publish as the next version").click()
    await expect(page.get_by_role("alert")).to_be_visible()
