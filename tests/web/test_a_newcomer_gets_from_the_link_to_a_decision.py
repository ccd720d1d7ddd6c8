"""The first day, in the browser alone: the console's link, five steps, and the first decision."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Page, expect

from outrider.kernel import access
from tests.web.world import EVIDENCE, PASSWORD, PATIENCE_MS, World

SAMPLE = Path(__file__).resolve().parent.parent.parent / "src" / "outrider" / "app" / "sample"


async def _set_up(world: World, page: Page) -> None:
    async with world.outrider.database.connection() as conn:
        token = await access.new_setup_token(conn, world.outrider.clock.now())
    await page.goto(f"{world.address}/setup?token={token}")
    become = page.get_by_role("button", name="Become the admin")
    await page.get_by_label("Your name").fill("Ann Reed")
    await page.get_by_label("E-mail").fill("ann@brand.example")
    password = page.get_by_role("textbox", name="Password")
    await password.fill("too short")
    await expect(page.get_by_text("3 more: at least 12 characters.")).to_be_visible()
    await expect(become).to_be_disabled()
    await password.fill(PASSWORD)
    await become.click()
    await expect(page.get_by_role("heading", name="First steps")).to_be_visible()


async def _add_mailbox(page: Page) -> None:
    await page.get_by_role("link", name="Add a mailbox").click()
    await page.get_by_label("Address", exact=False).first.fill("ann@try-brand.example")
    await page.get_by_label("Name of the person who signs").fill("Ann Reed")
    await page.get_by_label("Postal address").fill("12 Main Street, Boston MA 02110")
    await page.get_by_label("Where a meeting can be booked").fill("https://cal.example/ann")
    await page.get_by_role("button", name="Add the mailbox").click()
    await expect(page.get_by_role("heading", name="ann@try-brand.example")).to_be_visible()
    await page.get_by_role("button", name="Test it").click()
    await expect(page.get_by_text("nothing leaves this machine", exact=False)).to_be_visible()


async def _create_campaign(page: Page) -> None:
    await page.get_by_role("link", name="First steps").click()
    await page.get_by_role("link", name="Create a campaign").click()
    await page.get_by_label("Name of the campaign").fill("Leases")
    await page.get_by_label("Brand", exact=False).first.fill("Keystone Ledger")
    await page.locator("input[type=file]").first.set_input_files(SAMPLE / "brand.mbox")
    await page.get_by_label("Name of the competitor").fill("LeaseLoom")
    await page.locator("input[type=file]").nth(1).set_input_files(SAMPLE / "competitor.mbox")
    await expect(page.get_by_label("Ready")).to_have_count(2)
    await page.get_by_role("button", name="Create and learn").click()
    await expect(page.get_by_text("Blueprint version 1 is ready")).to_be_visible()
    files = page.get_by_role("region", name="Files")
    await expect(files.get_by_role("row", name="brand.mbox")).to_contain_text("40")
    await page.get_by_role("link", name="Read the blueprint").click()
    await expect(page.get_by_role("row", name="Keep the subject to")).to_contain_text("of 40")


async def _import_people(page: Page) -> None:
    await page.get_by_role("link", name="First steps").click()
    await page.get_by_role("link", name="Import a list").click()
    await page.locator("input[type=file]").set_input_files(SAMPLE / "leads.csv")
    await page.get_by_role("button", name=re.compile(r"Import \d+ rows")).click()
    await expect(page.get_by_text("The list is in.")).to_be_visible()


async def _let_it_write(page: Page) -> None:
    await page.get_by_role("link", name="First steps").click()
    await page.get_by_role("link", name="Open the campaign").click()
    await page.get_by_role("link", name="Leases").click()
    await page.get_by_role("button", name="Let the agent write").click()
    await page.get_by_label("New accounts to write to").fill("3")
    await page.get_by_role("button", name="Start", exact=True).click()
    opens = page.get_by_role("dialog").get_by_role("link", name="Open the inbox")
    # Three accounts are researched and written to before it is there.
    await opens.click(timeout=3 * PATIENCE_MS)


async def test_five_steps_lead_from_the_link_to_a_decision(empty_world: World) -> None:
    page = await empty_world.stranger(viewport={"width": 1440, "height": 900})
    await _set_up(empty_world, page)
    await _add_mailbox(page)
    await _create_campaign(page)
    await _import_people(page)
    await _let_it_write(page)
    await page.wait_for_selector(EVIDENCE)
    await expect(page.get_by_role("button", name="Approve A")).to_be_enabled()
    await page.keyboard.press("z")
    await page.keyboard.press("a")
    await expect(page.get_by_role("status").filter(has_text="Approved:")).to_be_visible()
    await page.goto(empty_world.address)
    await expect(page.get_by_role("link", name="First steps")).to_have_count(0)
    (decided,) = await empty_world.rows("select count(*) as n from outrider.decisions")
    assert decided["n"] >= 1
    # Everything was done by this person, and the log says so.
    made = await empty_world.rows(
        "select actor from outrider.audit_events where action = 'campaigns.create'"
    )
    assert {one["actor"].partition(":")[0] for one in made} == {"person"}
    assert empty_world.heard == []


async def test_a_setup_link_that_was_used_says_so(empty_world: World) -> None:
    page = await empty_world.stranger()
    await page.goto(f"{empty_world.address}/setup?token=used-up")
    await page.get_by_label("Your name").fill("Eve Low")
    await page.get_by_label("E-mail").fill("eve@brand.example")
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Become the admin").click()
    await expect(page.get_by_role("alert")).to_contain_text("older than 30 minutes")
    assert await empty_world.rows("select id from outrider.people") == []


async def test_an_invitation_leads_in_once(world: World) -> None:
    admin = await world.page(path="/settings/people")
    await admin.get_by_role("button", name="Invite somebody").click()
    dialog = admin.get_by_role("dialog")
    await dialog.get_by_label("E-mail address").fill("ben@keystoneledger.example")
    await dialog.get_by_label("As", exact=True).select_option("approver")
    await dialog.get_by_role("button", name="Make the link").click()
    link = await dialog.get_by_text("/join?token=").inner_text()
    token = link.partition("token=")[2]
    ben = await world.stranger()
    await ben.goto(f"{world.address}/join?token={token}")
    await expect(ben.get_by_text("ben@keystoneledger.example is invited as")).to_be_visible()
    await ben.get_by_label("Your name").fill("Ben Ash")
    await ben.get_by_role("textbox", name="Password").fill("four other calm words")
    await ben.get_by_role("button", name="Join", exact=True).click()
    await ben.wait_for_selector(EVIDENCE)
    again = await world.stranger()
    await again.goto(f"{world.address}/join?token={token}")
    await expect(again.get_by_role("heading", name="This link does not work")).to_be_visible()
    await expect(again.get_by_text("ask an admin for a new one")).to_be_visible()
