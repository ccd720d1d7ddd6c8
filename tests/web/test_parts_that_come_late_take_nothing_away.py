"""A part of the app that the server no longer has, since it was upgraded, takes nothing away from who works."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.web.test_reviewers_decide_in_the_browser import number_of
from tests.web.world import World

GONE = "Outrider was upgraded while this page was open."
FETCHED = """part => performance.getEntriesByType('resource')
  .some(({name, responseEnd}) => name.includes(`/assets/${part}-`) && responseEnd > 0)"""


async def without(page: Page, part: str) -> None:
    """From now on the server has no such part, as after an upgrade."""
    await page.route(f"**/assets/{part}-*.js", lambda route: route.fulfill(status=404))


async def test_the_kill_switch_still_opens_after_an_upgrade(world: World) -> None:
    page = await world.page(path="/overview")
    await page.wait_for_function(FETCHED, arg="KillDialog")
    await without(page, "KillDialog")
    await page.get_by_role("button", name="Halt", exact=True).click()
    await expect(page.get_by_role("dialog", name="Halt sending")).to_be_visible()


async def test_a_kill_switch_that_was_never_fetched_says_where_there_is_another(
    world: World,
) -> None:
    page = await world.blank(await world.context("mia"))
    await without(page, "KillDialog")
    await page.goto(world.address + "/overview")
    await page.get_by_role("button", name="Halt", exact=True).click()
    told = page.get_by_role("alert").filter(has_text=GONE)
    await expect(told).to_contain_text("In a terminal: outrider kill on")
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()


async def test_words_that_are_being_written_stay_where_formatting_cannot_be_fetched(
    world: World,
) -> None:
    page = await world.page()
    await without(page, "RichField")
    number = await number_of(page)
    await page.keyboard.press("e")
    words = page.get_by_label("Words", exact=True)
    await words.fill("Hi Sunita,\n\nOne word of mine.")
    await page.get_by_role("button", name="Formatted").click()
    await expect(page.get_by_role("alert").filter(has_text=GONE)).to_be_visible()
    await page.get_by_role("button", name="Plain text").last.click()
    await expect(words).to_have_value("Hi Sunita,\n\nOne word of mine.")
    assert await number_of(page) == number
