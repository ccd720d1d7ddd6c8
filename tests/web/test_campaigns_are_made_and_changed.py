"""Campaigns in the browser: weak data said plainly, versions compared, steps changed after a look ahead."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from tests.web.world import World

SAMPLE = Path(__file__).resolve().parent.parent.parent / "src" / "outrider" / "app" / "sample"


def _few(file: Path, most: int) -> bytes:
    """The first mails of an mbox."""
    mails = file.read_bytes().split(b"\nFrom ")
    return b"\nFrom ".join(mails[:most]) + b"\n"


async def test_scarce_mail_is_said_and_more_of_it_makes_the_next_version(
    world: World, tmp_path: Path
) -> None:
    few = tmp_path / "few.mbox"
    few.write_bytes(_few(SAMPLE / "brand.mbox", 6))
    page = await world.page(path="/campaigns/new")
    await page.get_by_label("Name of the campaign").fill("Small")
    await page.get_by_label("Brand", exact=False).first.fill("Keystone Ledger")
    await page.locator("input[type=file]").first.set_input_files(few)
    await expect(page.get_by_label("Ready")).to_be_visible()
    await page.get_by_role("button", name="Create and learn").click()
    await expect(page.get_by_text("What would make it surer")).to_be_visible()
    await page.get_by_role("link", name="Read the blueprint").click()
    await page.get_by_role("button", name="Add past mail").click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("input[type=file]").set_input_files(SAMPLE / "brand.mbox")
    await expect(dialog.get_by_label("Ready")).to_be_visible()
    await dialog.get_by_role("button", name="Learn from it").click()
    await expect(dialog.get_by_text("The blueprint is version 2 now.")).to_be_visible()
    await expect(dialog.get_by_role("row", name="brand.mbox")).to_contain_text("34")
    await dialog.get_by_role("button", name="Close").last.click()
    changes = page.get_by_role("region", name="Changes from version 1 to 2")
    await expect(changes).to_contain_text("changed since version 1")
    await page.get_by_label("Version", exact=True).select_option("1")
    await expect(changes).to_have_count(0)
    assert world.heard == []


async def test_a_file_that_is_no_mail_is_refused_with_its_reason(
    world: World, tmp_path: Path
) -> None:
    picture = tmp_path / "holiday.mbox"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    page = await world.page(path="/campaigns/new")
    await page.get_by_label("Name of the campaign").fill("Odd")
    await page.get_by_label("Brand", exact=False).first.fill("Keystone Ledger")
    await page.locator("input[type=file]").first.set_input_files(picture)
    await expect(page.get_by_label("Ready")).to_be_visible()
    await page.get_by_role("button", name="Create and learn").click()
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("holiday.mbox is a binary file, not mail")
    # No folder of the server is told.
    assert str(world.outrider.settings.home) not in await alert.inner_text()
    # What was typed is still there.
    await expect(page.get_by_label("Name of the campaign")).to_have_value("Odd")
    assert await world.rows("select id from outrider.campaigns where name = 'Odd'") == []


async def test_steps_are_changed_after_their_whole_schedule_was_shown(world: World) -> None:
    (campaign,) = await world.rows("select id from outrider.campaigns")
    page = await world.page(path=f"/campaigns/{campaign['id']}/sequence")
    schedule = page.get_by_role("list", name="The whole schedule")
    await expect(schedule.get_by_role("listitem")).to_have_count(3)
    await expect(page.get_by_role("button", name="Save as version 2")).to_be_disabled()
    second = page.get_by_role("listitem", name="Step 2")
    await second.get_by_label("Workdays later").fill("5")
    await second.get_by_role("button", name="Compare two variants").click()
    await expect(schedule.get_by_role("listitem").nth(1)).to_contain_text("day 5")
    await expect(schedule.get_by_role("listitem").nth(1)).to_contain_text("statement or question")
    await page.get_by_role("button", name="Add a step").click()
    fourth = page.get_by_role("listitem", name="Step 4")
    await fourth.get_by_label("How", exact=True).select_option("call")
    await fourth.get_by_label("What is to be done").fill("Call {first_name} of {company}.")
    await expect(schedule.get_by_role("listitem")).to_have_count(4)
    await page.get_by_label("Also for the people who are in it now").check()
    await expect(page.get_by_text("who are in it.")).to_be_visible()
    await page.get_by_label("What the change is for").fill("A call at the end")
    await page.get_by_role("button", name="Save as version 2").click()
    await expect(page.get_by_text("version 2: A call at the end")).to_be_visible()
    await expect(page.get_by_text("Compares statement and question")).to_be_visible()
    await expect(page.get_by_text("Call {first_name} of {company}.")).to_be_visible()
    assert world.heard == []


async def test_steps_that_cannot_be_are_refused_while_they_are_typed(world: World) -> None:
    (campaign,) = await world.rows("select id from outrider.campaigns")
    page = await world.page(path=f"/campaigns/{campaign['id']}/sequence")
    await page.get_by_role("listitem", name="Step 2").get_by_label("Workdays later").fill("500")
    await expect(page.get_by_role("alert")).to_contain_text("Step 2 has a delay of 500")
    assert len(await world.rows("select id from outrider.sequences")) == 1
