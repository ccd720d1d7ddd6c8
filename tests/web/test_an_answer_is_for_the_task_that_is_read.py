"""An answer to a task is for the one that is read: no held key, open question or late word takes its place."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Page, Request, Route, expect

from outrider.campaigns import sms
from tests.web.by_hand import PHONE, PROOF, by_hand
from tests.web.world import World


def answers(page: Page) -> list[str]:
    """What was said of tasks on this page, as it is sent."""
    said = list[str]()

    def note(request: Request) -> None:
        if request.method == "POST" and "/api/tasks/" in request.url:
            said.append(request.url.partition("/api/tasks/")[2])

    page.on("request", note)
    return said


async def opened(world: World, number: int) -> Page:
    page = await world.page(path=f"/tasks/{number}")
    await expect(page.get_by_role("heading", name="Why now")).to_be_visible()
    # What is next is known from the list alone.
    lines = page.get_by_role("region", name="List of tasks").get_by_role("link")
    await expect(lines.first).to_be_visible()
    return page


async def reads(page: Page, number: int) -> None:
    """Wait until this task is in the address, and on the page."""
    await page.wait_for_url(re.compile(rf"/tasks/{number}$"))
    await expect(page.get_by_role("article", name=f"Task {number}", exact=True)).to_be_visible()


async def test_a_late_answer_takes_nobody_away_from_what_they_read_meanwhile(world: World) -> None:
    made = await by_hand(world)
    page = await opened(world, made.linkedin.number)
    go = asyncio.Event()

    async def late(route: Route) -> None:
        await go.wait()
        await route.continue_()

    await page.route("**/api/tasks/*/done", late)
    await page.keyboard.press("d")
    await expect(page.get_by_label("What came of it (optional)")).to_be_focused()
    await page.keyboard.press("Enter")
    lines = page.get_by_role("region", name="List of tasks").get_by_role("link")
    await lines.nth(2).click()
    await page.wait_for_url(re.compile(rf"/tasks/{made.text.number}$"))
    await expect(page.get_by_role("article")).to_contain_text(PROOF)
    go.set()
    await expect(page.get_by_text(f"Task {made.linkedin.number} is done.")).to_be_visible()
    await expect(lines).to_have_count(3)
    assert page.url.endswith(f"/tasks/{made.text.number}")


async def test_a_key_that_is_held_answers_once(world: World) -> None:
    made = await by_hand(world)
    async with world.outrider.begin()() as tx:
        await sms.agree(tx, made.unagreed.contact_id, PROOF)
    page = await opened(world, made.text.number)
    said = answers(page)
    await page.keyboard.down("a")
    await reads(page, made.unagreed.number)
    await expect(page.get_by_role("button", name="Release A")).to_be_enabled()
    await page.keyboard.down("a")
    await page.keyboard.up("a")
    assert said == [f"{made.text.number}/approve"]
    # Pressed anew it means the task that is read now; to move on, a key may be held.
    await page.keyboard.press("a")
    await expect(page.get_by_text(f"Task {made.unagreed.number} is released.")).to_be_visible()
    assert said == [f"{made.text.number}/approve", f"{made.unagreed.number}/approve"]
    await reads(page, made.text.number)
    await page.keyboard.down("k")
    await reads(page, made.call.number)
    await page.keyboard.down("k")
    await page.keyboard.up("k")
    await reads(page, made.linkedin.number)


async def test_a_question_is_answered_before_another_key_means_anything(world: World) -> None:
    made = await by_hand(world)
    page = await opened(world, made.text.number)
    said = answers(page)
    await expect(page.get_by_role("button", name="Release A")).to_be_enabled()
    await page.keyboard.press("s")
    await page.get_by_label("Why (optional)").fill("asked twice")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Skip it")).to_be_focused()
    for key in "adj":
        await page.keyboard.press(key)
    await expect(page.get_by_label("Why (optional)")).to_have_value("asked twice")
    assert page.url.endswith(f"/tasks/{made.text.number}")
    await page.keyboard.press("Escape")
    # Whoever works without a mouse is where the question was asked.
    await expect(page.get_by_role("button", name="Skip S")).to_be_focused()
    assert said == []


async def test_a_task_says_nothing_that_is_not_so(world: World) -> None:
    made = await by_hand(world)
    async with world.outrider.begin()() as tx:
        await tx.run("update outrider.tasks set status = 'void', reason = 'the sequence stopped'"
                     " where id = :id", {"id": made.call.id})  # fmt: skip
        await tx.run("update outrider.enrollments set status = 'stopped', stop_reason = 'replied'"
                     " where id = :id", {"id": made.call.enrollment_id})  # fmt: skip
        await tx.run("update outrider.tasks set step = 0 where id = :id", {"id": made.text.id})
    page = await opened(world, made.call.number)
    article = page.get_by_role("article")
    await expect(article).to_contain_text("The sequence stopped.")
    # The number is kept; it is not shown, for nobody is to call.
    await expect(article).not_to_contain_text("No number is kept")
    assert PHONE not in await page.content()
    await page.keyboard.press("d")
    await expect(page.get_by_label("What came of it (optional)")).to_be_focused()
    await page.goto(f"{world.address}/tasks/{made.text.number}")
    await expect(article.get_by_role("heading", name="What the person wrote.")).to_be_visible()
    await page.keyboard.press("d")
    await expect(page.get_by_label("What came of it (optional)")).to_be_focused()
    # An answer that was read is no step.
    await expect(article).not_to_contain_text("Its sequence goes on at once.")


async def test_the_time_where_somebody_is_goes_on_while_one_reads(world: World) -> None:
    made = await by_hand(world)
    async with world.outrider.begin()() as tx:
        await tx.run("update outrider.contacts set timezone = 'Nowhere/Land' where id = :id",
                     {"id": made.unagreed.contact_id})  # fmt: skip
    page = await opened(world, made.call.number)
    await page.clock.install()
    await page.reload()
    there = page.get_by_text(re.compile(r"\d\d:\d\d where they are"))
    before = await there.inner_text()
    await page.clock.fast_forward("30:00")
    await expect(there).not_to_have_text(before)
    await page.goto(f"{world.address}/tasks/{made.unagreed.number}")
    await expect(page.get_by_role("article")).to_contain_text(PHONE)
    # Of a zone that nobody knows there is no time.
    await expect(page.get_by_text("where they are")).to_have_count(0)
    assert world.heard == []
