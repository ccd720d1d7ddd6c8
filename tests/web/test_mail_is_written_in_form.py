"""In the browser a person writes a mail in form or as plain text; nothing pasted runs, and no loss is silent."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.web.axe import faults, needs_axe
from tests.web.test_reviewers_decide_in_the_browser import another, number_of
from tests.web.world import World

PASTE = """(field, html) => {
  const data = new DataTransfer();
  data.setData('text/html', html);
  data.setData('text/plain', 'plain words');
  field.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""
# The field sets its own caret once it has begun; from then on it stays where a person puts it.
READY = """field => field.editor.isInitialized && document.activeElement === field
  && field.contains(getSelection().anchorNode)"""
# What counts is where the field believes the caret to be, not the browser: it hears of it a moment later.
SETTLED = "field => new Promise(tell => requestAnimationFrame(() => requestAnimationFrame(() => tell(%s))))"
IS_AT_END = SETTLED % (
    "field.editor.state.selection.empty"
    " && field.editor.state.selection.head === field.editor.state.doc.content.size - 1"
)
IS_ALL = SETTLED % (
    "field.editor.state.selection.to - field.editor.state.selection.from"
    " >= field.editor.state.doc.content.size - 2"
)
IS_FIRST_LINE = SETTLED % (
    "field.editor.state.doc.textBetween(field.editor.state.selection.from, field.editor.state.selection.to)"
    ".startsWith('Hi ')"
)
EVIL = (
    "<h2>News</h2><p>From <b>our</b> <i>page</i><script>window.ran = 1</script>"
    '<img src="/no.png" onerror="window.ran = 2"><svg onload="window.ran = 3"></svg></p>'
    '<p onclick="window.ran = 4" style="position:fixed">All <a href="javascript:window.ran=5">of</a> it</p>'
    "<iframe srcdoc='<script>parent.ran = 6</script>'></iframe>"
)
WORDS = "select body, rich, html, text, content_hash, status from drafts where number = :n"


def plain_field(page: Page) -> Locator:
    """The plain field: for a moment the one in form still stands under the same name."""
    return page.locator("textarea").and_(page.get_by_label("Words", exact=True))


async def written(page: Page) -> Locator:
    """The field in form, in place of the plain one."""
    await page.keyboard.press("e")
    await expect(plain_field(page)).to_be_visible()
    await page.get_by_role("button", name="Formatted").click()
    field = page.get_by_role("textbox", name="Words")
    await expect(field).to_have_attribute("contenteditable", "true")
    await expect(field).to_be_focused()
    await page.wait_for_function(READY, arg=await field.element_handle())
    return field


async def to_the_end(page: Page, field: Locator) -> None:
    """Put the caret behind the last word."""
    await _until(field, IS_AT_END, page, "Control+End")


async def mark_the_first_line(page: Page, field: Locator) -> None:
    await _until(field, IS_FIRST_LINE, page, "Control+Home", "Shift+End")


async def _until(field: Locator, state: str, page: Page, *keys: str) -> None:
    """Press `keys`, again if the field's own focus came in between, until the field is in `state`."""
    for _ in range(50):
        for key in keys:
            await page.keyboard.press(key)
        if await field.evaluate(state):
            return
    pytest.fail(f"{' '.join(keys)} does not bring the field there: {state}")


async def test_bold_lists_and_links_are_sent_as_they_were_written(world: World) -> None:
    page = await world.page()
    number = await number_of(page)
    field = await written(page)
    await to_the_end(page, field)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Control+b")
    await expect(page.get_by_role("button", name="Bold")).to_have_attribute("aria-pressed", "true")
    await page.keyboard.type("Two things")
    await page.keyboard.press("Control+b")
    await page.keyboard.type(" that others ask:")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Bullet list").click()
    await page.keyboard.type("who reads the leases")
    await page.keyboard.press("Enter")
    await page.keyboard.type("and when")
    await expect(field.locator("li")).to_have_count(2)
    await expect(page.get_by_role("button", name="Bullet list")).to_have_attribute(
        "aria-pressed", "true"
    )
    await expect(page.get_by_text("Every check is green")).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await another(page, number)
    again = await number_of(page)
    [row] = await world.rows(WORDS, n=again)
    assert row["rich"].endswith(
        "<p><strong>Two things</strong> that others ask:</p>"
        "<ul><li>who reads the leases</li><li>and when</li></ul>"
    )
    assert row["body"].endswith("Two things that others ask:\n\n- who reads the leases\n- and when")
    assert "<strong>Two things</strong>" in row["html"]
    await page.get_by_role("button", name="As it arrives").click()
    frame = page.frame_locator("iframe")
    await expect(frame.locator("li")).to_have_text(["who reads the leases", "and when"])
    await page.keyboard.press("a")
    await another(page, again)
    await expect(page.get_by_text("Approved:")).to_be_visible()
    [decision] = await world.rows("select content_hash from decisions where kind = 'approve'")
    assert decision["content_hash"] == row["content_hash"]


async def test_nothing_that_was_pasted_runs_and_what_is_left_out_is_told(world: World) -> None:
    page = await world.page()
    number = await number_of(page)
    field = await written(page)
    await to_the_end(page, field)
    await page.keyboard.press("Enter")
    await field.evaluate(PASTE, EVIL)
    await expect(field).to_contain_text("From our page")
    assert await field.locator("script, img, svg, iframe, [onclick], [style], a").count() == 0
    await expect(page.get_by_text("Left out, for a mail here does not hold it:")).to_contain_text(
        "pictures, headings, now paragraphs, and programs"
    )
    await expect(page.get_by_text("Checking…")).to_have_count(0)
    await page.keyboard.press("Control+Enter")
    await another(page, number)
    [row] = await world.rows(WORDS, n=await number_of(page))
    assert "<strong>our</strong> <em>page</em>" in row["rich"]
    for part in ("rich", "html", "text"):
        assert not re.search(r"script|onerror|window\.ran|<img|<svg|<iframe|position", row[part])
    await page.get_by_role("button", name="As it arrives").click()
    await expect(page.frame_locator("iframe").locator("strong").first).to_be_visible()
    assert await page.evaluate("window.ran") is None
    assert world.heard == []


async def test_what_plain_text_loses_is_told_and_comes_back(world: World) -> None:
    page = await world.page()
    number = await number_of(page)
    field = await written(page)
    await mark_the_first_line(page, field)
    await page.keyboard.press("Control+b")
    await expect(field.locator("strong")).to_be_visible()
    await to_the_end(page, field)
    await page.get_by_role("button", name="Link", exact=True).click()
    address = page.get_by_label("Where the link leads")
    await address.fill("no address")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Write an address that begins with https://")).to_be_visible()
    await address.fill("elsewhere.example/page")
    await page.keyboard.press("Enter")
    await expect(field.locator("a")).to_have_attribute("href", "https://elsewhere.example/page")
    await expect(page.get_by_text("to mend before it can be approved")).to_be_visible()
    await page.get_by_role("button", name="Plain text").last.click()
    plain = plain_field(page)
    pattern = re.compile(r"https://elsewhere\.example/page$")
    await expect(plain).to_have_value(pattern)
    await expect(page.get_by_text("As plain text it loses")).to_contain_text(
        "bold and its links, whose addresses stand in brackets"
    )
    await page.get_by_role("button", name="Formatted").click()
    await expect(field.locator("strong")).to_have_count(1)
    await expect(field.locator("a")).to_have_count(1)
    await expect(page.get_by_text("As plain text it loses")).to_have_count(0)
    assert await world.rows(WORDS, n=number + 1_000_000) == []
    await page.keyboard.press("Escape")
    [row] = await world.rows(WORDS, n=number)
    assert (row["rich"], row["status"]) == (None, "pending")


async def test_the_form_of_a_draft_is_taken_off_by_plain_text(world: World) -> None:
    page = await world.page()
    number = await number_of(page)
    field = await written(page)
    await _until(field, IS_ALL, page, "Control+a")
    await page.keyboard.press("Control+i")
    await expect(field.locator("em").first).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await another(page, number)
    again = await number_of(page)
    [first] = await world.rows(WORDS, n=again)
    assert first["rich"].startswith("<p><em>")
    await expect(page.get_by_text("Its formatting changed as well")).to_be_visible()
    await page.keyboard.press("e")
    await expect(field).to_be_visible()
    await page.get_by_role("button", name="Plain text").last.click()
    await expect(plain_field(page)).to_have_value(first["body"])
    await page.keyboard.press("Control+Enter")
    await another(page, again)
    [second] = await world.rows(WORDS, n=await number_of(page))
    assert (second["rich"], second["body"]) == (None, first["body"])


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_where_mail_is_written(world: World, scheme: str) -> None:
    page = await world.page(color_scheme=scheme, bypass_csp=True)
    field = await written(page)
    await field.evaluate(
        PASTE, "<p><b>Two</b></p><ul><li>one</li></ul><table><tr><td>x</td></tr></table>"
    )
    await page.keyboard.press("Control+Home")
    await page.get_by_role("button", name="Link", exact=True).click()
    found = {"form": await faults(page)}
    await page.get_by_label("Where the link leads").fill("x")
    await page.keyboard.press("Enter")
    found["address"] = await faults(page)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Plain text").last.click()
    await expect(page.get_by_text("As plain text it loses")).to_be_visible()
    found["plain"] = await faults(page)
    assert {place: one for place, one in found.items() if one} == {}
